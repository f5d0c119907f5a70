"""Small defects in large pictures: `python tests/evaluation/measure_small_defects.py [--size 2000 1500] [--set KEY=VALUE …]`.

Makes pictures of a machined plate with pockets and printing, 2000×1500 pixels: 40 good ones to learn from, and 25 with and 25 without a nick or
a stain of 8 to 20 pixels; all carry dust of 3 pixels. Trains `extended` on them as a user's own part, told how small a defect matters, and prints
the figures, the shape that was looked at, and the milliseconds of one picture by the fastest engine.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.config.fields import assignments
from favae_demo.config.presets import make_config
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import choose
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Finished
from favae_demo.training.run_folder import RunFolder

NAME = "machined_plate"
FIGURES = ("pixel_auroc", "image_auroc", "aupro", "pixel_ap", "f1_max")
TRAIN, GOOD, DEFECTS = 40, 25, 25
SMALLEST, LARGEST, DUST = 8, 20, 3  # lengths in pixels


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", nargs=2, type=int, default=(2000, 1500), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    settings = Settings.from_env()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        write_plates(data / NAME, np.random.default_rng(asked.seed), tuple(asked.size))
        config = make_config("extended", NAME, seed=asked.seed, smallest_defect=SMALLEST / max(asked.size))
        run = RunFolder(Path(folder) / "run")
        run.create(config.with_text(assignments(asked.set)), NAME, data)
        *_, last = run_training(run, settings)
        assert isinstance(last, Finished)
        figures = {name: last.metrics[name] and round(last.metrics[name], 3) for name in FIGURES}
        detector = Detector.load(run.model, settings, engine=choose("auto"))
        seconds = [timed(detector, path) for path in sorted((data / NAME / "test" / "good").iterdir())[:10]]
        about = {
            "shape": detector.config.shape,
            "engine": detector.engine.name,
            "milliseconds": round(1000 * statistics.median(seconds[2:])),
            "training_seconds": round(last.seconds),
        }
        print(json.dumps(figures | about | found_at(detector, data / NAME)))


def timed(detector: Detector, path: Path) -> float:
    """Seconds of one verdict, without decoding."""
    image = decode(path)
    start = time.perf_counter()
    detector.detect([image])
    return time.perf_counter() - start


def found_at(detector: Detector, root: Path) -> dict[str, float]:
    """Share of good and of defective pictures called defect, at the nominal rate of 5 %."""
    called = {
        kind: [found.is_defect for found in detector.detect(sorted((root / "test" / kind).iterdir()))]
        for kind in ("good", "defect")
    }
    return {"false_alarms": float(np.mean(called["good"])), "found": float(np.mean(called["defect"]))}


def write_plates(root: Path, rng: np.random.Generator, size: tuple[int, int]) -> None:
    """Writes the category in MVTec layout."""
    plate = draw_plate(np.random.default_rng(0), size)
    for folder, count in {"train/good": TRAIN, "test/good": GOOD, "test/defect": DEFECTS}.items():
        for number in range(count):
            image = photograph(plate, rng)
            if folder == "test/defect":
                image, mask = damaged(image, rng)
                save_png(root / "ground_truth/defect" / f"{number:03}_mask.png", mask)
            save_png(root / folder / f"{number:03}.png", image)


def draw_plate(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A plate without grain, light or dust, H×W×3 float in grey levels."""
    width, height = size
    plate = np.full((height, width, 3), (168, 172, 176), np.uint8)
    unit = height / 1500
    for column, row in np.ndindex(5, 3):
        centre = (round((250 + 375 * column) * unit), round((280 + 470 * row) * unit))
        cv2.circle(plate, centre, round(95 * unit), (205, 207, 209), -1, cv2.LINE_AA)
        cv2.circle(plate, centre, round(70 * unit), (88, 90, 95), -1, cv2.LINE_AA)
        label = f"A{rng.integers(10, 99)}"
        place = (centre[0] - round(60 * unit), centre[1] + round(180 * unit))
        cv2.putText(
            plate,
            label,
            place,
            cv2.FONT_HERSHEY_SIMPLEX,
            1.8 * unit,
            (60,) * 3,
            max(1, round(5 * unit)),
            cv2.LINE_AA,
        )
    return plate.astype(np.float32)


def photograph(plate: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture of the plate, H×W×3 uint8: moved by some pixels, brushed, with uneven light, dust and noise."""
    height, width = plate.shape[:2]
    motion = np.float32([[1, 0, rng.uniform(-6, 6)], [0, 1, rng.uniform(-6, 6)]])
    image = cv2.warpAffine(plate, motion, (width, height), borderMode=cv2.BORDER_REFLECT)
    grain = cv2.blur(rng.normal(0, 14, (height, width)).astype(np.float32), (41, 1))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    light = 1 + rng.uniform(-0.05, 0.05) * (x / width - 0.5) + rng.uniform(-0.05, 0.05) * (y / height - 0.5)
    image = (image + grain[..., None]) * light[..., None]
    for _ in range(rng.integers(10, 30)):
        spot = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(image, spot, DUST // 2, (float(rng.uniform(60, 230)),) * 3, -1, cv2.LINE_AA)
    return (image + rng.normal(0, 2, image.shape)).clip(0, 255).astype(np.uint8)


def damaged(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The picture with one nick or stain, and its mask H×W (0 or 255)."""
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    length = rng.uniform(SMALLEST, LARGEST)
    spot = (int(rng.uniform(0.05, 0.95) * width), int(rng.uniform(0.05, 0.95) * height))
    axes = (max(1, round(length / 2)), max(1, round(length * rng.uniform(0.2, 0.45))))
    cv2.ellipse(mask, spot, axes, rng.uniform(0, 180), 0, 360, 255, -1)
    cover = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 1)[..., None]
    below = image[mask > 0].mean()
    colour = np.array((35.0, 33.0, 30.0) if below > 110 else (190.0, 188.0, 182.0), np.float32)
    return (image * (1 - cover) + colour * cover).clip(0, 255).astype(np.uint8), mask


if __name__ == "__main__":
    main()
