"""Stores images of more than 8 bits with the values that they have, so that their white level can still be changed."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from favae_demo.core.files import atomic_path
from favae_demo.data.io.pixel_formats import DeepImage, turned

SUFFIX = ".tiff"
_PHOTOMETRICS = {2: "minisblack", 3: "rgb", 4: "separated"}  # by number of dimensions, or channels


def save_deep(path: Path, image: DeepImage, longest: int) -> tuple[int, int]:
    """Writes a TIFF of an image's values: upright, shrunk by area average, without the camera's notes; returns its width and height.

    Values of 16 bits stay whole numbers, all others become floating-point numbers.

    Args:
        path: The file, which appears complete or not at all.
        image: An image whose file does not say which value is white.
        longest: Largest side in pixels.

    Raises:
        OSError: It cannot be written.
    """
    from tifffile import imwrite

    colour = shrunk(turned(_storable(image.pixels), image.orientation), longest)
    channels = 2 if colour.ndim == 2 else colour.shape[2]
    options: dict[str, Any] = {
        "photometric": "miniswhite" if image.white_is_zero and channels == 2 else _PHOTOMETRICS[channels],
        "iccprofile": image.profile or None,
        "compression": "zlib",
        "planarconfig": "contig",
        "metadata": None,
    }
    if image.alpha is not None and image.alpha.any():
        opaque = np.iinfo(colour.dtype).max if colour.dtype.kind == "u" else 1.0
        alpha = shrunk(
            turned(image.alpha.astype(np.float32) * (opaque / image.opaque), image.orientation), longest
        )
        colour = np.dstack([colour, alpha.astype(colour.dtype)])
        options["extrasamples"] = ["assocalpha" if image.premultiplied else "unassalpha"]
    with atomic_path(path) as temporary:
        imwrite(temporary, colour, **options)
    return colour.shape[1], colour.shape[0]


def _storable(pixels: np.ndarray) -> np.ndarray:
    """Pixels of a type that OpenCV shrinks; what is not finite is black, as where it is converted."""
    if pixels.dtype == np.uint16:
        return pixels
    exact = np.float32 if pixels.dtype.itemsize <= 2 or pixels.dtype == np.float32 else np.float64
    wide = pixels.astype(exact)
    return np.nan_to_num(wide, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def shrunk(image: np.ndarray, longest: int) -> np.ndarray:
    """Returns an image whose longer side has at most `longest` pixels."""
    height, width = image.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return image
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
