"""How well the recipes do on a grey texture that is never twice in the same place: `python tests/evaluation/measure_texture.py [--presets quick extended]`.

Makes 40 pictures of pebbled grey leather, cut from anywhere at any angle, and 20 more with and 20 without a scratch, a stain or a patch of
finer grain; trains each preset on them as a user's own parts (10 minutes on two cores), and prints the figures.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.config.fields import assignments
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Finished
from favae_demo.training.run_folder import RunFolder

NAME, SIDE, MARGIN = "grey_leather", 256, 30
FIGURES = ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presets", nargs="+", choices=list(PRESETS), default=["quick", "extended"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_texture(Path(folder) / "data" / NAME, np.random.default_rng(asked.seed))
        for preset in asked.presets:
            print(
                json.dumps({"preset": preset} | train(preset, asked.seed, Path(folder), asked.set)),
                flush=True,
            )


def train(preset: str, seed: int, folder: Path, changes: list[str]) -> dict[str, float]:
    """Figures and seconds of one training."""
    run = RunFolder(folder / "runs" / preset)
    config = make_config(preset, NAME, seed=seed).with_text(assignments(changes))
    run.create(config, NAME, folder / "data")
    *_, last = run_training(run, Settings.from_env())
    assert isinstance(last, Finished)
    return {name: round(last.metrics[name], 3) for name in FIGURES} | {"seconds": round(last.seconds)}


def write_texture(root: Path, rng: np.random.Generator) -> None:
    """Writes the category in MVTec layout."""
    for folder, count in {"train/good": 40, "test/good": 20}.items():
        for number in range(count):
            save_png(root / folder / f"{number:03}.png", leather(rng))
    for kind, damage in DAMAGES.items():
        for number in range(7):
            image, mask = damage(leather(rng), rng)
            save_png(root / "test" / kind / f"{number:03}.png", image)
            save_png(root / "ground_truth" / kind / f"{number:03}_mask.png", mask)


def leather(rng: np.random.Generator, spacing: float = 11.0) -> np.ndarray:
    """Pebbles with dark seams under uneven light: S×S uint8."""
    turn = rng.uniform(0, 2 * np.pi)
    steps = np.arange(-SIDE, SIDE, spacing)
    places = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2) + rng.uniform(-0.38, 0.38, 2) * spacing
    places += rng.uniform(-0.38, 0.38, places.shape) * spacing
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wide = SIDE + 2 * MARGIN  # so that pebbles outside count too
    x, y = (places @ rotation + wide / 2).astype(int).T
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < wide)
    middles = np.full((wide, wide), 255, np.uint8)
    middles[y[inside], x[inside]] = 0
    dome = 1 - cv2.GaussianBlur(cv2.distanceTransform(middles, cv2.DIST_L2, 5), (0, 0), 1.0) / spacing
    dome = dome[MARGIN:-MARGIN, MARGIN:-MARGIN]
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    light = 0.15 + 0.4 * dome + 0.1 * (np.cos(turn) * x + np.sin(turn) * y) + rng.normal(0, 0.02, dome.shape)
    return (light.clip(0, 1) * 255).astype(np.uint8)


def scratch(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A thin bright line."""
    start, turn, length = rng.uniform(60, 196, 2), rng.uniform(0, np.pi), rng.uniform(30, 60)
    end = start + length * np.array([np.cos(turn), np.sin(turn)])
    mask = np.zeros_like(image)
    cv2.line(mask, start.astype(int).tolist(), end.astype(int).tolist(), 255, 2, cv2.LINE_AA)
    return _blend(image, image + 70.0, mask), _binary(mask)


def stain(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A soft dark spot."""
    mask = _blob(rng)
    return _blend(image, image * 0.65, mask), _binary(mask)


def fine_grain(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A patch of the same material with smaller pebbles."""
    mask = _blob(rng)
    return _blend(image, leather(rng, spacing=7).astype(float), mask), _binary(mask)


DAMAGES = {"scratch": scratch, "stain": stain, "fine_grain": fine_grain}


def _blob(rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    axes = rng.uniform(10, 24, 2).astype(int).tolist()
    cv2.ellipse(
        mask, rng.integers(50, 206, 2).tolist(), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA
    )
    return cv2.GaussianBlur(mask, (0, 0), 2)


def _blend(image: np.ndarray, other: np.ndarray, mask: np.ndarray) -> np.ndarray:
    share = mask / 255.0
    return (image * (1 - share) + other * share).clip(0, 255).astype(np.uint8)


def _binary(mask: np.ndarray) -> np.ndarray:
    return np.where(mask > 127, 255, 0).astype(np.uint8)


if __name__ == "__main__":
    main()
