"""False alarms when light or camera change: `python tests/evaluation/measure_changes.py --data DIR --category C MODEL`.

Judges the test pictures of a category as they are and with each change below, at the nominal false-alarm rate of 5 %, and prints image AUROC,
the share of good pictures called defect, of defects found, and of series of 20 changed good pictures in which a drift is seen (200 series, drawn
with replacement; without a change: the number of drifts in one series of 2,000). MODEL is a model file or a name that `favae-demo` knows. With `--anew` its
network is calibrated anew by today's recipe `extended` first: what the recipe makes of a network that an earlier version trained.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))

from shifted_images import shifted

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.levels import Levels
from favae_demo.data.mvtec import Sample, load_category
from favae_demo.detection.detector import Detector
from favae_demo.detection.drift import WINDOW, find_drifts, signals, usual_signals
from favae_demo.evaluation.metrics import image_auroc
from favae_demo.evaluation.protocol import evaluate
from favae_demo.runs.renewal import renewed
from favae_demo.scoring.detection import Detection

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
    parser.add_argument("--anew", action="store_true")
    asked = parser.parse_args()
    settings = replace(Settings.from_env(), data_dir=asked.data)
    category = load_category(asked.data, asked.category)
    model = Path(asked.model) if Path(asked.model).is_file() else asked.model
    detector = renewed(model, settings)[1] if asked.anew else Detector.load(model, settings)
    figures = evaluate(detector, category, cache_dir=settings.cache_dir).figures
    print(json.dumps({name: value and round(value, 3) for name, value in figures.items()}), flush=True)
    images = pictures(category.test, detector.config, detector.levels, category.name, settings)
    labels = np.array([not sample.is_good for sample in category.test])
    for name, change in CHANGES.items():
        found = detector.detect([change(image) for image in images])
        called = np.array([one.is_defect for one in found])
        figures = {
            "image_auroc": round(image_auroc(np.array([one.score for one in found]), labels), 3),
            "false_alarms": round(float(called[~labels].mean()), 3),
            "found": round(float(called[labels].mean()), 3),
            "drift": drifts(
                [one for one, is_defect in zip(found, labels, strict=True) if not is_defect], detector, name
            ),
        }
        print(json.dumps({"change": name} | figures, ensure_ascii=False), flush=True)


def drifts(good: Sequence[Detection], detector: Detector, change: str) -> float:
    """Share of series with a drift; for unchanged images the number of drifts in one long series."""
    usual, rng = usual_signals(detector), np.random.default_rng(0)
    values = [signals(one) for one in good]

    def found(length: int) -> int:
        drawn = rng.integers(len(values), size=length)
        return len(find_drifts(usual, ((str(i), values[i]) for i in drawn)))

    return found(2000) if change == "none" else float(np.mean([found(WINDOW) for _ in range(200)]))


def pictures(
    samples: Sequence[Sample], config: TrainConfig, levels: Levels, name: str, settings: Settings
) -> np.ndarray:
    """Loads images in the size that a model looks at."""
    paths = [sample.path for sample in samples]
    return cached_images(paths, config.image_size, name, settings.cache_dir, levels)


if __name__ == "__main__":
    main()
