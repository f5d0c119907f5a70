"""Pictures in and out: any bytes become an RGB array or a clear error; nothing in between."""

import io
import os
import stat
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from favae_demo.errors import ImageError
from favae_demo.files import atomic_path, shown

EXTENSIONS = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
MAX_PIXELS = 50_000_000
MAX_BYTES = 256_000_000  # of one file: it is held in memory while it is read

Source = bytes | Path | str

# First bytes of a file → reader. The readers are called directly: `Image.open` would guess among some forty formats and
# has a size check of its own, which warns on stderr and obeys a process-wide limit instead of ours.
_READERS: dict[bytes, Callable[[IO[bytes]], Image.Image]] = {
    b"\x89PNG": PngImageFile,
    b"\xff\xd8\xff": jpeg_factory,
    b"BM": BmpImageFile,
    b"II*\0": TiffImageFile,
    b"MM\0*": TiffImageFile,
    b"II+\0": TiffImageFile,
    b"MM\0+": TiffImageFile,
    b"RIFF": WebPImageFile,
}
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
# What a PNG may hold besides its pixels without changing one of them: colour tables, transparency and EXIF are not among it.
_SILENT_CHUNKS = frozenset(
    (
        b"IHDR",
        b"IDAT",
        b"IEND",
        b"pHYs",
        b"tIME",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"sBIT",
        b"bKGD",
        b"tEXt",
        b"iTXt",
    )
)
_PLAIN_HEADS = {b"\x08\x00\x00\x00\x00", b"\x08\x02\x00\x00\x00"}  # 8 bits, grey or RGB, not interlaced
# A picture with more than 8 bits does not say which value is white: the smallest of these that holds its peak is taken.
_FULL_SCALES = (1.0, 255.0, 65_535.0, 2.0**31 - 1)
# Bounds of the work and the memory that a small file can ask for, far above what cameras and scanners write.
_MOST_READS = 400_000  # pieces of a file: chunks, segments, tags, runs
_MOST_TIMES = 8  # that a file is read in all: tags may share their values
_MOST_SCANS = 60  # over the largest picture; a progressive JPEG goes over all of its pixels some ten times
_LONGEST_EXIF = 128_000
_TILE_SIDES = (322, 323)  # tags of a TIFF
_HARMLESS = 1_000_000  # compressed bytes that are unpacked in a second or two, whatever they hold
_BAND = 256  # rows that are converted at once
_MANY_PIXELS = 25_000_000
_one_large = (
    threading.Lock()
)  # pictures of so many pixels take hundreds of megabytes, and are loaded in threads


def decode(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Reads a picture upright and in colour, whatever its depth, transparency or palette.

    PNG, JPEG, BMP, TIFF and WebP are recognised by their content, never by their name. EXIF rotation is applied, 16 bits
    are scaled to 8, transparency is laid on white; of several pages or frames the first is read.

    Args:
        source: The bytes of a file, or its path.
        max_pixels: Largest width × height; checked before any pixel is decoded.

    Returns:
        H×W×3 uint8 RGB, C-contiguous.

    Raises:
        ImageError: The file is missing, empty, damaged, too large or not a picture; the sentence names the file.
    """
    name = "The picture" if isinstance(source, bytes) else f"The picture {shown(Path(source).name)!r}"
    try:
        data = _read(source, name)
        picture = _open(data, name, max_pixels)
        with _one_large if picture.width * picture.height > _MANY_PIXELS else nullcontext():
            plain = _plain_png(picture, data)
            if plain is not None:
                return plain
            picture.load()
            return _to_array(_upright(picture))
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist.") from None
    except PermissionError:
        raise ImageError(f"{name} may not be read by this app.") from None
    # Readers raise almost anything on damaged bytes (struct.error, KeyError, ZeroDivisionError …), and this is the one
    # place where such bytes come in.
    except Exception as error:
        raise ImageError(
            f"{name} cannot be read; it is damaged or is not a PNG, JPEG, BMP, TIFF or WebP file."
        ) from error


def decode_mask(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Reads a ground-truth mask as H×W bool; True is what is brighter than half of the mask's peak (0/1 masks work too).

    Raises:
        ImageError: As for `decode`.
    """
    grey = decode(source, max_pixels=max_pixels).max(axis=2)
    return grey > int(grey.max()) / 2


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Resizes H×W or H×W×C to size×size: sides that shrink by area average (no aliasing), sides that grow linearly."""
    height, width = image.shape[:2]
    shrunk = cv2.resize(image, (min(width, size), min(height, size)), interpolation=cv2.INTER_AREA)
    if shrunk.shape[:2] == (size, size):
        return shrunk
    return cv2.resize(shrunk, (size, size), interpolation=cv2.INTER_LINEAR)


def resize_mask(mask: np.ndarray, size: int) -> np.ndarray:
    """Resizes an H×W bool mask to size×size bool: True where at least half of the new pixel's area was True."""
    # Float rounding must not decide the pixels that are exactly half covered.
    return resize(mask.astype(np.float32), size) >= 0.5 - 1e-5


def load_images(
    paths: Sequence[Path | str], size: int, *, workers: int | None = None, max_pixels: int = MAX_PIXELS
) -> np.ndarray:
    """Decodes and resizes pictures in a thread pool.

    Args:
        paths: Picture files; their order is kept.
        size: Side of the square result in pixels.
        workers: Number of threads; by default one a processor core, 8 at most.
        max_pixels: As for `decode`.

    Returns:
        N×size×size×3 uint8 RGB.

    Raises:
        ImageError: One of the files cannot be read; the sentence names it.
    """
    images = np.empty((len(paths), size, size, 3), np.uint8)
    with ThreadPoolExecutor(workers or min(8, os.cpu_count() or 1)) as pool:
        loaded = pool.map(lambda path: resize(decode(path, max_pixels=max_pixels), size), paths)
        for i, image in enumerate(loaded):
            images[i] = image
    return images


def save_png(path: Path | str, array: np.ndarray) -> None:
    """Writes an H×W×3 RGB or H×W grey uint8 array as PNG, atomically; missing folders are made.

    Raises:
        ValueError: The array is not uint8.
    """
    if array.dtype != np.uint8:
        raise ValueError(f"A PNG is written from uint8, not {array.dtype}.")
    with atomic_path(Path(path)) as temporary:
        Image.fromarray(array).save(temporary, format="PNG")


class _Bounded(io.BytesIO):
    """A file's bytes, given out in a bounded number of pieces: readers believe what a file says of its tags and chunks."""

    def __init__(self, data: bytes):
        super().__init__(data)
        self._reads, self._left = _MOST_READS, _MOST_TIMES * len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self._reads -= 1
        self._left -= len(found)
        if self._reads < 0 or self._left < 0:
            raise ValueError("no picture has so many pieces")
        return found


def _read(source: Source, name: str) -> bytes:
    if not isinstance(source, bytes):
        status = os.stat(source)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe waits for whoever writes into it
            raise ImageError(f"{name} cannot be read; it is a folder or a device, not a file.")
        if status.st_size <= MAX_BYTES:
            source = Path(source).read_bytes()
    if not isinstance(source, bytes) or len(source) > MAX_BYTES:
        raise ImageError(f"{name} is too large; at most {MAX_BYTES / 1e6:.0f} MB are read.")
    return source


def _open(data: bytes, name: str, max_pixels: int) -> Image.Image:
    if not data:
        raise ImageError(f"{name} is an empty file.")
    reader = next((reader for magic, reader in _READERS.items() if data.startswith(magic)), None)
    if reader is None:
        raise ImageError(f"{name} is not a PNG, JPEG, BMP, TIFF or WebP file.")
    picture = reader(_Bounded(data))
    width, height = _extent(picture)
    if width * height > max_pixels:
        raise ImageError(
            f"{name} is too large ({width}×{height} pixels); "
            f"at most {max_pixels / 1e6:g} million pixels are read."
        )
    if reader is jpeg_factory and data.count(b"\xff\xda") * width * height > _MOST_SCANS * MAX_PIXELS:
        raise ValueError("no JPEG goes over its pixels so often")
    return picture


def _extent(picture: Image.Image) -> tuple[int, int]:
    """Width and height of what is unpacked, which is more than the picture where a TIFF's tile is larger."""
    tags = getattr(picture, "tag_v2", {})
    return tuple(max(side, tags.get(tag, 0)) for side, tag in zip(picture.size, _TILE_SIDES, strict=True))


def _plain_png(picture: Image.Image, data: bytes) -> np.ndarray | None:
    """The pixels of an undamaged PNG with nothing but 8-bit grey or RGB in it; None for all other files.

    OpenCV unpacks these to the same values in little more than half of the time, which counts where hundreds are loaded.
    """
    if not isinstance(picture, PngImageFile):
        return None
    packed = _packed_pixels(data) if data[24:29] in _PLAIN_HEADS else []
    if not packed or not _fits(packed, picture):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or pixels.shape != (picture.height, picture.width, 3):
        return None
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels)


def _packed_pixels(data: bytes) -> list[memoryview]:
    """The compressed pixels of a PNG that is whole, chunk by chunk, with nothing but `_SILENT_CHUNKS`; else none."""
    view, start, packed = memoryview(data), 8, []
    for _ in range(_MOST_READS):
        if start + 12 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        body = view[start + 8 : end - 4]
        if kind not in _SILENT_CHUNKS or end > len(data) or _may_turn(kind, body):
            break
        if zlib.crc32(view[start + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            break
        if kind == b"IEND":
            return packed if end == len(data) else []
        if kind == b"IDAT":
            packed.append(body)
        start = end
    return []


def _fits(packed: list[memoryview], picture: Image.Image) -> bool:
    """Whether compressed pixels are no more than the picture's: OpenCV unpacks all there are, and one byte may hold a thousand."""
    if sum(map(len, packed)) < _HARMLESS:
        return True
    size = picture.height * (picture.width * len(picture.getbands()) + 1)
    return len(zlib.decompressobj().decompress(b"".join(packed), size + 1)) == size


def _may_turn(kind: bytes, body: memoryview) -> bool:
    """Whether a chunk of text may hold EXIF or XMP that says how to turn the picture."""
    if kind not in (b"tEXt", b"iTXt"):
        return False
    body = bytes(body)
    packed = kind == b"iTXt" and not body.partition(b"\0")[2].startswith(b"\0")
    return packed or body.startswith(b"Raw profile") or b"Orientation" in body


def _upright(picture: Image.Image) -> Image.Image:
    if max(len(picture.info.get(key, "")) for key in ("exif", "Raw profile type exif")) > _LONGEST_EXIF:
        return picture  # its tags may share one value, and each would get a copy
    try:
        orientation = picture.getexif().get(_ORIENTATION_TAG)
    except Exception:  # broken EXIF is common and no reason to refuse good pixels
        return picture
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _to_array(picture: Image.Image) -> np.ndarray:
    """The picture as RGB, band by band: only one band at a time is there in several versions."""
    convert = _conversion(picture)
    whole = np.empty((picture.height, picture.width, 3), np.uint8)
    for top, band in zip(range(0, picture.height, _BAND), _bands(picture), strict=True):
        whole[top : top + _BAND] = convert(band)
    return whole


def _bands(picture: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, picture.height, _BAND):
        yield picture.crop((0, top, picture.width, min(top + _BAND, picture.height)))


def _conversion(picture: Image.Image) -> Callable[[Image.Image], np.ndarray]:
    """What makes 8 bits of a band: H×W×3 in colour, or H×W×1 in grey."""
    if picture.mode.startswith("I;16"):
        # 65,535 → 255, rounded
        return lambda band: ((np.asarray(band).astype(np.uint32) + 128) // 257)[..., None]
    if picture.mode in ("I", "F"):
        peak = max(float(_grey_values(band).max()) for band in _bands(picture))
        white = next((scale for scale in _FULL_SCALES if peak <= scale), peak)
        return lambda band: np.rint(_grey_values(band) * (255 / white))[..., None]
    return _laid_on_white if picture.has_transparency_data else lambda band: np.asarray(band.convert("RGB"))


def _grey_values(band: Image.Image) -> np.ndarray:
    """Whole or floating-point grey values; negative ones and NaN become black."""
    return np.nan_to_num(np.asarray(band, np.float64), nan=0.0, posinf=0.0, neginf=0.0).clip(min=0)


def _laid_on_white(band: Image.Image) -> np.ndarray:
    band = band.convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB"))
