"""DICOM images, of which the first frame is read: the window applied, MONOCHROME1 turned. It needs the package pydicom."""

from collections.abc import Callable
from typing import IO, TYPE_CHECKING

import numpy as np
from PIL import Image

from favae_demo.core.errors import ImageError
from favae_demo.core.settings import install_command
from favae_demo.data.io.levels import Levels
from favae_demo.data.io.pixel_formats import DeepImage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MISSING = "is a DICOM file, which needs a further package; run '{command}' and start the app again."
_MOST_BYTES = 400_000_000
_LARGEST_SIDE = 65_535
# Transfer syntax of a file that is deflated as a whole: pydicom unpacks it without a limit.
_DEFLATED = b"1.2.840.10008.1.2.1.99"


def is_dicom(data: bytes) -> bool:
    """Whether a file is DICOM, which says so after 128 bytes."""
    return data[128:132] == b"DICM"


def read(
    file: IO[bytes],
    check_size: Callable[[int, int], None],
    read_frame: Callable[[bytes], Image.Image | DeepImage],
) -> Image.Image | DeepImage:
    """Reads the first frame.

    Args:
        file: The file.
        check_size: Raises where width and height are more than is read.
        read_frame: Reads a frame that is a JPEG or JPEG 2000 image of its own.

    Raises:
        ImageError: pydicom is missing, or there is no image inside.
        Exception: It is damaged.
    """
    try:
        from pydicom import dcmread
    except ImportError:
        raise ImageError(MISSING.format(command=install_command("dicom"))) from None
    if _DEFLATED in file.read():
        raise ImageError("is a deflated DICOM file, which is not read here; save it without compression.")
    file.seek(0)
    dataset = dcmread(file)
    width, height = int(dataset.get("Columns", 0)), int(dataset.get("Rows", 0))
    samples, bits = int(dataset.get("SamplesPerPixel", 1)), int(dataset.get("BitsAllocated", 0))
    if not (
        0 < width <= _LARGEST_SIDE
        and 0 < height <= _LARGEST_SIDE
        and samples in (1, 3)
        and bits in (8, 16, 32)
    ):
        raise ImageError("is a DICOM file without an image that is read here.")
    check_size(width, height)
    if width * height * samples * bits // 8 > _MOST_BYTES:
        raise ImageError(f"is too large; at most {_MOST_BYTES / 1e6:.0f} MB of unpacked pixels are read.")
    pixels = _pixels(dataset, (height, width), read_frame)
    if pixels.ndim == 3:
        return Image.fromarray(pixels.astype(np.uint8)) if pixels.dtype == np.uint8 else DeepImage(pixels)
    return _windowed(dataset, pixels)


def _pixels(
    dataset: "Dataset", shape: tuple[int, int], read_frame: Callable[[bytes], Image.Image | DeepImage]
) -> np.ndarray:
    """The stored values of the first frame, H×W or H×W×3."""
    from pydicom.encaps import generate_frames
    from pydicom.pixels import pixel_array
    from pydicom.uid import RLELossless

    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        return pixel_array(dataset, index=0)
    if syntax == RLELossless:
        raise ImageError(
            "is a DICOM file with run-length compression, which is not read here; save it without compression."
        )
    frame = read_frame(
        next(generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1) or 1)))
    )
    pixels = frame.pixels if isinstance(frame, DeepImage) else np.asarray(frame)
    if pixels.shape[:2] != shape:
        raise ValueError("the frame has another size than the file says")
    return pixels


def _windowed(dataset: "Dataset", stored: np.ndarray) -> DeepImage:
    slope, intercept = (
        float(dataset.get("RescaleSlope", 1) or 1),
        float(dataset.get("RescaleIntercept", 0) or 0),
    )
    bits, signed = int(dataset.get("BitsStored", 8)), bool(dataset.get("PixelRepresentation", 0))
    low = -(2 ** (bits - 1)) if signed else 0
    ends = sorted((low * slope + intercept, (low + 2**bits - 1) * slope + intercept))
    centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    if centre is not None and width is not None and width >= 1:
        half = max(width - 1, 1e-3) / 2  # PS3.3 C.11.2.1.2: linear between c − 0.5 ± (w − 1) / 2
        ends = [centre - 0.5 - half, centre - 0.5 + half]
    pixels = (
        stored
        if slope == 1 and intercept == 0
        else stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)
    )
    turned = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    return DeepImage(pixels, white_is_zero=turned, levels=Levels(*ends))


def _first(value: object) -> float | None:
    """A number, or the first of several."""
    if value is None:
        return None
    values = value if not isinstance(value, str | float | int) and hasattr(value, "__len__") else [value]
    return float(values[0]) if len(values) else None  # type: ignore[index] # pydicom's MultiValue has no types
