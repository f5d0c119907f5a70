"""Caches evaluation results on disk, so that a model is measured on the same test images only once.

The key is made of path, size and modification time of the model file and of all test images and masks: after any change to them
the model is measured again.
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

FORMAT = 6  # increase it when the metrics or the format of the file change
FOLDER = "evaluations"
CURVES = ("image_roc", "pixel_roc", "pixel_pr")
# What reading a damaged or foreign file raises.
_DAMAGES = (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EvaluationSummary:
    """An `Evaluation` without its maps, small enough to be cached.

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
        not_judged: N bool, True for images with the verdict `not judged`, at any threshold; None where only scores are known.
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
    not_judged: np.ndarray | None = None

    @property
    def is_judged(self) -> np.ndarray:
        """N bool, False for images with the verdict `not judged`."""
        return np.ones(len(self.scores), bool) if self.not_judged is None else ~self.not_judged

    @property
    def n_good(self) -> int:
        """Good test images."""
        return int((~self.labels).sum())

    @property
    def n_defect(self) -> int:
        """Test images with a defect."""
        return int(self.labels.sum())

    def verdicts(self, threshold: float) -> np.ndarray:
        """Returns which scores lie above a threshold: N bool, True for defect unless the image is not judged.

        Args:
            threshold: Threshold of the image score, as from `Detector.thresholds`.
        """
        return self.scores > threshold


def summarise(result: Evaluation) -> EvaluationSummary:
    """Returns the part of an evaluation that is cached."""
    from favae_demo.evaluation.metrics import pr_curve_points, roc_curve_points, roc_thresholds

    known = np.array([sample.has_ground_truth for sample in result.samples])
    maps, masks = result.maps[known], result.masks[known]
    return EvaluationSummary(
        tuple(sample.key for sample in result.samples),
        result.labels,
        result.scores,
        result.figures,
        result.reasons,
        _curve(roc_curve_points, result.figures["image_auroc"], result.scores, result.labels),
        _curve(roc_curve_points, result.figures["pixel_auroc"], maps, masks),
        _curve(pr_curve_points, result.figures["pixel_ap"], maps, masks),
        result.seconds,
        _curve(roc_thresholds, result.figures["pixel_auroc"], maps, masks),
        result.not_judged,
    )


def measure(
    detector: Detector, model: Path, category: Category, cache_dir: Path, progress: Progress | None = None
) -> EvaluationSummary:
    """Returns the result of a model on a category's test images, from the cache if it is there; otherwise measures the model.

    Args:
        detector: The loaded model.
        model: Path of the model file.
        category: The category whose test images are used.
        cache_dir: The app's cache folder.
        progress: Called with (images done, images in total); not called if the result is cached.

    Raises:
        CheckpointError: The model file has been deleted.
        DataError: The category has no test images.
    """
    from favae_demo.evaluation import protocol

    path = result_path(model, category, cache_dir)
    known = _read(path)
    if known is None:
        known = summarise(protocol.evaluate(detector, category, progress, cache_dir))
        with contextlib.suppress(OSError):  # a full or read-only disk: the model is measured again next time
            _write(path, known)
    return known


def lookup(model: Path, category: Category, cache_dir: Path) -> EvaluationSummary | None:
    """Returns the cached result of a model on a category's test images; None if it has not been measured.

    Raises:
        CheckpointError: The model file has been deleted.
        DataError: A test image has been deleted.
    """
    return _read(result_path(model, category, cache_dir))


def result_path(model: Path, category: Category, cache_dir: Path) -> Path:
    """Returns the path of the cached result of a model on a category's test images, which need not exist.

    Raises:
        CheckpointError: The model file has been deleted.
        DataError: A test image has been deleted.
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
    """Returns the `points` of a curve; None if the area under it, `figure`, is missing."""
    return None if figure is None else points(scores, labels)


def _write(path: Path, summary: EvaluationSummary) -> None:
    # Both JSON and NumPy's format preserve the values exactly.
    record = {"figures": summary.figures, "reasons": summary.reasons, "seconds": summary.seconds}
    arrays: dict[str, Any] = {
        "keys": np.array(summary.keys),
        "labels": summary.labels,
        "scores": summary.scores,
    }
    for name in CURVES:
        curve = getattr(summary, name)
        if curve is not None:
            arrays[name] = np.stack(curve)
    if summary.pixel_thresholds is not None:
        arrays["pixel_limits"] = summary.pixel_thresholds
    if summary.not_judged is not None:
        arrays["not_judged"] = summary.not_judged
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, record=np.array(json.dumps(record)), **arrays)


def _read(path: Path) -> EvaluationSummary | None:
    """Reads a cached result; None if it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            record = json.loads(str(file["record"]))
            curves = (tuple(file[name]) if name in file else None for name in CURVES)
            keys = tuple(str(key) for key in file["keys"])
            parts = record | dict(zip(CURVES, curves, strict=True))
            optional = {"pixel_thresholds": file.get("pixel_limits"), "not_judged": file.get("not_judged")}
            return EvaluationSummary(keys, file["labels"], file["scores"], **parts, **optional)
    except _DAMAGES:
        return None
