"""Images in and out: any bytes become an RGB array or a clear error; nothing in between."""

import io
import os
import stat
import threading
from collections.abc import Callable, Sequence
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

from favae_demo.core.errors import ImageError
from favae_demo.core.files import atomic_path, display_name
from favae_demo.data.io import fast_png, pixel_formats

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
# Bounds of the work and the memory that a small file can ask for, far above what cameras and scanners write.
_MOST_READS = 400_000  # pieces of a file: chunks, segments, tags, runs
_MOST_TIMES = 8  # that a file is read in all: tags may share their values
_MOST_SCANS = 60  # over the largest image; a progressive JPEG goes over all of its pixels some ten times
_TILE_SIDES = (322, 323)  # tags of a TIFF
_MANY_PIXELS = 25_000_000
# Images of so many pixels take hundreds of megabytes, and are loaded in threads.
_one_large = threading.Lock()


def decode(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Reads an image upright and in colour, whatever its depth, transparency or palette.

    PNG, JPEG, BMP, TIFF and WebP are recognised by their content, never by their name. EXIF rotation is applied, 16 bits
    are scaled to 8, transparency is laid on white; of several pages or frames the first is read.

    Args:
        source: The bytes of a file, or its path.
        max_pixels: Largest width × height; checked before any pixel is decoded.

    Returns:
        H×W×3 uint8 RGB, C-contiguous.

    Raises:
        ImageError: The file is missing, empty, damaged, too large or not an image; the sentence names the file.
    """
    name = "The picture" if isinstance(source, bytes) else f"The picture {display_name(Path(source).name)!r}"
    try:
        data = _read(source, name)
        image = _open(data, name, max_pixels)
        with _one_large if image.width * image.height > _MANY_PIXELS else nullcontext():
            plain = fast_png.pixels(image, data)
            if plain is not None:
                return plain
            image.load()
            return pixel_formats.rgb(pixel_formats.upright(image))
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
    """Decodes and resizes images in a thread pool.

    Args:
        paths: Image files; their order is kept.
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
        status = Path(source).stat()
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
    image = reader(_Bounded(data))
    width, height = _extent(image)
    if width * height > max_pixels:
        raise ImageError(
            f"{name} is too large ({width}×{height} pixels); "
            f"at most {max_pixels / 1e6:g} million pixels are read."
        )
    if reader is jpeg_factory and data.count(b"\xff\xda") * width * height > _MOST_SCANS * MAX_PIXELS:
        raise ValueError("no JPEG goes over its pixels so often")
    return image


def _extent(image: Image.Image) -> tuple[int, int]:
    """Width and height of what is unpacked, which is more than the image where a TIFF's tile is larger."""
    tags = getattr(image, "tag_v2", {})
    return tuple(max(side, tags.get(tag, 0)) for side, tag in zip(image.size, _TILE_SIDES, strict=True))
