"""Plain PNGs are unpacked without Pillow, to the same pixels."""

import io
import struct
import zlib

import numpy as np
import pytest
from hostile_images import encoded
from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from favae_demo.core.errors import ImageError
from favae_demo.data.io import fast_png, pixel_formats
from favae_demo.data.io.images import decode

RNG = np.random.default_rng(1)
COLOUR = RNG.integers(0, 256, (12, 20, 3), np.uint8)


@pytest.mark.parametrize("array", [COLOUR, COLOUR[..., 0]])
@pytest.mark.parametrize("comment", ["", "a comment"])
def test_plain_pngs_are_unpacked_the_fast_way_to_the_same_pixels(array, comment, monkeypatch):
    texts = PngInfo()
    if comment:
        texts.add_text("Comment", comment)
    data = encoded(array, pnginfo=texts, dpi=(72, 72))
    monkeypatch.setattr(pixel_formats, "rgb", lambda image: pytest.fail("it was unpacked the slow way"))
    found = decode(data)
    assert found.flags.c_contiguous
    assert found.flags.writeable
    np.testing.assert_array_equal(found, np.broadcast_to(array.reshape(12, 20, -1), (12, 20, 3)))


def test_a_damaged_plain_png_prints_nothing_and_is_named(capfd):
    data = bytearray(encoded(COLOUR))
    data[len(data) // 2] ^= 1
    with pytest.raises(ImageError, match="damaged"):
        decode(bytes(data))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("surplus", [-1, 0, 1, 100_000_000])
def test_a_png_with_more_or_fewer_pixels_than_it_says_is_read_as_pillow_does(surplus) -> None:
    height, width = 700, 800  # more than a million bytes
    noise = RNG.integers(0, 256, (height, width, 3), np.uint8)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), noise.reshape(height, -1)], axis=1).tobytes()
    rows = rows[:-1] if surplus < 0 else rows + bytes(surplus)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    data = b"\x89PNG\r\n\x1a\n" + parts
    found = fast_png.pixels(PngImageFile(io.BytesIO(data)), data)
    if surplus < 0:
        assert found is None  # Pillow says what is wrong
    else:
        np.testing.assert_array_equal(found, noise)
        np.testing.assert_array_equal(found, np.asarray(Image.open(io.BytesIO(data))))
