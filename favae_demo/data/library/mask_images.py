"""Tells masks from photos by their pixels."""

import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode

_MASK_VALUES = 12  # a mask of labels has few values
_NEAR_END = 40  # grey levels by which JPEG changes black and white


def looks_like_mask(content: bytes, max_pixels: int = 50_000_000) -> bool:
    """Whether an image is grey and has a few values only, as masks have and photos have not."""
    try:
        image = decode(content, max_pixels=max_pixels)
    except ImageError:
        return False
    return is_mask_like(image) or (content.startswith(b"\xff\xd8\xff") and _is_blurred_mask(image))


def _is_blurred_mask(image: np.ndarray) -> bool:
    """Whether nearly all pixels are black or white, as of a mask that was saved as JPEG."""
    grey = image[..., 0]
    is_black = grey < _NEAR_END
    is_white = grey > 255 - _NEAR_END
    same = (np.ptp(image, axis=2) < _NEAR_END).all()
    return bool(same and (is_black | is_white).mean() > 0.95 and is_black.mean() > 0.5)


def is_mask_like(image: np.ndarray) -> bool:
    """As `looks_like_mask`, of an H×W×3 image."""
    if not (image == image[..., :1]).all():
        return False
    counts = np.bincount(image[..., 0].ravel(), minlength=256)
    return int((counts > 0).sum()) <= _MASK_VALUES and int(counts.max()) * 2 > image[..., 0].size
