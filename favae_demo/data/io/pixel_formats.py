"""The pixels of an image that Pillow has read: turned upright, and made 8-bit RGB, whatever their depth or transparency."""

from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# An image with more than 8 bits does not say which value is white: the smallest of these that holds its peak is taken.
_FULL_SCALES = (1.0, 255.0, 65_535.0, 2.0**31 - 1)
_LONGEST_EXIF = 128_000
_BAND = 256  # rows that are converted at once


def upright(image: Image.Image) -> Image.Image:
    """The image turned and mirrored as its EXIF note says; as it is where the note is missing, broken or too long."""
    if max(len(image.info.get(key, "")) for key in ("exif", "Raw profile type exif")) > _LONGEST_EXIF:
        return image  # its tags may share one value, and each would get a copy
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG)
    except Exception:  # broken EXIF is common and no reason to refuse good pixels
        return image
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def rgb(image: Image.Image) -> np.ndarray:
    """H×W×3 uint8 RGB of a loaded image: 16 bits are scaled to 8, transparency is laid on white.

    It goes band by band: only one band at a time is there in several versions.
    """
    convert = _conversion(image)
    whole = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in zip(range(0, image.height, _BAND), _bands(image), strict=True):
        whole[top : top + _BAND] = convert(band)
    return whole


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, image.height, _BAND):
        yield image.crop((0, top, image.width, min(top + _BAND, image.height)))


def _conversion(image: Image.Image) -> Callable[[Image.Image], np.ndarray]:
    """What makes 8 bits of a band: H×W×3 in colour, or H×W×1 in grey."""
    if image.mode.startswith("I;16"):
        # 65,535 → 255, rounded
        return lambda band: ((np.asarray(band).astype(np.uint32) + 128) // 257)[..., None]
    if image.mode in ("I", "F"):
        peak = max(float(_grey_values(band).max()) for band in _bands(image))
        white = next((scale for scale in _FULL_SCALES if peak <= scale), peak)
        return lambda band: np.rint(_grey_values(band) * (255 / white))[..., None]
    return _laid_on_white if image.has_transparency_data else lambda band: np.asarray(band.convert("RGB"))


def _grey_values(band: Image.Image) -> np.ndarray:
    """Whole or floating-point grey values; negative ones and NaN become black."""
    return np.nan_to_num(np.asarray(band, np.float64), nan=0.0, posinf=0.0, neginf=0.0).clip(min=0)


def _laid_on_white(band: Image.Image) -> np.ndarray:
    band = band.convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB"))
