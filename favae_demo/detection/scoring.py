"""From what the model rebuilt to score maps and one score a picture."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from favae_demo.model.favae import Output, layer_names

TOP_SHARE = 0.01  # of a map's pixels, for the `top` image score


def term_names(layers: int) -> list[str]:
    """Names of the score maps' terms: `pixels`, `layer1`, …"""
    return ["pixels", *layer_names(layers)]


def error_maps(output: Output, target: Tensor, features: Sequence[Tensor]) -> Tensor:
    """Squared errors summed over channels, one map a term, at the picture's size.

    Args:
        output: What the model rebuilt.
        target: N×3×S×S in [0, 1].
        features: The teacher's standardised features, finest first.

    Returns:
        N×T×S×S float32: pixels first, then the feature layers, bilinearly enlarged.
    """
    size = target.shape[-2:]
    maps = [((output.picture - target) ** 2).sum(1, keepdim=True)]
    for guess, truth in zip(output.features, features, strict=True):
        error = ((guess - truth) ** 2).sum(1, keepdim=True)
        maps.append(F.interpolate(error, size=size, mode="bilinear", align_corners=False))
    return torch.cat(maps, dim=1)


def smooth(maps: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian smoothing of maps …×S×S with reflected borders (report: σ = 4)."""
    if sigma == 0:
        return maps
    flat = maps.reshape(-1, *maps.shape[-2:])
    side = 2 * round(4 * sigma) + 1
    blurred = [cv2.GaussianBlur(one, (side, side), sigma, borderType=cv2.BORDER_REFLECT) for one in flat]
    return np.stack(blurred).reshape(maps.shape)


def combine(maps: np.ndarray, scales: Sequence[float]) -> np.ndarray:
    """Sum of the terms of N×T×S×S maps, each divided by its scale; N×S×S float32."""
    return np.einsum("nthw,t->nhw", maps, 1 / np.asarray(scales, np.float32))


def image_score(score_map: np.ndarray, kind: str) -> float:
    """One score of an S×S map: its highest value (`max`) or the mean of its top 1 % (`top`)."""
    if kind == "max":
        return float(score_map.max())
    count = max(1, round(score_map.size * TOP_SHARE))
    return float(np.partition(score_map, -count, axis=None)[-count:].mean())
