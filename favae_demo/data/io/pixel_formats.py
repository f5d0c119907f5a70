"""Pixels of any depth, colour and transparency: turned upright, and made 8-bit RGB.

Images of 8 bits stay with Pillow until the end, which converts them band by band; deeper ones are arrays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from favae_demo.data.io import colour_profiles
from favae_demo.data.io.levels import Levels, decide, extent, type_levels

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
_TURNED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}
_ON_ITS_SIDE = (5, 6, 7, 8)
_LONGEST_EXIF = 128_000
_BAND = 256  # rows that are converted at once


@dataclass(frozen=True)
class DeepImage:
    """Pixels of more than 8 bits as the file holds them.

    Attributes:
        pixels: H×W (grey), H×W×3 (RGB) or H×W×4 (CMYK), whole or floating-point numbers.
        alpha: H×W of 0 (transparent) to `opaque`, or None.
        opaque: Value of an opaque pixel in `alpha`.
        premultiplied: Whether the colours are multiplied by alpha already.
        white_is_zero: Whether larger values are darker.
        levels: Black and white level where the file says them, else None.
        profile: ICC profile of the colours, or empty.
        orientation: EXIF orientation, 1 to 8; 1 is upright.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    opaque: float = 1.0
    premultiplied: bool = False
    white_is_zero: bool = False
    levels: Levels | None = None
    profile: bytes = b""
    orientation: int = 1


def orientation(image: Image.Image) -> int:
    """EXIF orientation of an image, 1 to 8; 1 where the note is missing, broken or too long."""
    if max(len(image.info.get(key) or "") for key in ("exif", "Raw profile type exif")) > _LONGEST_EXIF:
        return 1  # its tags may share one value, and each would get a copy
    try:
        tag = image.getexif().get(_ORIENTATION_TAG)
    except Exception:  # broken EXIF is common and no reason to refuse good pixels
        return 1
    return tag if tag in _UPRIGHT else 1


def upright(image: Image.Image) -> Image.Image:
    """The image turned and mirrored as its EXIF note says."""
    turn = orientation(image)
    return image if turn == 1 else image.transpose(_UPRIGHT[turn])


def upright_size(image: Image.Image | DeepImage) -> tuple[int, int]:
    """Width and height of an image once it is turned."""
    if isinstance(image, DeepImage):
        (height, width), turn = image.pixels.shape[:2], image.orientation
    else:
        (width, height), turn = image.size, orientation(image)
    return (height, width) if turn in _ON_ITS_SIDE else (width, height)


def turned(array: np.ndarray, orientation: int) -> np.ndarray:
    """An array (H×W or H×W×C) turned and mirrored as an EXIF orientation says."""
    return np.ascontiguousarray(_TURNED.get(orientation, lambda a: a)(array))


def rgb(image: Image.Image) -> np.ndarray:
    """H×W×3 uint8 RGB of a loaded 8-bit image, in sRGB; transparency is laid on white, an alpha channel of zeros is ignored.

    It goes band by band: only one band at a time is there in several versions.
    """
    convert = _laid_on_white if has_transparency(image) else _opaque
    to_srgb = colour_profiles.converter(image.info.get("icc_profile") if _is_rgb(image) else None)
    whole = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in zip(range(0, image.height, _BAND), _bands(image), strict=True):
        whole[top : top + _BAND] = to_srgb(convert(band))
    return whole


def has_transparency(image: Image.Image) -> bool:
    """Whether an image has transparent pixels beside others: an alpha channel of zeros is an unused one."""
    if not image.has_transparency_data:
        return False
    if image.mode in ("RGBA", "LA", "RGBa", "La"):
        used = image.getchannel(image.mode[-1]).histogram()
        return any(used[1:]) and any(used[:255])
    return any(band.convert("RGBA").getchannel("A").getbbox() for band in _bands(image))


def deep_rgb(image: DeepImage, levels: Levels | None) -> np.ndarray:
    """H×W×3 uint8 RGB of an image of more than 8 bits, upright.

    Args:
        image: The image.
        levels: Black and white level where the file says none; None takes those that hold this file alone.
    """
    convert = _to_bytes(image, levels_of(image, levels))
    to_srgb = colour_profiles.converter(image.profile if image.pixels.ndim == 3 else None)
    has_alpha = image.alpha is not None and bool(image.alpha.any())
    height, width = image.pixels.shape[:2]
    whole = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _BAND):
        rows = slice(top, top + _BAND)
        band = to_srgb(_three_channels(convert(image.pixels[rows])))
        whole[rows] = _over_white(band, image, rows) if has_alpha else band
    return turned(whole, image.orientation)


def levels_of(image: DeepImage, levels: Levels | None) -> Levels:
    """The levels that an image is converted with: its own, else the given ones, else those that hold it alone."""
    if image.levels is not None:
        return image.levels
    known = levels or decide([extent(image.pixels)])
    return type_levels(image.pixels) if known is None or known.white is None else known


def _to_bytes(image: DeepImage, levels: Levels) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what makes uint8 of a band of pixels."""
    black, white = levels.black, levels.white or 1.0
    if image.white_is_zero:
        black, white = white, black
    if image.pixels.dtype != np.uint16:
        return lambda band: _scaled(band, black, white)
    table = _scaled(np.arange(65_536), black, white)  # one look-up a pixel instead of floating-point numbers
    return lambda band: table[band]


def _scaled(values: np.ndarray, black: float, white: float) -> np.ndarray:
    """uint8 of values between two levels; NaN and infinite values become 0, as in models of earlier versions."""
    numbers = values.astype(np.float64)
    scaled = np.nan_to_num((numbers - black) * (255 / (white - black)), nan=0.0, posinf=0.0, neginf=0.0)
    return np.rint(scaled.clip(0, 255)).astype(np.uint8)


def _three_channels(band: np.ndarray) -> np.ndarray:
    if band.ndim == 2:
        return np.repeat(band[..., None], 3, axis=2)
    return np.asarray(Image.fromarray(band, "CMYK").convert("RGB")) if band.shape[2] == 4 else band


def _over_white(band: np.ndarray, image: DeepImage, rows: slice) -> np.ndarray:
    assert image.alpha is not None
    alpha = (image.alpha[rows].astype(np.float32) / image.opaque)[..., None]
    colour = band if image.premultiplied else band * alpha
    return np.rint((colour + 255 * (1 - alpha)).clip(0, 255)).astype(np.uint8)


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, image.height, _BAND):
        yield image.crop((0, top, image.width, min(top + _BAND, image.height)))


def _is_rgb(image: Image.Image) -> bool:
    return image.mode in ("RGB", "RGBA", "RGBX", "RGBa", "P", "PA")


def _opaque(band: Image.Image) -> np.ndarray:
    if band.mode == "RGB":
        return np.asarray(band)  # converting would copy
    return np.asarray(band.convert("RGBA").convert("RGB") if band.mode == "RGBa" else band.convert("RGB"))


def _laid_on_white(band: Image.Image) -> np.ndarray:
    band = band.convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB"))
