"""What a measured model's scores say at a threshold: counts, kinds of defect, examples, points on the curves.

Pure functions over `cache.EvaluationSummary`, which the page, the report and programs share, so that they show the same numbers.
Nothing here runs a model. An image is called defect where its score lies above the threshold, unless it is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from favae_demo.data.library.feedback import MARKED
from favae_demo.data.mvtec import GOOD
from favae_demo.scoring.detection import DEFECT, NOT_JUDGED
from favae_demo.scoring.detection import GOOD as GOOD_PART

if TYPE_CHECKING:  # these are shown when the page is opened, which must not wait for scikit-learn
    from favae_demo.evaluation.metrics import Curve
    from favae_demo.evaluation.results_cache import EvaluationSummary

# The answers on images that are judged: by name, (has a defect, is called defect).
CELLS = {"found": (True, True), "missed": (True, False), "alarms": (False, True), "passed": (False, False)}
_TINY = 1e-12


@dataclass(frozen=True)
class Confusion:
    """Confusion matrix: numbers of images by label and verdict.

    Attributes:
        found: Defects called defect.
        missed: Defects called good.
        alarms: Good parts called defect.
        passed: Good parts called good.
        unjudged_defects: Defects that are not judged.
        unjudged_goods: Good parts that are not judged.
    """

    found: int
    missed: int
    alarms: int
    passed: int
    unjudged_defects: int = 0
    unjudged_goods: int = 0

    @property
    def defects(self) -> int:
        """Number of images with a defect."""
        return self.found + self.missed + self.unjudged_defects

    @property
    def goods(self) -> int:
        """Number of good parts."""
        return self.alarms + self.passed + self.unjudged_goods

    @property
    def not_judged(self) -> int:
        """Number of images that are not judged."""
        return self.unjudged_defects + self.unjudged_goods

    @property
    def recall(self) -> float | None:
        """Share of defects that are found; None without any."""
        return _share(self.found, self.defects)

    @property
    def precision(self) -> float | None:
        """Share of alarms that are right; None without any."""
        return _share(self.found, self.found + self.alarms)

    @property
    def alarm_rate(self) -> float | None:
        """Share of good parts that are called defect; None without any."""
        return _share(self.alarms, self.goods)


@dataclass(frozen=True)
class KindRow:
    """One kind of test image at a threshold.

    Attributes:
        kind: The defect's name, or `good`.
        count: Number of images.
        found: Number of images called defect; for `good` these are false alarms.
        missed: Number of images called good; for `good` these are correct.
        mean_score: Mean score.
        lowest: Lowest score.
        highest: Highest score.
        not_judged: Number of images that are not judged.
    """

    kind: str
    count: int
    found: int
    missed: int
    mean_score: float
    lowest: float
    highest: float
    not_judged: int = 0


@dataclass(frozen=True)
class Examples:
    """Keys of telling images.

    Attributes:
        best: Rightly judged, the surest first.
        worst: Wrongly judged, the most wrong first, whether missed or alarm.
        missed: Missed defects, the most wrong first.
        alarms: False alarms, the most wrong first.
    """

    best: list[str]
    worst: list[str]
    missed: list[str]
    alarms: list[str]


def verdicts(measured: EvaluationSummary, threshold: float) -> list[str]:
    """Returns the verdict on each image: `defect`, `good` or `not judged`."""
    above = np.where(measured.verdicts(threshold), DEFECT, GOOD_PART)
    return np.where(measured.is_judged, above, NOT_JUDGED).tolist()


def cells(measured: EvaluationSummary, threshold: float) -> dict[str, list[str]]:
    """Keys of the images in each cell of the confusion matrix (`CELLS`), in the category's order."""
    return {name: _keys(measured, np.flatnonzero(_cell(measured, threshold, name))) for name in CELLS}


def confusion(measured: EvaluationSummary, threshold: float) -> Confusion:
    """Returns the confusion matrix at a threshold of the image score."""
    counts = {name: int(_cell(measured, threshold, name).sum()) for name in CELLS}
    aside, labels = ~measured.is_judged, measured.labels
    return Confusion(
        **counts, unjudged_defects=int((aside & labels).sum()), unjudged_goods=int((aside & ~labels).sum())
    )


def by_kind(measured: EvaluationSummary, threshold: float) -> list[KindRow]:
    """Returns one row for each kind of test image, in the category's order; `good`, if there are such images, comes first."""
    kinds = np.array([key.split("/")[1] for key in measured.keys])
    judged, calls = measured.is_judged, measured.verdicts(threshold)
    rows = []
    for kind in dict.fromkeys(kinds.tolist()):
        here = kinds == kind
        scores, count = measured.scores[here], int(here.sum())
        hits, missed = (int((here & judged & answer).sum()) for answer in (calls, ~calls))
        figures = float(scores.mean()), float(scores.min()), float(scores.max())
        rows.append(KindRow(kind, count, hits, missed, *figures, count - hits - missed))
    return rows


def examples(measured: EvaluationSummary, threshold: float, count: int) -> Examples:
    """Returns instructive images at a threshold, at most `count` of each sort, those with the surest verdicts first.

    The sureness of a verdict is the ratio of score and threshold: a score of half the threshold is as sure as one of twice the threshold.
    """
    ratio = np.log((measured.scores + _TINY) / (max(threshold, 0.0) + _TINY))
    sureness = np.abs(ratio)
    calls, labels = measured.verdicts(threshold), measured.labels

    def surest(chosen: np.ndarray) -> list[str]:
        places = np.flatnonzero(chosen & measured.is_judged)
        return _keys(measured, places[np.argsort(-sureness[places], kind="stable")][:count])

    return Examples(
        surest(calls == labels), surest(calls != labels), surest(~calls & labels), surest(calls & ~labels)
    )


@dataclass(frozen=True)
class MarkedDefects:
    """Test images that somebody marked as a defect, at a threshold; those that are not judged do not count.

    Attributes:
        count: Number of images.
        missed: How many are called good.
        needed: The threshold below which all are found: just under the lowest of their scores.
    """

    count: int
    missed: int
    needed: float


def marked_defects(measured: EvaluationSummary, threshold: float) -> MarkedDefects | None:
    """Returns what becomes of the images that were marked as a defect, see `data.library.feedback`; None without any."""
    marked = np.array([key.split("/")[1] == MARKED for key in measured.keys]) & measured.is_judged
    if not marked.any():
        return None
    scores = measured.scores[marked]
    missed = int((~measured.verdicts(threshold)[marked]).sum())
    return MarkedDefects(len(scores), missed, float(np.nextafter(scores.min(), 0.0)))


def roc_point(measured: EvaluationSummary, threshold: float) -> tuple[float, float] | None:
    """Returns the false-positive and the true-positive rate over images at a threshold; None if there are no good or no defective images.

    The curves are those of the scores, so all images count by their score.
    """
    counts = confusion(replace(measured, not_judged=None), threshold)
    if counts.alarm_rate is None or counts.recall is None:
        return None
    return counts.alarm_rate, counts.recall


def pixel_roc_point(measured: EvaluationSummary, threshold: float) -> tuple[float, float] | None:
    """Returns the false-positive and the true-positive rate over pixels at a threshold, interpolated from `pixel_roc`.

    Args:
        measured: The result of an evaluation.
        threshold: Threshold of the score map.

    Returns:
        The two rates, in [0, 1]; None if there is no curve.
    """
    if measured.pixel_roc is None or measured.pixel_thresholds is None:
        return None
    rising = measured.pixel_thresholds[:0:-1]  # without the infinite one
    if threshold >= rising[-1]:
        return 0.0, 0.0
    false_positives, true_positives = (
        np.interp(threshold, rising, axis[:0:-1]) for axis in measured.pixel_roc
    )
    return float(false_positives), float(true_positives)


def pr_point(measured: EvaluationSummary, threshold: float) -> tuple[float, float] | None:
    """Returns recall and precision over images at a threshold, by their scores; None if there are no defective images or no alarms."""
    counts = confusion(replace(measured, not_judged=None), threshold)
    if counts.recall is None or counts.precision is None:
        return None
    return counts.recall, counts.precision


def image_pr(measured: EvaluationSummary) -> Curve | None:
    """Returns the recalls (rising) and precisions over images; None if there is no ROC curve over images either."""
    from favae_demo.evaluation import metrics

    if measured.image_roc is None:
        return None
    return metrics.pr_curve_points(measured.scores, measured.labels)


def image_ap(measured: EvaluationSummary) -> float | None:
    """Returns the average precision over images, the area under `image_pr`; None if there is no such curve."""
    from sklearn.metrics import average_precision_score

    if measured.image_roc is None:
        return None
    return float(average_precision_score(measured.labels, measured.scores))


def best_f1_threshold(measured: EvaluationSummary) -> float | None:
    """Returns the threshold with the highest F1 score on these images, which uses the test labels; None if F1-max is missing."""
    from favae_demo.evaluation import metrics

    if measured.figures["f1_max"] is None:
        return None
    return metrics.f1_max(measured.scores, measured.labels)[1]


def is_good(kind: str) -> bool:
    """Returns whether a kind of test image is that of the good parts."""
    return kind == GOOD


def _cell(measured: EvaluationSummary, threshold: float, name: str) -> np.ndarray:
    defective, called = CELLS[name]
    return measured.is_judged & (measured.labels == defective) & (measured.verdicts(threshold) == called)


def _keys(measured: EvaluationSummary, places: np.ndarray) -> list[str]:
    return [measured.keys[place] for place in places]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
