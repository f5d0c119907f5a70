"""From error maps to the score map and the score of an image."""

from collections.abc import Sequence

import cv2
import numpy as np

from favae_demo.config.train_config import MAP_SIDE

TOP_SHARE = 0.01  # of a map's pixels, for the `top` image score, unless a model's settings say otherwise


def smooth(maps: np.ndarray, sigma: float) -> np.ndarray:
    """Smooths maps …×h×w with a Gaussian of standard deviation `sigma` in pixels; borders are reflected (report: σ = 4)."""
    if sigma == 0:
        return maps
    flat = maps.reshape(-1, *maps.shape[-2:])
    side = kernel_side(sigma)
    blurred = [
        cv2.GaussianBlur(score_map, (side, side), sigma, borderType=cv2.BORDER_REFLECT) for score_map in flat
    ]
    return np.stack(blurred).reshape(maps.shape)


def kernel_side(sigma: float) -> int:
    """Returns the side of the Gaussian's window in pixels: four standard deviations each way."""
    return 2 * round(4 * sigma) + 1


def combine(maps: np.ndarray, factors: Sequence[float], *, geometric: bool = False) -> np.ndarray:
    """Combines the maps of all terms into one score map for each image.

    Args:
        maps: N×T×h×w, ≥ 0.
        factors: Factor of each term in the sum; for the geometric mean its exponent, which sum to 1.
        geometric: Whether the result is the weighted geometric mean of 1 + map, minus 1, instead of the weighted sum.

    Returns:
        N×h×w float32.
    """
    shares = np.asarray(factors, np.float32)
    if geometric:
        return np.expm1(np.einsum("nthw,t->nhw", np.log1p(maps), shares))
    return np.einsum("nthw,t->nhw", maps, shares)


def image_score(score_map: np.ndarray, kind: str, share: float = TOP_SHARE) -> float:
    """Returns the image-level score of an h×w score map.

    Args:
        score_map: h×w.
        kind: `max` for the highest value, `top` for the mean of the highest values.
        share: Share of the map's pixels that count for `top`, in (0, 1]; of a map larger than 128×128, as many as of one of that size.
    """
    count = top_count(score_map.size, kind, share)
    return float(np.partition(score_map, -count, axis=None)[-count:].mean())


def top_count(pixels: int, kind: str, share: float = TOP_SHARE) -> int:
    """Returns the number of highest pixels whose mean is the image-level score."""
    return 1 if kind == "max" else max(1, round(min(pixels, MAP_SIDE**2) * share))
