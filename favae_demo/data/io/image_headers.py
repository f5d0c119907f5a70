"""Width and height that the header of a compressed image claims: checked before a library that would believe it decodes any pixel."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}  # SOF markers; 0xF7 is JPEG-LS
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SEGMENTS = 10_000
_JXL_RATIOS = ((1, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
JXL_BOX = b"\0\0\0\x0cJXL \r\n\x87\n"
JP2_BOX = b"\0\0\0\x0cjP  \r\n\x87\n"


@dataclass(frozen=True)
class Header:
    """What a header says.

    Attributes:
        width: In pixels.
        height: In pixels.
        bits: Bits of a channel; 0 where it is not read.
        marker: Kind of a JPEG's frame (0xC0 baseline, 0xC3 lossless, 0xF7 JPEG-LS …), else 0.
    """

    width: int
    height: int
    bits: int = 0
    marker: int = 0


def read_header(data: bytes) -> Header | None:
    """The header of a PNG, JPEG, JPEG-LS, JPEG 2000, JPEG XL, WebP or LERC image; None for anything else or a broken one."""
    reader = next((reader for magic, reader in _HEADERS if data.startswith(magic)), None)
    try:
        return reader(data) if reader else None
    except (struct.error, IndexError, ValueError):
        return None


def _png(data: bytes) -> Header:
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    return Header(width, height, bits)


def _jpeg(data: bytes) -> Header | None:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        while data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in _FRAMES:
            bits, height, width = struct.unpack_from(">BHH", data, at + 4)
            return Header(width, height, bits, marker)
        at += 2 if marker in _NO_LENGTH else 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _jpeg_2000(data: bytes) -> Header:
    at = data.index(b"\xff\x4f\xff\x51") + 8  # SIZ follows the start of the codestream
    right, bottom, left, top = struct.unpack_from(">IIII", data, at)
    (bits,) = struct.unpack_from(">B", data, at + 34)
    return Header(right - left, bottom - top, (bits & 0x7F) + 1)


def _jpeg_xl(data: bytes) -> Header:
    bits = _bits_of(data[2:18])
    small = _take(bits, 1)

    def side() -> int:
        return (_take(bits, 5) + 1) * 8 if small else _take(bits, (9, 13, 18, 30)[_take(bits, 2)]) + 1

    height = side()
    ratio = _take(bits, 3)
    over, under = _JXL_RATIOS[ratio]
    return Header(height * over // under if ratio else side(), height)


def _jpeg_xl_box(data: bytes) -> Header | None:
    """The codestream is in a box `jxlc`, or begins in the first `jxlp`."""
    at = len(JXL_BOX)
    for _ in range(_MOST_SEGMENTS):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        if kind in (b"jxlc", b"jxlp"):
            start += 4 if kind == b"jxlp" else 0
            return _jpeg_xl(data[start : start + 18])
        if length < 8:
            return None
        at += length
    return None


def _webp(data: bytes) -> Header | None:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Header(width, height)
    if kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", data, 21)
        return Header((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", data, 26)
    return Header(width & 0x3FFF, height & 0x3FFF)


def _lerc(data: bytes) -> Header:
    (version,) = struct.unpack_from("<i", data, 6)
    height, width = struct.unpack_from(
        "<ii", data, 10 if version < 3 else 14
    )  # from version 3 on a checksum stands before them
    return Header(width, height)


def _bits_of(data: bytes) -> Iterator[int]:
    for byte in data:
        for place in range(8):
            yield byte >> place & 1


def _take(bits: Iterator[int], count: int) -> int:
    """A number of so many bits, lowest first."""
    try:
        return sum(next(bits) << place for place in range(count))
    except RuntimeError as error:  # what the end of an iterator becomes inside a generator
        raise ValueError("the header is cut short") from error


_HEADERS: tuple[tuple[bytes, Callable[[bytes], Header | None]], ...] = (
    (b"\x89PNG", _png),
    (b"\xff\xd8", _jpeg),
    (b"\xff\x4f\xff\x51", _jpeg_2000),
    (JP2_BOX[:8], _jpeg_2000),
    (b"\xff\x0a", _jpeg_xl),
    (JXL_BOX[:8], _jpeg_xl_box),
    (b"RIFF", _webp),
    (b"Lerc2 ", _lerc),
)
