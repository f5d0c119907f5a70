"""The example images of a report: clear correct verdicts, narrow ones, and mistakes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode_mask, read_image
from favae_demo.data.mvtec import Category, Sample
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import operating_point
from favae_demo.evaluation.results_cache import EvaluationSummary
from favae_demo.report import text
from favae_demo.scoring.detection import Detection

EXAMPLES = 3  # images in each group
MISSED = 6  # missed defects, which are of the greatest interest
ShareCallback = Callable[[float, str], None]
"""Called with the completed share, in [0, 1], and a description of the current step."""


@dataclass(frozen=True)
class Example:
    """A test image in the report.

    Attributes:
        group: A key of `text.GROUPS`.
        key: Key of the image in its category.
        kind: Kind of defect, or `good`.
        detection: The model's result.
        ground_truth: H×W bool, True on the defect, or None.
    """

    group: str
    key: str
    kind: str
    detection: Detection
    ground_truth: np.ndarray | None

    @property
    def name(self) -> str:
        """Name for display, as in `broken small 004`."""
        return f"{self.kind.replace('_', ' ')} {Path(self.key).stem}"


def select_examples(
    measured: EvaluationSummary,
    threshold: float,
    rate: float,
    category: Category,
    settings: Settings,
    load: Callable[[], Detector],
    progress: ShareCallback,
    remarks: list[str],
) -> list[Example]:
    """Returns a few test images of each group, with the model's results; what fails becomes a remark.

    Args:
        measured: The results of the model on the test images.
        threshold: Threshold of the image score.
        rate: False-alarm rate of that threshold.
        category: The test images.
        settings: Limits.
        load: Returns the detector; called only if there are examples.
        progress: Called during the work.
        remarks: Receives a sentence for each failure.
    """
    progress(0.8, text.LOOKING)
    picked = _keys_by_group(measured, threshold)
    if not picked:
        return []
    try:
        detector = load()
    except FavaeError as error:
        remarks.append(text.NO_EXAMPLES.format(reason=error))
        return []
    scores = dict(zip(measured.keys, measured.scores.tolist(), strict=True))
    examples = []
    for place, (group, key) in enumerate(picked):
        progress(0.8 + 0.15 * place / len(picked), text.LOOKING)
        try:
            sample = category.find(key)
            image = read_image(sample.path, detector.levels, max_pixels=settings.max_pixels)
            detection = detector.detect([image], rate=rate, names=[sample.path.name])[0]
            # The measured score: that of another batch size may differ in the last digits.
            detection = replace(detection, score=scores[key])
            examples.append(Example(group, key, sample.defect, detection, _ground_truth(sample)))
        except FavaeError as error:
            remarks.append(text.NO_EXAMPLE.format(key=key, reason=error))
    return examples


def _keys_by_group(measured: EvaluationSummary, threshold: float) -> list[tuple[str, str]]:
    """Returns groups and keys of the examples: clear correct results, narrow ones, and mistakes."""
    kinds = operating_point.examples(measured, threshold, len(measured.keys))
    defective = dict(zip(measured.keys, measured.labels, strict=True))
    groups = {
        "missed": kinds.missed[:MISSED],
        "alarms": kinds.alarms[:EXAMPLES],
        "found": [key for key in kinds.best if defective[key]][:EXAMPLES],
        "barely": [key for key in reversed(kinds.best) if defective[key]][:EXAMPLES],
        "passed": [key for key in kinds.best if not defective[key]][:EXAMPLES],
    }
    groups["barely"] = [key for key in groups["barely"] if key not in groups["found"]]
    return [(group, key) for group, keys in groups.items() for key in keys]


def _ground_truth(sample: Sample) -> np.ndarray | None:
    if sample.mask_path is None or sample.mask_problem:
        return None
    return decode_mask(sample.mask_path)
