"""Images in and out: any bytes become an RGB array or a clear error; nothing in between."""

import os
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from favae_demo.core.errors import ImageError
from favae_demo.core.files import atomic_path, display_name
from favae_demo.data.io import fast_png, mask_formats, pixel_formats
from favae_demo.data.io.formats import KINDS
from favae_demo.data.io.levels import Levels, extent
from favae_demo.data.io.pixel_formats import DeepImage
from favae_demo.data.io.readers import MAX_PIXELS, Opened, may_need_levels, open_image

MAX_BYTES = 256_000_000  # of one file: it is held in memory while it is read

Source = bytes | Path | str

_JPEG_HEAD = b"\xff\xd8"
_MANY_PIXELS = 25_000_000
# Images of so many pixels take hundreds of megabytes, and are loaded in threads.
_one_large = threading.RLock()
T = TypeVar("T")
BEYOND = "Its values go up to {high:,.6g}, and white is {white:,.6g} for this model; what is brighter counts as white."
BELOW = "Its values go down to {low:,.6g}, and black is {black:,.6g} for this model; what is darker counts as black."
ASSUMED = "It has more than 8 bits, and the model does not say which value is white; {white:,.6g} was taken."


@dataclass(frozen=True)
class DecodedImage:
    """An image and what is to be said of how it was read.

    Attributes:
        pixels: H×W×3 uint8 RGB.
        remarks: A sentence each; none for most images.
        original: Width and height of the image in its file, where `pixels` are fewer.
    """

    pixels: np.ndarray
    remarks: tuple[str, ...] = ()
    original: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image in its file, in pixels."""
        return self.original or (self.pixels.shape[1], self.pixels.shape[0])


def decode(source: Source, levels: Levels | None = None, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Reads an image upright and in colour, whatever its depth, transparency or palette.

    The formats of `KINDS` are recognised by their content, never by their name. EXIF rotation is applied, colours of an embedded profile
    become sRGB, transparency is laid on white (an alpha channel of zeros is ignored); of several pages or frames the first is read.

    Args:
        source: The bytes of a file, or its path.
        levels: Black and white level of images with more than 8 bits that do not say them: those of the data set or the model. None takes
            the smallest usual full scale that holds this file, which does for looking at it.
        max_pixels: Largest width × height; checked before any pixel is decoded.

    Returns:
        H×W×3 uint8 RGB, C-contiguous.

    Raises:
        ImageError: The file is missing, empty, damaged, too large or not an image; the sentence names the file.
    """
    return _read_as(source, max_pixels, lambda image, data: _rgb(image, data, levels))


def read_image(source: Source, levels: Levels, *, max_pixels: int = MAX_PIXELS) -> DecodedImage:
    """As `decode`, with remarks on values beyond the levels of a model."""

    def convert(image: Opened, data: bytes) -> DecodedImage:
        return DecodedImage(_rgb(image, data, levels), _remarks(image, levels))

    return _read_as(source, max_pixels, convert)


def read_reduced(
    path: Path, side: int, least_pixels: int, *, max_pixels: int = MAX_PIXELS
) -> np.ndarray | None:
    """Reads a large JPEG for a first look, reduced while it is decoded, which takes a quarter of the time.

    Its pixels differ a little from those of the whole image made smaller, so it is not for judging.

    Args:
        path: The file.
        side: Least pixels of the shorter side.
        least_pixels: Smallest width × height that is worth it.
        max_pixels: As for `decode`.

    Returns:
        H×W×3 uint8 RGB; None for other files.

    Raises:
        ImageError: As for `decode`.
    """
    with suppress(OSError), path.open("rb") as file:
        if file.read(2) != _JPEG_HEAD:
            return None

    def convert(image: Opened, data: bytes) -> np.ndarray | None:
        if not isinstance(image, JpegImageFile) or image.width * image.height < least_pixels:
            return None
        image.draft(None, (side, side))
        return _rgb(image, data, None)

    return _read_as(path, max_pixels, convert)


def decode_mask(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Reads a ground-truth mask as H×W bool, upright; see `mask_formats.marked` for what counts as marked.

    Raises:
        ImageError: As for `decode`.
    """
    return _read_as(source, max_pixels, lambda image, data: mask_formats.marked(image))


def image_size(source: Source, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Width and height of an image once it is upright; of images with 8 bits no pixel is decoded.

    Raises:
        ImageError: As for `decode`.
    """
    return _read_as(source, max_pixels, lambda image, data: pixel_formats.upright_size(image))


def needs_levels(path: Path) -> DeepImage | None:
    """The image of a file with more than 8 bits that does not say which value is white; None for all others, and for unreadable ones."""
    try:
        with path.open("rb") as file:
            if not may_need_levels(file.read(32)):
                return None
        image = _read_as(path, MAX_PIXELS, lambda image, data: image)
    except (OSError, ImageError):
        return None
    return image if isinstance(image, DeepImage) and image.levels is None else None


def _read_as(source: Source, max_pixels: int, convert: Callable[[Opened, bytes], T]) -> T:
    """Opens a file and converts it; whatever a reader raises becomes a sentence that names the file."""
    name = "The picture" if isinstance(source, bytes) else f"The picture {display_name(Path(source).name)!r}"
    with _refusals(name), ExitStack() as stack:

        def admit(width: int, height: int) -> None:
            if width * height > _MANY_PIXELS:
                stack.enter_context(_one_large)

        data = _read(source)
        return convert(open_image(data, max_pixels, admit), data)


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        yield
    except ImageError as error:  # goes on after the name
        raise ImageError(f"{name} {error}") from error.__cause__
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist.") from None
    except PermissionError:
        raise ImageError(f"{name} may not be read by this app.") from None
    # Readers raise almost anything on damaged bytes (struct.error, KeyError, ZeroDivisionError …), and this is the one
    # place where such bytes come in.
    except Exception as error:
        raise ImageError(f"{name} cannot be read; it is damaged or is not a {KINDS} file.") from error


def _rgb(image: Opened, data: bytes, levels: Levels | None) -> np.ndarray:
    if isinstance(image, DeepImage):
        return pixel_formats.deep_rgb(image, levels)
    plain = fast_png.pixels(image, data)
    if plain is not None:
        return plain
    image.load()
    return pixel_formats.rgb(pixel_formats.upright(image))


def _remarks(image: Opened, levels: Levels) -> tuple[str, ...]:
    if not isinstance(image, DeepImage) or image.levels is not None:
        return ()
    if levels.white is None:
        return (ASSUMED.format(white=pixel_formats.levels_of(image, levels).white),)
    values, remarks = extent(image.pixels), []
    if values.high > levels.white:
        remarks.append(BEYOND.format(high=values.high, white=levels.white))
    if values.low < levels.black:
        remarks.append(BELOW.format(low=values.low, black=levels.black))
    return tuple(remarks)


def resize(image: np.ndarray, shape: int | tuple[int, int]) -> np.ndarray:
    """Resizes H×W or H×W×C: sides that shrink by area average (no aliasing), sides that grow linearly.

    Args:
        image: H×W or H×W×C.
        shape: Wanted height and width in pixels; one number for a square.
    """
    wanted_height, wanted_width = (shape, shape) if isinstance(shape, int) else shape
    height, width = image.shape[:2]
    smaller = (min(width, wanted_width), min(height, wanted_height))
    shrunk = cv2.resize(image, smaller, interpolation=cv2.INTER_AREA)
    if smaller == (wanted_width, wanted_height):
        return shrunk
    return cv2.resize(shrunk, (wanted_width, wanted_height), interpolation=cv2.INTER_LINEAR)


def resize_mask(mask: np.ndarray, shape: int | tuple[int, int]) -> np.ndarray:
    """Resizes an H×W bool mask, see `resize`: True where at least half of the new pixel's area was True."""
    # Float rounding must not decide the pixels that are exactly half covered.
    return resize(mask.astype(np.float32), shape) >= 0.5 - 1e-5


def load_images(
    paths: Sequence[Path | str],
    shape: int | tuple[int, int],
    levels: Levels | None = None,
    *,
    workers: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> np.ndarray:
    """Decodes and resizes images in a thread pool.

    Args:
        paths: Image files; their order is kept.
        shape: Wanted height and width in pixels, as for `resize`.
        levels: As for `decode`.
        workers: Number of threads; by default one a processor core, 8 at most.
        max_pixels: As for `decode`.

    Returns:
        N×H×W×3 uint8 RGB.

    Raises:
        ImageError: One of the files cannot be read; the sentence names it.
    """
    height, width = (shape, shape) if isinstance(shape, int) else shape
    images = np.empty((len(paths), height, width, 3), np.uint8)
    with ThreadPoolExecutor(workers or min(8, os.cpu_count() or 1)) as pool:
        loaded = pool.map(lambda path: resize(decode(path, levels, max_pixels=max_pixels), shape), paths)
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


def _read(source: Source) -> bytes:
    if not isinstance(source, bytes):
        status = Path(source).stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe waits for whoever writes into it
            raise ImageError("cannot be read; it is a folder or a device, not a file.")
        if status.st_size <= MAX_BYTES:
            source = Path(source).read_bytes()
    if not isinstance(source, bytes) or len(source) > MAX_BYTES:
        raise ImageError(f"is too large; at most {MAX_BYTES / 1e6:.0f} MB are read.")
    return source
