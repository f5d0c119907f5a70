"""Fast decoding, by libspng, of the PNG files that most data sets consist of: plain pixels without colour profiles or other extras.

The result must be the same as Pillow's for every file, also for damaged ones, so anything unusual is left to Pillow.
"""

import struct
import zlib

import cv2
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

# Chunks that have no effect on the pixels; colour tables, transparency and EXIF have one.
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
_MOST_CHUNKS = 400_000


def pixels(image: Image.Image, data: bytes) -> np.ndarray | None:
    """Returns the pixels of an undamaged PNG with plain 8-bit grey or RGB pixels; None for all other files.

    libspng decodes these files to the same values in less time than Pillow and OpenCV, and stops at the last row, where OpenCV unpacks what may
    follow, up to a thousand times the data.

    Args:
        image: The file, opened but not decoded by Pillow.
        data: Content of the file.

    Returns:
        H×W×3 uint8 RGB, or None.
    """
    if not isinstance(image, PngImageFile):
        return None
    if data[24:29] not in _PLAIN_HEADS or not _is_plain(data):
        return None
    import imagecodecs  # after the start of the page, which reads no image

    try:
        decoded = imagecodecs.spng_decode(data)
    except (imagecodecs.SpngError, ImportError):  # damaged; a build of imagecodecs without libspng
        return None
    if decoded.shape[:2] != (image.height, image.width):
        return None
    return decoded if decoded.ndim == 3 else cv2.cvtColor(decoded, cv2.COLOR_GRAY2RGB)


def _is_plain(data: bytes) -> bool:
    """Returns whether a file has no chunks outside `_SILENT_CHUNKS`, each of them whole."""
    view, start = memoryview(data), 8
    for _ in range(_MOST_CHUNKS):
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
            return end == len(data)
        start = end
    return False


def _may_turn(kind: bytes, body: memoryview) -> bool:
    """Returns whether a text chunk may contain EXIF or XMP data with an orientation of the image."""
    if kind not in (b"tEXt", b"iTXt"):
        return False
    text = bytes(body)
    compressed = kind == b"iTXt" and not text.partition(b"\0")[2].startswith(b"\0")
    return compressed or text.startswith(b"Raw profile") or b"Orientation" in text
