"""From error maps to score maps and one score an image."""

from collections.abc import Sequence

import cv2
import numpy as np

TOP_SHARE = 0.01  # of a map's pixels, for the `top` image score, unless a model's settings say otherwise


def smooth(maps: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian smoothing of maps …×S×S with reflected borders (report: σ = 4)."""
    if sigma == 0:
        return maps
    flat = maps.reshape(-1, *maps.shape[-2:])
    side = kernel_side(sigma)
    blurred = [cv2.GaussianBlur(one, (side, side), sigma, borderType=cv2.BORDER_REFLECT) for one in flat]
    return np.stack(blurred).reshape(maps.shape)


def kernel_side(sigma: float) -> int:
    """Side of the Gaussian's window: four deviations each way."""
    return 2 * round(4 * sigma) + 1


def combine(maps: np.ndarray, factors: Sequence[float], *, geometric: bool = False) -> np.ndarray:
    """One map of the terms of N×T×S×S maps; N×S×S float32.

    Args:
        maps: At least 0.
        factors: What each term is multiplied by in the sum; in a geometric mean its share, all together 1.
        geometric: Whether 1 + map is averaged geometrically instead of adding up the maps.
    """
    shares = np.asarray(factors, np.float32)
    if geometric:
        return np.expm1(np.einsum("nthw,t->nhw", np.log1p(maps), shares))
    return np.einsum("nthw,t->nhw", maps, shares)


def image_score(score_map: np.ndarray, kind: str, share: float = TOP_SHARE) -> float:
    """One score of an S×S map: its highest value (`max`) or the mean of its highest `share` of values (`top`)."""
    count = top_count(score_map.size, kind, share)
    return float(np.partition(score_map, -count, axis=None)[-count:].mean())


def top_count(pixels: int, kind: str, share: float = TOP_SHARE) -> int:
    """How many of a map's highest pixels make the image score."""
    return 1 if kind == "max" else max(1, round(pixels * share))
