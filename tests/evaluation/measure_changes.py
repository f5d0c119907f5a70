"""False alarms when light or camera change: `python tests/evaluation/measure_changes.py --data DIR --category C MODEL`.

Judges the test pictures of a category as they are and with each change below, at the nominal false-alarm rate of 5 %, and prints image AUROC,
the share of good pictures called defect, and of defects found. MODEL is a model file or a name that `favae-demo` knows.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))

from shifted_images import shifted

from favae_demo.core.settings import Settings
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.evaluation.metrics import image_auroc

Change = Callable[[np.ndarray], np.ndarray]


def rounded(image: np.ndarray) -> np.ndarray:
    """The nearest 8-bit image."""
    return np.rint(image).clip(0, 255).astype(np.uint8)


def compressed(image: np.ndarray) -> np.ndarray:
    """A JPEG of quality 75."""
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1], 1))


def noisy(image: np.ndarray) -> np.ndarray:
    """Gaussian noise of three grey levels, the same at every call with the same image."""
    return rounded(image + np.random.default_rng(int(image.sum()) % 9973).normal(0, 3, image.shape))


CHANGES: dict[str, Change] = {
    "none": lambda image: image,
    "brightness × 0.9": lambda image: rounded(image * 0.9),
    "brightness × 1.1": lambda image: rounded(image * 1.1),
    "shift 3 %": lambda image: shifted(image, 0.03, 0.0),
    "rotation 3°": lambda image: shifted(image, 0.0, 0.0, 3.0),
    "JPEG quality 75": compressed,
    "blur σ 1 of 256": lambda image: cv2.GaussianBlur(image, (0, 0), image.shape[0] / 256),
    "noise σ 3 of 255": noisy,
}


def main() -> None:
    """Measures and prints one line of JSON for each change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--category", required=True)
    asked = parser.parse_args()
    settings = Settings.from_env()
    detector = Detector.load(Path(asked.model) if Path(asked.model).is_file() else asked.model, settings)
    category = load_category(asked.data, asked.category)
    paths = [sample.path for sample in category.test]
    images = cached_images(
        paths, detector.config.image_size, category.name, settings.cache_dir, detector.levels
    )
    labels = np.array([not sample.is_good for sample in category.test])
    for name, change in CHANGES.items():
        found = detector.detect([change(image) for image in images])
        called = np.array([one.is_defect for one in found])
        figures = {
            "image_auroc": round(image_auroc(np.array([one.score for one in found]), labels), 3),
            "false_alarms": round(float(called[~labels].mean()), 3),
            "found": round(float(called[labels].mean()), 3),
        }
        print(json.dumps({"change": name} | figures, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
