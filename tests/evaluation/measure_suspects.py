"""What suspicious pictures among the good ones cost: `python tests/evaluation/measure_suspects.py [--preset quick] [CATEGORY_FOLDER]`.

Without a folder, 50 generated parts are learned from, of which some are of one of six kinds of label noise. With the folder of a category in MVTec layout,
good pictures are mixed with pictures of its own defects. For each share, defects found and false alarms on test pictures stand beside those of the clean
twin, and how many of the odd pictures were named, of which how many do not count for the limit.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from favae_demo import Detector, make_config, train
from favae_demo.config.fields import assignments
from favae_demo.data.io.images import save_png
from favae_demo.data.mvtec import load_category

SHARES = (0.02, 0.1, 0.2)
GOOD, TESTED = 50, 20
Kind = Callable[[np.random.Generator], np.ndarray]


def cap(
    rng: np.random.Generator, colour: tuple[float, ...] = (190, 170, 120), gain: float = 1.0
) -> np.ndarray:
    """A round part with a hole and rings on dark ground, H×W×3 uint8."""
    y, x = np.mgrid[:160, :160].astype(np.float32)
    radius = np.hypot(x - 80 - rng.uniform(-3, 3), y - 80 - rng.uniform(-3, 3)) / 54
    rings = 12 * np.sin(14 * radius + rng.uniform(0, 6)) + rng.uniform(-10, 10)
    image = np.full((160, 160, 3), 45.0, np.float32)
    image[radius < 1] = (np.array(colour, np.float32) + rings[..., None])[radius < 1]
    image[radius < 0.3] = 70 + rng.uniform(-8, 8)
    return (image * gain + rng.normal(0, 2, image.shape)).clip(0, 255).astype(np.uint8)


def stained(rng: np.random.Generator) -> np.ndarray:
    image, way = cap(rng), rng.uniform(0, 2 * np.pi)
    centre = (80 + 34 * np.cos(way), 80 + 34 * np.sin(way))
    return cv2.circle(image, tuple(int(v) for v in centre), 9, (235, 40, 40), -1)


def scratched(rng: np.random.Generator) -> np.ndarray:
    image, (way, turn) = cap(rng), rng.uniform(0, 2 * np.pi, 2)
    centre, half = (
        np.array([80 + 30 * np.cos(way), 80 + 30 * np.sin(way)]),
        18 * np.array([np.cos(turn), np.sin(turn)]),
    )
    ends = [tuple(int(v) for v in end) for end in (centre - half, centre + half)]
    return cv2.line(image, *ends, (245, 245, 235), 3)


def without_hole(rng: np.random.Generator) -> np.ndarray:
    image = cap(rng)
    return cv2.circle(image, (80, 80), 22, (190, 170, 120), -1)


KINDS: dict[str, Kind] = {
    "stain": stained,
    "scratch": scratched,
    "no hole": without_hole,
    "other part": lambda rng: cap(rng, colour=(90, 140, 190)),
    "blurred": lambda rng: cv2.GaussianBlur(cap(rng), (0, 0), 4),
    "dark": lambda rng: cap(rng, gain=0.55),
}


def learn(folder: Path, config_text: list[str], preset: str) -> tuple[Detector, object]:
    """Returns the model of a folder of good parts, and its suspects."""
    config = make_config(preset, teacher="none") if preset == "quick" else make_config(preset)
    config = config.with_text(assignments(config_text))
    model = train(config, folder, folder.parent / "run", measure=False)
    detector = Detector.load(model)
    shutil.rmtree(folder.parent / "run")
    return detector, getattr(detector.calibration, "suspects", ())


def row(detector: Detector, suspects: object, good: list, defects: list) -> str:
    """Returns what a model finds, and which pictures it names."""
    found, alarms = ([one.verdict != "good" for one in detector.detect(images)] for images in (defects, good))
    odd = [one for one in suspects if one.name.startswith("odd")]
    return (
        f"found {np.mean(found):.0%}  false alarms {np.mean(alarms):.0%}  named {len(odd)}, falsely {len(suspects) - len(odd)}  "
        f"left out {sum(one.left_out for one in odd)}, falsely {sum(one.left_out for one in suspects) - sum(one.left_out for one in odd)}"
    )


def measure_generated(asked: argparse.Namespace) -> None:
    twin = learn_generated(asked, cap, 0)
    for kind in asked.kinds:
        make, rng = KINDS[kind], np.random.default_rng(0)
        good, defects = ([one(rng) for _ in range(TESTED)] for one in (cap, make))
        print(f"{kind:<10}  0 of {GOOD}: {row(*twin, good, defects)}", flush=True)
        for bad in (round(share * GOOD) for share in asked.shares):
            model = learn_generated(asked, make, bad)
            print(f"{kind:<10} {bad:>2} of {GOOD}: {row(*model, good, defects)}", flush=True)


def learn_generated(asked: argparse.Namespace, make: Kind, bad: int) -> tuple[Detector, object]:
    """Returns the model of generated parts of which some are odd, and its suspects."""
    with tempfile.TemporaryDirectory() as home:
        folder, rng = Path(home, "cap"), np.random.default_rng(1)
        for number in range(GOOD):
            name, part = ("odd", make) if number < bad else ("good", cap)
            save_png(folder / "train" / "good" / f"{name}{number:03}.png", part(rng))
        return learn(folder, asked.set, asked.preset)


def measure_category(asked: argparse.Namespace) -> None:
    category = load_category(asked.folder.parent, asked.folder.name)
    rng = np.random.default_rng(asked.seed)
    defects = [sample.path for sample in category.test if not sample.is_good]
    order = [defects[place] for place in rng.permutation(len(defects))]
    mixed, tested = order[: asked.odd], order[asked.odd :]
    paths = [sample.path for sample in category.train]
    paths = [paths[place] for place in rng.permutation(len(paths))[: asked.good]]
    good = [sample.path for sample in category.test if sample.is_good]
    for bad in (0, asked.odd):
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home, f"my_{asked.folder.name}" if asked.own else asked.folder.name)
            (folder / "train" / "good").mkdir(parents=True)
            for number, path in enumerate([*paths[bad:], *mixed[:bad]]):
                name = "odd" if path in mixed else "good"
                shutil.copy(path, folder / "train" / "good" / f"{name}{number:03}{path.suffix}")
            detector, suspects = learn(folder, asked.set, asked.preset)
        print(f"{category.name} {bad} of {len(paths)}: {row(detector, suspects, good, tested)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", nargs="+", default=["max_steps=200", "views=100"])
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--shares", nargs="+", type=float, default=list(SHARES))
    parser.add_argument("--good", type=int, default=24)
    parser.add_argument("--odd", type=int, default=4)
    parser.add_argument("--own", action="store_true", help="as a category that nobody has described")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    (measure_category if asked.folder else measure_generated)(asked)
