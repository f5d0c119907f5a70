"""The quick way for most images of a data set: a PNG with nothing but pixels in it is unpacked by OpenCV.

It must give the same values as Pillow, and refuse what Pillow refuses: whatever is unusual here is left to it.
"""

import struct
import zlib

import cv2
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

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
_HARMLESS = 1_000_000  # compressed bytes that are unpacked in a second or two, whatever they hold
_MOST_CHUNKS = 400_000


def pixels(image: Image.Image, data: bytes) -> np.ndarray | None:
    """The pixels of an undamaged PNG with nothing but 8-bit grey or RGB in it; None for all other files.

    OpenCV unpacks these to the same values in little more than half of the time, which counts where hundreds are loaded.
    """
    if not isinstance(image, PngImageFile):
        return None
    packed = _packed_pixels(data) if data[24:29] in _PLAIN_HEADS else []
    if not packed or not _fits(packed, image):
        return None
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None or found.shape != (image.height, image.width, 3):
        return None
    return cv2.cvtColor(found, cv2.COLOR_BGR2RGB, dst=found)


def _packed_pixels(data: bytes) -> list[memoryview]:
    """The compressed pixels of a PNG that is whole, chunk by chunk, with nothing but `_SILENT_CHUNKS`; else none."""
    view, start = memoryview(data), 8
    packed: list[memoryview] = []
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
            return packed if end == len(data) else []
        if kind == b"IDAT":
            packed.append(body)
        start = end
    return []


def _fits(packed: list[memoryview], image: Image.Image) -> bool:
    """Whether compressed pixels are no more than the image's: OpenCV unpacks all there are, and one byte may hold a thousand."""
    if sum(map(len, packed)) < _HARMLESS:
        return True
    size = image.height * (image.width * len(image.getbands()) + 1)
    return len(zlib.decompressobj().decompress(b"".join(packed), size + 1)) == size


def _may_turn(kind: bytes, body: memoryview) -> bool:
    """Whether a chunk of text may hold EXIF or XMP that says how to turn the image."""
    if kind not in (b"tEXt", b"iTXt"):
        return False
    text = bytes(body)
    compressed = kind == b"iTXt" and not text.partition(b"\0")[2].startswith(b"\0")
    return compressed or text.startswith(b"Raw profile") or b"Orientation" in text
