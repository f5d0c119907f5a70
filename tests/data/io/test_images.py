import struct
import warnings
import zlib

import numpy as np
import pytest
from hostile_images import encoded
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from favae_demo.core.errors import ImageError
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.images import (
    decode,
    decode_mask,
    load_images,
    save_png,
)

RNG = np.random.default_rng(1)
COLOUR = RNG.integers(0, 256, (12, 20, 3), np.uint8)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 9) + b"IDAT"


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_lossless_formats_come_back_exactly(kind, options):
    image = decode(encoded(COLOUR, kind, **options))
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, COLOUR)


def test_jpeg_is_read_and_the_name_does_not_matter(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(np.full((8, 8, 3), (200, 30, 40), np.uint8), "JPEG", quality=95))
    for source in (path, str(path)):
        np.testing.assert_allclose(decode(source), np.full((8, 8, 3), (200, 30, 40)), atol=4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (4, lambda a: a[::-1]),
        (5, lambda a: a.transpose(1, 0, 2)),
        (6, lambda a: np.rot90(a, -1)),
        (7, lambda a: a[::-1, ::-1].transpose(1, 0, 2)),
        (8, lambda a: np.rot90(a, 1)),
    ],
)
def test_exif_rotation_is_applied(kind, orientation, upright):
    stored = np.repeat(np.repeat(np.array([[0, 80, 160], [255, 40, 200]], np.uint8), 16, 0), 16, 1)
    stored = np.repeat(stored[..., None], 3, 2)
    expected = upright(stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decode(encoded(stored, kind, exif=exif))
    assert image.shape == expected.shape
    np.testing.assert_allclose(image, expected, atol=40 if kind == "JPEG" else 0)


XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:{}="6"/></x:xmpmeta>'


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("tag", "turned"), [("Orientation", True), ("Make", False)])
def test_rotation_in_the_text_of_a_png_is_applied(packed, tag, turned):
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.format(tag), zip=packed)
    expected = np.rot90(COLOUR, -1) if turned else COLOUR
    np.testing.assert_array_equal(decode(encoded(COLOUR, pnginfo=texts)), expected)


def test_broken_exif_does_not_cost_the_image():
    data = encoded(COLOUR, "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(decode(data), COLOUR)


def test_grey_becomes_three_equal_channels():
    grey = COLOUR[..., 0]
    np.testing.assert_array_equal(decode(encoded(grey)), np.repeat(grey[..., None], 3, 2))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_not_cut(kind):
    values = np.array([[0, 128, 129, 257, 514, 32_768, 65_534, 65_535]], np.uint16)
    expected = np.rint(values / 257).astype(np.uint8)
    assert expected.max() == 255
    np.testing.assert_array_equal(decode(encoded(values, kind))[..., 0], expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[0.0, 100.0, 250.0]], np.float32), [0, 100, 250]),
        (np.array([[-3.0, np.nan, 1.0]], np.float32), [0, 0, 255]),
        (np.array([[0, 7, 255]], np.int32), [0, 7, 255]),
        (np.array([[-5, 257, 65_535]], np.int32), [0, 1, 255]),
        (np.array([[0, 0, 2**31 - 1]], np.int32), [0, 0, 255]),
    ],
)
def test_32_bit_tiff_is_scaled_by_the_range_it_uses(values, expected):
    np.testing.assert_array_equal(decode(encoded(values, "TIFF"))[0, :, 0], expected)


def test_transparency_is_laid_on_white():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0] = (10, 20, 30, 255)
    rgba[1, 1] = (0, 0, 0, 128)
    image = decode(encoded(rgba))
    assert image[0, 0].tolist() == [10, 20, 30]
    assert image[0, 1].tolist() == [255, 255, 255]
    np.testing.assert_allclose(image[1, 1], 127, atol=1)


def test_grey_with_transparency_is_laid_on_white():
    alpha = np.array([[0, 255, 0]], np.uint8)
    image = Image.merge("LA", [Image.new("L", (3, 1), 50), Image.fromarray(alpha)])
    assert decode(encoded(image))[0, :, 0].tolist() == [255, 50, 255]


def test_palette_with_and_without_a_transparent_colour():
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    assert decode(encoded(image)).tolist() == [[[255, 0, 0], [0, 0, 255]]]
    assert decode(encoded(image, transparency=1)).tolist() == [[[255, 0, 0], [255, 255, 255]]]


def test_cmyk_and_black_and_white():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    np.testing.assert_allclose(decode(encoded(cmyk, "TIFF")), np.full((8, 8, 3), (255, 0, 0)))
    np.testing.assert_allclose(
        decode(encoded(cmyk, "JPEG", quality=95)), np.full((8, 8, 3), (255, 0, 0)), atol=4
    )
    assert decode(encoded(Image.new("1", (3, 3), 1))).min() == 255


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "WEBP"])
def test_first_of_several_frames(kind):
    first, second = Image.fromarray(COLOUR), Image.new("RGB", (20, 12), "red")
    data = encoded(
        first, kind, save_all=True, append_images=[second], **({"lossless": True} if kind == "WEBP" else {})
    )
    np.testing.assert_array_equal(decode(data), COLOUR)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_truncated_file_is_an_error_that_names_it(tmp_path, kind):
    path = tmp_path / "half.png"
    data = encoded(RNG.integers(0, 256, (64, 64, 3), np.uint8), kind)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageError, match=r"half\.png.* cannot be read"):
        decode(path)


def test_files_that_are_no_images(tmp_path):
    with pytest.raises(ImageError, match="empty"):
        decode(b"")
    with pytest.raises(ImageError, match="not a PNG"):
        decode(b"%PDF-1.7 something")
    with pytest.raises(ImageError, match="not a PNG"):
        decode(encoded(COLOUR, "PCX"))
    with pytest.raises(ImageError, match=r"none\.png.* does not exist"):
        decode(tmp_path / "none.png")
    with pytest.raises(ImageError, match="cannot be read"):
        decode(tmp_path)


@pytest.mark.parametrize("side", [7_100, 12_000, 60_000])  # past our limit, Pillow's warning, Pillow's error
def test_too_many_pixels_is_told_from_the_header_alone(side):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ImageError, match=f"too large \\({side}×{side} pixels\\); at most 50 million"):
            decode(png_header(side, side))


def test_the_pixel_limit_is_inclusive():
    data = encoded(COLOUR)
    assert decode(data, max_pixels=240).shape == COLOUR.shape
    with pytest.raises(ImageError, match="too large"):
        decode(data, max_pixels=239)


@settings(max_examples=150, deadline=None)
@given(
    magic=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0+", b"RIFF\x20\0\0\0WEBPVP8 "]
    ),
    body=st.binary(max_size=200),
)
@pytest.mark.filterwarnings("ignore")
def test_random_bytes_raise_nothing_but_image_error(magic, body):
    try:
        image = decode(magic + body, max_pixels=100_000)
    except ImageError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "BMP", "TIFF", "WEBP"]),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6
    ),
    length=st.floats(0, 1),
)
@pytest.mark.filterwarnings("ignore")
def test_damaged_images_raise_nothing_but_image_error(kind, changes, length):
    data = bytearray(encoded(COLOUR, kind))
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        image = decode(bytes(data[: round(length * len(data))]), max_pixels=100_000)
    except ImageError:
        return
    assert image.shape[2] == 3


@pytest.mark.parametrize("white", [1, 255])
def test_decode_mask_takes_any_white(white):
    mask = np.zeros((5, 6), np.uint8)
    mask[1:3, 2:4] = white
    found = decode_mask(encoded(mask))
    assert found.dtype == bool
    np.testing.assert_array_equal(found, mask > 0)
    assert not decode_mask(encoded(np.zeros((5, 6), np.uint8))).any()


def test_load_images_keeps_the_order(tmp_path):
    paths = [tmp_path / f"{i}.png" for i in range(12)]
    for i, path in enumerate(paths):
        save_png(path, np.full((5 + i, 9, 3), 20 * i, np.uint8))
    images = load_images(paths, 4, workers=3)
    assert images.shape == (12, 4, 4, 3)
    assert images[:, 0, 0, 0].tolist() == [20 * i for i in range(12)]
    assert load_images([], 4).shape == (0, 4, 4, 3)


def test_load_images_names_the_bad_file(tmp_path):
    save_png(tmp_path / "a.png", COLOUR)
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"b\.png"):
        load_images([tmp_path / "a.png", tmp_path / "b.png"], 8)


@pytest.mark.parametrize("array", [COLOUR, COLOUR[..., 0], COLOUR[:, ::-1]])
def test_save_png_round_trip(tmp_path, array):
    path = tmp_path / "new" / "x.png"
    save_png(path, array)
    image = decode(path)
    np.testing.assert_array_equal(image if array.ndim == 3 else image[..., 0], array)


def test_save_png_leaves_the_old_file_when_it_fails(tmp_path):
    path = tmp_path / "x.png"
    save_png(path, COLOUR)
    with pytest.raises(ValueError, match="uint8"):
        save_png(path, COLOUR.astype(float))
    with pytest.raises(TypeError):
        save_png(path, np.zeros((4, 4, 7), np.uint8))
    np.testing.assert_array_equal(decode(path), COLOUR)
    assert list(tmp_path.iterdir()) == [path]


def test_extensions_are_lower_case_with_a_dot():
    assert {".png", ".jpg"} < set(EXTENSIONS)
    assert all(ext == ext.lower() and ext.startswith(".") for ext in EXTENSIONS)
