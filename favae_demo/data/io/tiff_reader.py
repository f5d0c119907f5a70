"""TIFF files: those of 8 bits that Pillow reads rightly, and all others through tifffile and imagecodecs.

Pillow takes planes of 16 bits for neighbouring pixels, leaves 16-bit images whose 0 is white as negatives, and refuses half and double precision
and the newer compressions.
"""

import logging
from collections.abc import Callable
from itertools import chain, islice
from typing import IO, TYPE_CHECKING

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from favae_demo.core.errors import ImageError
from favae_demo.data.io.image_headers import read_header
from favae_demo.data.io.levels import Levels
from favae_demo.data.io.pixel_formats import DeepImage

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MOST_BYTES = 400_000_000  # of unpacked pixels: 50 million of 64 bits
_MOST_SEGMENTS = 200_000
_MOST_PAGES = 16  # that are searched for the image of full size
_REDUCED = 1  # bit of NewSubfileType: a small copy of another page
_SUBFILE, _BITS, _COMPRESSION, _PLANES, _FORMATS = 254, 258, 259, 284, 339  # tags
# Without compression, fax, LZW, JPEG, deflate, PackBits, LZMA, Zstandard.
_PILLOW_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000})
_IMAGE_COMPRESSIONS = frozenset(
    {7, 22610, 33003, 33004, 33005, 34712, 34887, 34892, 34933, 34934, 48124, 50001, 50002, 52546}
)
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4, _YCBCR: 3}
_RAW = (32803, 34892)  # colour filter array, linear raw
_ALPHA, _PREMULTIPLIED = 2, 1  # values of ExtraSamples
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def read(file: Callable[[], IO[bytes]], check_size: Callable[[int, int], None]) -> Image.Image | DeepImage:
    """Opens a TIFF; of several pages the first that is no small copy of another, as cameras write them in front of their raw data.

    Args:
        file: Opens the file anew.
        check_size: Raises where width and height are more than is read.

    Raises:
        ImageError: It is a kind of TIFF that is not read.
        Exception: It is damaged.
    """
    image = _pillow_image(file())
    return _with_tifffile(file(), check_size) if image is None else image


def _pillow_image(file: IO[bytes]) -> Image.Image | None:
    """The image where Pillow reads its kind rightly; its pixels are not loaded yet."""
    try:
        image = TiffImageFile(file)
    except Exception:  # Pillow knows fewer kinds than tifffile, which then says what is wrong
        return None
    tags = image.tag_v2
    plain = (
        max(tags.get(_BITS, (1,))) <= 8
        and set(tags.get(_FORMATS, (1,))) == {1}
        and tags.get(_COMPRESSION, 1) in _PILLOW_COMPRESSIONS
    )
    return image if plain and not tags.get(_SUBFILE, 0) & _REDUCED else None


def _with_tifffile(file: IO[bytes], check_size: Callable[[int, int], None]) -> Image.Image | DeepImage:
    from tifffile import TiffFile

    # It logs what is odd about a file, which on a command line without logging goes to the terminal.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)
    with TiffFile(file) as tiff:
        page = _full_page(tiff)
        _check(page, check_size)
        pixels = page.asarray(maxworkers=1)
        if page.planarconfig == 2 and page.samplesperpixel > 1:
            pixels = np.moveaxis(pixels, 0, -1)
        return _converted(page, pixels.reshape(page.imagelength, page.imagewidth, -1))


def _full_page(tiff: "TiffFile") -> "TiffPage":
    from tifffile import TiffPage

    first = tiff.pages.first
    if not first.is_reduced:
        return first
    below = islice(first.pages or (), _MOST_PAGES)
    behind = islice(tiff.pages, 1, _MOST_PAGES)
    return next(
        (page for page in chain(below, behind) if isinstance(page, TiffPage) and not page.is_reduced), first
    )


def _check(page: "TiffPage", check_size: Callable[[int, int], None]) -> None:
    """Refuses what is too large or of a kind that is not read, before any pixel is unpacked."""
    width, height = max(page.imagewidth, page.tilewidth), max(page.imagelength, page.tilelength)
    check_size(width, height)
    samples, dtype = page.samplesperpixel, page.dtype
    if dtype is None or dtype.kind not in "uif" or page.imagedepth != 1 or page.tiledepth > 1:
        raise ImageError("holds a kind of TIFF that is not read here; save it as 8 or 16 bits, grey or RGB.")
    if int(page.photometric) in _RAW:
        raise ImageError("holds a camera's raw data; save it from the camera's program as TIFF, PNG or JPEG.")
    colours = _COLOURS.get(int(page.photometric))
    if colours is None or samples < colours or (colours == 1 and samples > 1 and not _alpha(page)):
        raise ImageError(
            f"holds {samples} channels of the kind {str(page.photometric)!r}, and only grey, RGB and CMYK are read."
        )
    if width * height * samples * dtype.itemsize > MOST_BYTES or len(page.dataoffsets) > _MOST_SEGMENTS:
        raise ImageError(f"is too large; at most {MOST_BYTES / 1e6:.0f} MB of unpacked pixels are read.")
    if int(page.compression) in _IMAGE_COMPRESSIONS:
        _check_segments(page, width * height)


def _check_segments(page: "TiffPage", most: int) -> None:
    """A strip or tile that is an image of its own must not claim more pixels than the whole."""
    total = 0
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        page.parent.filehandle.seek(offset)
        header = read_header(page.parent.filehandle.read(min(count, 4096)))
        if header is None and count and int(page.compression) not in (7, 34892):
            raise ValueError("a segment without a header")
        total += header.width * header.height if header else 0
    if total > 2 * most + 1_000_000:
        raise ValueError("the segments claim more pixels than the image")


def _alpha(page: "TiffPage") -> int:
    """The value of ExtraSamples that stands for transparency; 0 where there is none."""
    return next((int(kind) for kind in page.extrasamples if int(kind) in (_ALPHA, _PREMULTIPLIED)), 0)


def _converted(page: "TiffPage", pixels: np.ndarray) -> Image.Image | DeepImage:
    photometric, kind = int(page.photometric), _alpha(page)
    colours = _COLOURS[photometric]
    alpha = pixels[..., colours] if kind and pixels.shape[2] > colours else None
    colour = pixels[..., 0] if colours == 1 else pixels[..., :colours]
    levels = None
    if photometric == _PALETTE and page.colormap is not None:
        colour, levels = np.moveaxis(page.colormap[:, colour], 0, -1), Levels(0, 65_535)
    bits = page.bitspersample if isinstance(page.bitspersample, int) else 8
    if colour.dtype == np.uint8 and bits == 8:
        return _as_pillow(page, colour, alpha, photometric)
    if colour.dtype.kind in "ui" and bits not in (16, 32, 64) and levels is None:
        levels = Levels(0, 2**bits - 1)
    return DeepImage(
        colour,
        alpha,
        float(np.iinfo(colour.dtype).max) if colour.dtype.kind in "ui" else 1.0,
        kind == _PREMULTIPLIED,
        photometric == _WHITE_IS_ZERO,
        levels,
        _profile(page),
        _orientation(page),
    )


def _as_pillow(
    page: "TiffPage", colour: np.ndarray, alpha: np.ndarray | None, photometric: int
) -> Image.Image:
    if photometric == _WHITE_IS_ZERO:
        colour = 255 - colour
    image = Image.fromarray(np.ascontiguousarray(colour), _MODES[1 if colour.ndim == 2 else colour.shape[2]])
    if alpha is not None and image.mode in ("L", "RGB"):
        image.putalpha(Image.fromarray(np.ascontiguousarray(alpha)))
    image.info["icc_profile"] = _profile(page)
    image.getexif()[0x0112] = _orientation(page)
    return image


def _profile(page: "TiffPage") -> bytes:
    profile = page.tags.valueof(34675)
    return bytes(profile) if isinstance(profile, bytes) else b""


def _orientation(page: "TiffPage") -> int:
    tag = page.tags.valueof(274)
    return int(tag) if isinstance(tag, int) else 1
