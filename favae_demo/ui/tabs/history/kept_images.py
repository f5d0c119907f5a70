"""Small versions of kept pictures, which are JPEG files of the line."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

KEPT = 512  # small versions in memory


def small_image(path: Path, side: int, max_pixels: int) -> np.ndarray | None:
    """Returns a kept picture with its longer side reduced to `side`; None if it is gone or no picture.

    Args:
        path: The file.
        side: Pixels.
        max_pixels: Largest picture that is read.

    Returns:
        H×W×3 uint8 RGB.
    """
    try:
        return _small(path, path.stat().st_mtime_ns, side, max_pixels)
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ):  # what Pillow raises for files of other kinds
        return None


@lru_cache(maxsize=KEPT)
def _small(path: Path, changed: int, side: int, max_pixels: int) -> np.ndarray:
    # `changed` is part of the key only.
    with Image.open(path, formats=["JPEG"]) as image:
        if image.width * image.height > max_pixels:
            raise ValueError("the picture is too large")
        image.draft("RGB", (side, side))  # decodes only every so-many-th pixel
        image.thumbnail((side, side))
        return np.asarray(image.convert("RGB"))
