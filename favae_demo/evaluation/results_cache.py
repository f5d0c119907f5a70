"""Results of measured models, kept on disk: a model meets the same test images only once.

A result is found by the model's file and the test images' files (place, size, time of change), so a model that was
trained again, or an image that was added or drawn over, is measured anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from favae_demo import __version__
from favae_demo.core.errors import CheckpointError, DataError, FavaeError
from favae_demo.core.files import atomic_path
from favae_demo.data.mvtec import Category

# Results are looked up when the page is opened, which must not wait for the import of torch and scikit-learn.
if TYPE_CHECKING:
    from favae_demo.detection.detector import Detector
    from favae_demo.evaluation.metrics import Curve
    from favae_demo.evaluation.protocol import Evaluation

FORMAT = 3  # goes up when the figures or the file change
FOLDER = "evaluations"
CURVES = ("image_roc", "pixel_roc", "pixel_pr")
# What reading a file raises that is no file of ours, or only half of one.
_DAMAGES = (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EvaluationSummary:
    """An `Evaluation` without its maps, small enough to keep.

    Attributes:
        keys: Keys of the test images, in the category's order.
        labels: N bool, True for images with a defect.
        scores: Image scores, N; exactly those of the evaluation.
        figures: As in `Evaluation`.
        reasons: As in `Evaluation`.
        image_roc: False- and true-positive rates over images; None where the data cannot give the curve.
        pixel_roc: The same over pixels, at most `metrics.CURVE_POINTS` points.
        pixel_pr: Recalls (rising) and precisions over pixels, at most as many points; None where `pixel_roc` is.
        seconds: Time of the evaluation.
        pixel_thresholds: The value of the score map at each point of `pixel_roc`, falling from infinity.
    """

    keys: tuple[str, ...]
    labels: np.ndarray
    scores: np.ndarray
    figures: dict[str, float | None]
    reasons: dict[str, str]
    image_roc: Curve | None
    pixel_roc: Curve | None
    pixel_pr: Curve | None
    seconds: float
    pixel_thresholds: np.ndarray | None = None

    @property
    def n_good(self) -> int:
        """Good test images."""
        return int((~self.labels).sum())

    @property
    def n_defect(self) -> int:
        """Test images with a defect."""
        return int(self.labels.sum())

    def verdicts(self, threshold: float) -> np.ndarray:
        """N bool, True where an image is called defect.

        Args:
            threshold: Of the image score, as from `Detector.thresholds`.
        """
        return self.scores > threshold


def summarise(found: Evaluation) -> EvaluationSummary:
    """What is kept of an evaluation."""
    from favae_demo.evaluation.metrics import pr_curve_points, roc_curve_points, roc_thresholds

    known = np.array([sample.has_ground_truth for sample in found.samples])
    maps, masks = found.maps[known], found.masks[known]
    return EvaluationSummary(
        tuple(sample.key for sample in found.samples),
        found.labels,
        found.scores,
        found.figures,
        found.reasons,
        _curve(roc_curve_points, found.figures["image_auroc"], found.scores, found.labels),
        _curve(roc_curve_points, found.figures["pixel_auroc"], maps, masks),
        _curve(pr_curve_points, found.figures["pixel_ap"], maps, masks),
        found.seconds,
        _curve(roc_thresholds, found.figures["pixel_auroc"], maps, masks),
    )


def measure(
    detector: Detector, model: Path, category: Category, cache_dir: Path, progress: Progress | None = None
) -> EvaluationSummary:
    """The result of a model on a category's test images: from disk, or measured now and kept.

    Args:
        detector: The model, loaded.
        model: Its file.
        category: The data.
        cache_dir: Where results are kept, in a folder of their own.
        progress: Called with images done and in all; not called where the result is there already.

    Raises:
        CheckpointError: The model's file is gone.
        DataError: The category has no test images.
    """
    from favae_demo.evaluation import protocol

    path = result_path(model, category, cache_dir)
    known = _read(path)
    if known is None:
        known = summarise(protocol.evaluate(detector, category, progress, cache_dir))
        with contextlib.suppress(OSError):  # a full or read-only disk costs the next look time, not this one
            _write(path, known)
    return known


def lookup(model: Path, category: Category, cache_dir: Path) -> EvaluationSummary | None:
    """The kept result of a model on a category's test images; None where it must be measured first.

    Raises:
        CheckpointError: The model's file is gone.
    """
    return _read(result_path(model, category, cache_dir))


def result_path(model: Path, category: Category, cache_dir: Path) -> Path:
    """Where the result of this model on these images is kept.

    Raises:
        CheckpointError: The model's file is gone.
        DataError: A test image is gone.
    """
    files: list[str | list[str | int]] = [
        _identity(model, CheckpointError("This model has been deleted meanwhile; choose another."))
    ]
    for sample in category.test:
        gone = DataError(f"The test picture {sample.key} has been moved or deleted meanwhile.")
        files += [sample.key, *(_identity(path, gone) for path in (sample.path, sample.mask_path) if path)]
    key = hashlib.sha256(json.dumps([FORMAT, __version__, files]).encode()).hexdigest()[:32]
    return cache_dir / FOLDER / f"{key}.npz"


def _identity(path: Path, gone: FavaeError) -> list[str | int]:
    try:
        status = path.stat()
    except OSError as error:
        raise gone from error
    return [str(path.resolve()), status.st_size, status.st_mtime_ns]


def _curve(points: Callable, figure: float | None, scores: np.ndarray, labels: np.ndarray) -> Any:
    """`points` of the curve of an area under it; where the area says nothing, neither does the curve."""
    return None if figure is None else points(scores, labels)


def _write(path: Path, found: EvaluationSummary) -> None:
    # JSON keeps every digit of a float, and NumPy's format every bit of an array.
    record = {"figures": found.figures, "reasons": found.reasons, "seconds": found.seconds}
    arrays: dict[str, Any] = {"keys": np.array(found.keys), "labels": found.labels, "scores": found.scores}
    for name in CURVES:
        curve = getattr(found, name)
        if curve is not None:
            arrays[name] = np.stack(curve)
    if found.pixel_thresholds is not None:
        arrays["pixel_limits"] = found.pixel_thresholds
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, record=np.array(json.dumps(record)), **arrays)


def _read(path: Path) -> EvaluationSummary | None:
    """A kept result; None where there is none, or where it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            record = json.loads(str(file["record"]))
            curves = (tuple(file[name]) if name in file else None for name in CURVES)
            keys = tuple(str(key) for key in file["keys"])
            parts = record | dict(zip(CURVES, curves, strict=True))
            thresholds = file.get("pixel_limits")
            return EvaluationSummary(
                keys, file["labels"], file["scores"], **parts, pixel_thresholds=thresholds
            )
    except _DAMAGES:
        return None
