"""What a model says of broken frames and foreign pictures: `python tests/evaluation/measure_odd_frames.py --data DIR MODEL…`.

Ten broken frames are made of the first good test picture of the model's category, foreign ones are those of the other categories in the folder, a checkerboard and
a page of text. Each line has the verdict by the score alone, the verdict, and why.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from favae_demo import Detector
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category

SIDE = 256


def broken(part: np.ndarray) -> dict[str, np.ndarray]:
    """Returns ten frames that show no part, or not all of it, by name."""
    rng = np.random.default_rng(0)
    half, rows, torn = part.copy(), part.copy(), part.copy()
    half[SIDE // 2 :] = 0
    rows[::2] = 0
    torn[SIDE // 3 :] = np.roll(part[SIDE // 3 :], 90, axis=1)
    ramp = np.linspace(0, 255, SIDE).astype(np.uint8)[None, :, None]
    return {
        "black": part * 0,
        "white": part * 0 + 255,
        "mid grey": part * 0 + 128,
        "green": np.full_like(part, (0, 120, 0)),
        "dark noise": rng.integers(0, 12, part.shape).astype(np.uint8),
        "noise": rng.integers(0, 256, part.shape).astype(np.uint8),
        "grey ramp": np.broadcast_to(ramp, part.shape).copy(),
        "lower half black": half,
        "every other row black": rows,
        "rows moved": torn,
    }


def drawn() -> dict[str, np.ndarray]:
    """Returns a checkerboard and a page of text."""
    y, x = np.mgrid[:SIDE, :SIDE] // 32
    board = np.where(((x + y) % 2)[..., None], 210, 60).astype(np.uint8).repeat(3, axis=2)
    page = np.full_like(board, 245)
    for line in range(24, SIDE, 27):
        cv2.putText(page, "INVOICE 2026-114", (6, line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
    return {"checkerboard": board, "page of text": page}


def first_good(folder: Path) -> np.ndarray:
    """Returns the first good test picture of a category."""
    test = load_category(folder.parent, folder.name).test
    return load_images([next(sample.path for sample in test if sample.is_good)], SIDE)[0]


def main() -> None:
    """Prints a line for each picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with categories in MVTec layout")
    parser.add_argument("models", nargs="+")
    asked = parser.parse_args()
    parts = {
        folder.name: first_good(folder)
        for folder in sorted(asked.data.iterdir())
        if (folder / "test").is_dir()
    }
    for model in asked.models:
        detector, own = Detector.load(model), model.split("-")[0]
        images = broken(parts[own]) | {name: one for name, one in parts.items() if name != own} | drawn()
        for name, found in zip(images, detector.detect(list(images.values())), strict=True):
            alone = "defect" if found.score > found.threshold else "good"
            print(f"{model}  {name}: {alone} → {found.verdict}  {' '.join(found.reasons)}", flush=True)


if __name__ == "__main__":
    main()
