"""Tells masks from photos by their pixels."""

import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode

_MASK_VALUES = 12  # a mask of labels has few values


def looks_like_mask(content: bytes, max_pixels: int = 50_000_000) -> bool:
    """Whether an image is grey and has a few values only, as masks have and photos have not."""
    try:
        image = decode(content, max_pixels=max_pixels)
    except ImageError:
        return False
    return is_mask_like(image)


def is_mask_like(image: np.ndarray) -> bool:
    """As `looks_like_mask`, of an H×W×3 image."""
    if not (image == image[..., :1]).all():
        return False
    counts = np.bincount(image[..., 0].ravel(), minlength=256)
    return int((counts > 0).sum()) <= _MASK_VALUES and int(counts.max()) * 2 > image[..., 0].size
