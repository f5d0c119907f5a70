"""Detection metrics as pure functions over arrays: pixel and image AUROC, average precision, best F1, AUPRO.

Everywhere a higher score means 'more likely a defect', and a score counts as a find when it lies *above* a threshold.
Equal scores share one threshold, so no result depends on the order of the images. Every function raises
`UndefinedMetricError` where the data cannot support the figure, and `ValueError` for scores that are not finite or do not
match the labels in shape.

scikit-learn and SciPy are imported by the functions that use them: importing them takes longer than the rest of the public API.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from favae_demo.core.errors import FavaeError

AUPRO_LIMIT = 0.3
CURVE_POINTS = 500
EIGHT_CONNECTED = np.ones((3, 3), bool)

Curve = tuple[np.ndarray, np.ndarray]
T = TypeVar("T")


class UndefinedMetricError(FavaeError):
    """A metric is not defined on these test images; the message says what is missing."""


def pixel_auroc(scores: np.ndarray, masks: np.ndarray) -> float:
    """Returns the area under the ROC curve over all pixels of all images.

    Args:
        scores: N×H×W score maps on one scale.
        masks: N×H×W bool, True on defects; all False for a good image.

    Returns:
        A share in [0, 1]; 0.5 is chance.

    Raises:
        UndefinedMetricError: No pixel is marked as defect, or every pixel is.
    """
    from sklearn.metrics import roc_auc_score

    return float(_both_classes(roc_auc_score, scores, masks, "pixel"))


def image_auroc(image_scores: np.ndarray, labels: np.ndarray) -> float:
    """Returns the area under the ROC curve over images.

    Args:
        image_scores: N scores, one an image.
        labels: N bool, True for images with a defect.

    Returns:
        A share in [0, 1]; 0.5 is chance.

    Raises:
        UndefinedMetricError: There are no good images, or none with a defect.
    """
    from sklearn.metrics import roc_auc_score

    return float(_both_classes(roc_auc_score, image_scores, labels, "picture"))


def pixel_ap(scores: np.ndarray, masks: np.ndarray) -> float:
    """Returns the average precision over all pixels, in [0, 1]; chance is the share of defect pixels.

    Arguments and errors as for `pixel_auroc`.
    """
    from sklearn.metrics import average_precision_score

    return float(_both_classes(average_precision_score, scores, masks, "pixel"))


def f1_max(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Returns the best F1 score over all thresholds. The threshold is chosen on the test labels, so the score is an upper bound.

    Args:
        scores: Scores of any shape: one an image, or one a pixel.
        labels: Bool of the same shape, True for a defect.

    Returns:
        The F1 score in (0, 1], and the threshold above which (strictly) a score counts as a find. Of equally good
        thresholds it is the highest.

    Raises:
        UndefinedMetricError: All labels are the same.
    """
    kind = "picture" if np.ndim(scores) == 1 else "pixel"
    curve = _both_classes(lambda labels, scores: _sweep(scores, labels, ~labels), scores, labels, kind)
    thresholds, hits, false_alarms = curve
    f1 = 2 * hits / (hits + false_alarms + hits[-1])
    best = int(f1.argmax())
    # The next value below the lowest score that is still a find, in the scores' own precision.
    return float(f1[best]), float(np.nextafter(thresholds[best], thresholds.dtype.type(-np.inf)))


def pro_curve(scores: np.ndarray, masks: np.ndarray) -> Curve:
    """Returns the per-region overlap over the false-positive rate, at every distinct score (Bergmann et al., IJCV 2021, §4.1).

    Each 8-connected ground-truth region counts the same, whatever its size. The false-positive rate is taken over all
    defect-free pixels of all images.

    Args:
        scores: N×H×W score maps on one scale.
        masks: N×H×W bool, True on defects.

    Returns:
        False-positive rates and mean overlaps, both rising from 0 to 1.

    Raises:
        UndefinedMetricError: No pixel is marked as defect, or every pixel is.
    """
    return _both_classes(lambda masks, scores: _pro_curve(scores, masks), scores, masks, "pixel", flat=False)


def aupro(scores: np.ndarray, masks: np.ndarray, limit: float = AUPRO_LIMIT) -> float:
    """Returns the area under the per-region overlap curve up to a false-positive rate, divided by that rate.

    Args:
        scores: N×H×W score maps on one scale.
        masks: N×H×W bool, True on defects.
        limit: Highest false-positive rate, in (0, 1]. The curve is interpolated linearly there.

    Returns:
        A share in [0, 1]; chance is `limit / 2`.

    Raises:
        UndefinedMetricError: No pixel is marked as defect, or every pixel is.
    """
    if not 0 < limit <= 1:
        raise ValueError(f"limit must be in (0, 1], not {limit}")
    rates, overlaps = pro_curve(scores, masks)
    inside = int(np.searchsorted(rates, limit, side="right"))
    rates_inside = np.append(rates[:inside], limit)
    overlaps_inside = np.append(overlaps[:inside], np.interp(limit, rates, overlaps))
    return float(np.trapezoid(overlaps_inside, rates_inside) / limit)


def roc_curve_points(scores: np.ndarray, labels: np.ndarray, count: int = CURVE_POINTS) -> Curve:
    """Returns false- and true-positive rates for a plot, at most `count` points. Arguments and errors as for `f1_max`."""
    from sklearn.metrics import roc_curve

    kind = "picture" if np.ndim(scores) == 1 else "pixel"
    false_rates, true_rates, _ = _both_classes(roc_curve, scores, labels, kind)
    return thin(false_rates, true_rates, count)


def roc_thresholds(scores: np.ndarray, labels: np.ndarray, count: int = CURVE_POINTS) -> np.ndarray:
    """Returns the threshold at each point of `roc_curve_points`, where scores of at least the threshold count as a find.

    The first threshold is infinite. Arguments and errors as for `f1_max`.
    """
    from sklearn.metrics import roc_curve

    kind = "picture" if np.ndim(scores) == 1 else "pixel"
    false_rates, true_rates, thresholds = _both_classes(roc_curve, scores, labels, kind)
    return thresholds[_thinned(false_rates, true_rates, count)]


def pr_curve_points(scores: np.ndarray, labels: np.ndarray, count: int = CURVE_POINTS) -> Curve:
    """Returns recalls (rising) and precisions for a plot, at most `count` points. Arguments and errors as for `f1_max`."""
    from sklearn.metrics import precision_recall_curve

    kind = "picture" if np.ndim(scores) == 1 else "pixel"
    precisions, recalls, _ = _both_classes(precision_recall_curve, scores, labels, kind)
    return thin(recalls[::-1], precisions[::-1], count)


def thin(x: np.ndarray, y: np.ndarray, count: int = CURVE_POINTS) -> Curve:
    """Returns at most `count` points of a curve, evenly spaced along its length, so that steep parts keep their shape.

    The first and the last point are always included.
    """
    if len(x) <= count:
        return x, y
    kept = _thinned(x, y, count)
    return x[kept], y[kept]


def _thinned(x: np.ndarray, y: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the points that `thin` returns."""
    if len(x) <= count:
        return np.arange(len(x))
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    nearest = np.searchsorted(length, np.linspace(0.0, length[-1], count))
    nearest[0], nearest[-1] = 0, len(x) - 1
    return np.unique(nearest)


def _both_classes(
    metric: Callable[[np.ndarray, np.ndarray], T],
    scores: np.ndarray,
    labels: np.ndarray,
    kind: str,
    *,
    flat: bool = True,
) -> T:
    """Returns `metric(labels, scores)` of validated arrays.

    Args:
        metric: Gets bool labels and floating-point scores.
        scores: Scores of any shape.
        labels: Bool of the same shape, True for a defect.
        kind: What one score belongs to, for the error message: `pixel` or `picture`.
        flat: Whether the metric gets flattened arrays.

    Raises:
        UndefinedMetricError: All labels are the same.
        ValueError: The shapes differ, or a score is not finite.
    """
    scores, labels = np.asarray(scores), np.asarray(labels, bool)
    if scores.shape != labels.shape:
        raise ValueError(f"scores have shape {scores.shape} but labels {labels.shape}")
    if not np.isfinite(scores).all():
        raise ValueError("scores hold values that are not finite")
    if not labels.any():
        raise UndefinedMetricError(
            f"The test data hold no {kind} with a defect, so this figure cannot be given."
        )
    if labels.all():
        raise UndefinedMetricError(
            f"The test data hold no {kind} without a defect, so this figure cannot be given."
        )
    if not np.issubdtype(scores.dtype, np.floating):
        scores = scores.astype(np.float64)
    return metric(labels.ravel(), scores.ravel()) if flat else metric(labels, scores)


def _sweep(scores: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, ...]:
    """Returns the distinct scores in falling order, and for each array of weights the sum over all entries of at least that score."""
    order = np.argsort(scores)[::-1]
    ranked = scores[order]
    last_of_ties = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    return ranked[last_of_ties], *(np.cumsum(weight[order])[last_of_ties] for weight in weights)


def _pro_curve(scores: np.ndarray, masks: np.ndarray) -> Curve:
    _, false_alarms, overlaps = _sweep(scores.ravel(), ~masks.ravel(), _region_weights(masks).ravel())
    # Dividing by the last value, not by the known total, keeps rounding of the running sum out of the end point.
    rates, overlaps = false_alarms / false_alarms[-1], overlaps / overlaps[-1]
    return np.concatenate([[0.0], rates]), np.concatenate([[0.0], overlaps])


def _region_weights(masks: np.ndarray) -> np.ndarray:
    """Returns N×H×W float64: 1 / area of the region that a pixel lies in, 0 outside. The sum is the number of regions."""
    from scipy import ndimage

    weights = np.zeros(masks.shape)
    for mask, weight in zip(masks, weights, strict=True):
        regions, count = ndimage.label(mask, structure=EIGHT_CONNECTED)
        if count:
            weight[mask] = 1.0 / np.bincount(regions.ravel())[regions[mask]]
    return weights
