"""A file's first bytes → what reads it.

The readers are called directly: `Image.open` would guess among some forty formats and has a size check of its own, which warns on stderr and
obeys a process-wide limit instead of ours.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.WebPImagePlugin import WebPImageFile

from favae_demo.core.errors import ImageError
from favae_demo.data.io import dicom_reader, tiff_reader
from favae_demo.data.io.formats import KINDS
from favae_demo.data.io.image_headers import JP2_BOX, JXL_BOX, Header, read_header
from favae_demo.data.io.levels import Levels
from favae_demo.data.io.pixel_formats import DeepImage, orientation

MAX_PIXELS = 50_000_000
# Bounds of the work and the memory that a small file can ask for, far above what cameras and scanners write.
_MOST_READS = 400_000  # pieces of a file: chunks, segments, tags, runs
_MOST_TIMES = 8  # that a file is read in all: tags may share their values
_MOST_SCANS = 60  # over the largest image; a progressive JPEG goes over all of its pixels some ten times
_MOST_TEXT = 10_000_000  # bytes of a PGM whose numbers are written out
_LOSSLESS_JPEG, _JPEG_LS = 0xC3, 0xF7
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")
_AVIF_BRANDS = (b"avif", b"avis")
_LOSSY = frozenset({"JPEG", "MPO", "AVIF", "HEIF"})

Opened = Image.Image | DeepImage
"""An 8-bit image whose pixels may not be loaded yet, or a deeper one."""


class _Bounded(io.BytesIO):
    """A file's bytes, given out in a bounded number of pieces: readers believe what a file says of its tags and chunks."""

    def __init__(self, data: bytes):
        super().__init__(data)
        self._reads, self._left = _MOST_READS, _MOST_TIMES * len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        self._reads -= 1
        self._left -= len(block)
        if self._reads < 0 or self._left < 0:
            raise ValueError("no picture has so many pieces")
        return block


@dataclass(frozen=True)
class _File:
    """A file in memory and the most pixels that are read of it."""

    data: bytes
    max_pixels: int
    admit: Callable[[int, int], None]

    def open(self) -> IO[bytes]:
        return _Bounded(self.data)

    def check_size(self, width: int, height: int) -> None:
        if width * height > self.max_pixels:
            raise ImageError(
                f"is too large ({width}×{height} pixels); at most {self.max_pixels / 1e6:g} million pixels are read."
            )
        self.admit(width, height)

    def checked_header(self) -> Header:
        header = read_header(self.data)
        if header is None or header.width < 1 or header.height < 1:
            raise ValueError("no header")
        self.check_size(header.width, header.height)
        return header


def open_image(
    data: bytes, max_pixels: int = MAX_PIXELS, admit: Callable[[int, int], None] = lambda width, height: None
) -> Opened:
    """Opens an image by its content.

    Args:
        data: The file.
        max_pixels: Largest width × height; checked before any pixel is decoded.
        admit: Called with width and height before pixels are decoded; may wait.

    Raises:
        ImageError: It is too large, or not an image that is read. The sentence goes on after a name: 'is an empty file.'
        Exception: It is damaged.
    """
    if not data:
        raise ImageError("is an empty file.")
    reader = next((reader for matches, reader in _READERS if matches(data)), None)
    if reader is None:
        raise ImageError(f"is not a {KINDS} file.")
    return reader(_File(data, max_pixels, admit))


def is_lossy(image: Opened) -> bool:
    """Whether the file's compression changes values, so that black need not be 0."""
    return isinstance(image, Image.Image) and image.format in _LOSSY


def may_need_levels(head: bytes) -> bool:
    """Whether a file that begins with these 32 bytes may hold more than 8 bits without saying which value is white."""
    deep_png = head.startswith(b"\x89PNG") and head[24:25] == b"\x10"
    return deep_png or head.startswith(tiff_reader.MAGIC)


def _pillow(plugin: Callable[[IO[bytes]], Image.Image], file: _File) -> Image.Image:
    image = plugin(file.open())
    file.check_size(*image.size)
    return image


def _png(file: _File) -> Opened:
    image = _pillow(PngImageFile, file)
    if file.data[24:25] != b"\x10":
        return image
    return _deep_png(image, file)


def _deep_png(image: Image.Image, file: _File) -> DeepImage:
    """Pillow drops half of the bits where there is colour or transparency."""
    import imagecodecs

    turn, profile = orientation(image), image.info.get("icc_profile") or b""
    pixels = imagecodecs.png_decode(file.data)
    if pixels.shape[:2] != (image.height, image.width):
        raise ValueError("the pixels have another size than the file says")
    colour, alpha = _split_alpha(pixels)
    return DeepImage(colour, alpha, 65_535.0, profile=profile, orientation=turn)


def _split_alpha(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Colours and transparency of H×W×(1 to 4)."""
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        return (pixels[..., 0] if pixels.shape[2] == 2 else pixels[..., :3]), pixels[..., -1]
    return (pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels), None


def _jpeg(file: _File) -> Opened:
    header = read_header(file.data)
    if header and (header.bits > 8 or header.marker in (_LOSSLESS_JPEG, _JPEG_LS)):
        return _rare_jpeg(file, file.checked_header())
    image = _pillow(jpeg_factory, file)
    width, height = image.size
    if file.data.count(b"\xff\xda") * width * height > _MOST_SCANS * MAX_PIXELS:
        raise ValueError("no JPEG goes over its pixels so often")
    return image


def _rare_jpeg(file: _File, header: Header) -> Opened:
    """12 bits, lossless, or JPEG-LS."""
    import imagecodecs

    if file.data.count(b"\xff\xda") * header.width * header.height > _MOST_SCANS * MAX_PIXELS:
        raise ValueError("no JPEG goes over its pixels so often")
    decode = imagecodecs.jpegls_decode if header.marker == _JPEG_LS else imagecodecs.jpeg_decode
    return _from_array(decode(file.data), Levels(0, 2**header.bits - 1) if header.bits > 8 else None)


def _jpeg_xl(file: _File) -> Opened:
    import imagecodecs

    file.checked_header()
    pixels = imagecodecs.jpegxl_decode(file.data, index=0, numthreads=1)
    return _from_array(pixels, Levels(0, 1) if pixels.dtype.kind == "f" else Levels(0, 65_535))


def _from_array(pixels: np.ndarray, levels: Levels | None) -> Opened:
    """H×W, H×W×2 (with alpha), ×3 or ×4 of 8 bits or more."""
    if pixels.dtype == np.uint8:
        return Image.fromarray(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)
    colour, alpha = _split_alpha(pixels)
    opaque = float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind in "ui" else 1.0
    return DeepImage(colour, alpha, opaque, levels=levels)


def _jpeg_2000(file: _File) -> Opened:
    header = file.checked_header()
    if header.bits <= 8:
        return _pillow(Jpeg2KImageFile, file)
    import imagecodecs

    return _from_array(imagecodecs.jpeg2k_decode(file.data), Levels(0, 2**header.bits - 1))


def _pnm(file: _File) -> Opened:
    if file.data[1:2] in b"123" and len(file.data) > _MOST_TEXT:
        raise ImageError(
            "is a text file of numbers, which is read up to 10 MB only; save it as PNG or as binary PGM."
        )
    return _wide_grey(_pillow(PpmImageFile, file))


def _wide_grey(image: Image.Image) -> Opened:
    """Pillow stretches the grey of a PGM of more than 8 bits to 16 by the white level that the file names."""
    if image.mode in ("I", "I;16", "I;16B"):
        image.load()
        return DeepImage(np.asarray(image).astype(np.uint16), levels=Levels(0, 65_535))
    if image.mode == "F":
        image.load()
        return DeepImage(np.asarray(image))
    return image


def _heic(file: _File) -> Image.Image:
    from pillow_heif import HeifImageFile

    return _pillow(HeifImageFile, file)  # turns the pixels upright itself


def _avif(file: _File) -> Image.Image:
    from PIL.AvifImagePlugin import AvifImageFile

    return _pillow(AvifImageFile, file)


def _tiff(file: _File) -> Opened:
    image = tiff_reader.read(file.open, file.check_size)
    if isinstance(image, Image.Image):
        tags = getattr(image, "tag_v2", {})
        # What is unpacked is more than the image where a tile is larger.
        file.check_size(
            *(max(side, tags.get(tag, 0)) for side, tag in zip(image.size, (322, 323), strict=True))
        )
    return image


def _dicom(file: _File) -> Opened:
    return dicom_reader.read(
        file.open(), file.check_size, lambda frame: open_image(frame, file.max_pixels, file.admit)
    )


def _brand(brands: tuple[bytes, ...]) -> Callable[[bytes], bool]:
    """Whether a file in boxes (`ftyp`) is of one of these kinds, by its main brand or else a compatible one."""

    def matches(data: bytes) -> bool:
        if data[4:8] != b"ftyp":
            return False
        listed = data[8 : min(int.from_bytes(data[:4], "big"), 264)]
        listed_brands = [
            listed[at : at + 4] for at in range(0, len(listed), 4) if at != 4
        ]  # the second is a version
        return any(brand in brands for brand in listed_brands)

    return matches


def _magic(*first: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(first)


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[_File], Opened]], ...] = (
    (_magic(b"\x89PNG"), _png),
    (_magic(b"\xff\xd8\xff"), _jpeg),
    (_magic(b"BM"), partial(_pillow, BmpImageFile)),
    (_magic(*tiff_reader.MAGIC), _tiff),
    (_magic(b"RIFF"), partial(_pillow, WebPImageFile)),
    (_magic(b"GIF87a", b"GIF89a"), partial(_pillow, GifImageFile)),
    (_magic(JP2_BOX[:8], b"\xff\x4f\xff\x51"), _jpeg_2000),
    (_magic(JXL_BOX[:8], b"\xff\x0a"), _jpeg_xl),
    (_magic(*(b"P%d%c" % (kind, space) for kind in range(1, 7) for space in b" \t\n\r#")), _pnm),
    (_brand(_AVIF_BRANDS), _avif),
    (_brand(_HEIC_BRANDS), _heic),
    (dicom_reader.is_dicom, _dicom),
)
