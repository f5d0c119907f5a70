"""Every valid file gives the true 8-bit picture, or is refused in a sentence; none is wrong without a word."""

import io

import imagecodecs
import numpy as np
import pytest
from image_corpus import corpus
from image_writers import GREY, RGB, deep, display_p3, heic, pillow, tiff, with_thumbnail
from PIL import Image, ImageCms

from favae_demo.core.errors import ImageError
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.images import decode, decode_mask, read_image
from favae_demo.data.io.levels import TYPE_LEVELS, Levels

FILES = corpus()


def test_the_corpus_is_large_and_allows_one_level():
    assert len(FILES) >= 100
    assert max(most for _, _, most in FILES.values()) <= 1


@pytest.mark.parametrize("name", FILES)
def test_every_file_gives_the_true_picture(name):
    make, right, most = FILES[name]
    found = decode(make())
    right = right if right.ndim == 3 else np.repeat(right[..., None], 3, axis=2)
    assert found.shape == right.shape
    assert found.flags.c_contiguous
    assert np.abs(found.astype(int) - right).max() <= most


@pytest.mark.parametrize(
    ("array", "options"),
    [
        (np.zeros((8, 8, 5), np.uint16), {"photometric": "minisblack", "planarconfig": "contig"}),
        (np.zeros((8, 8), np.complex64), {}),
        (np.zeros((8, 8, 3), np.uint16), {"photometric": "cielab"}),
        (
            np.zeros((16, 16, 16), np.uint16),
            {"photometric": "minisblack", "volumetric": True, "tile": (16, 16, 16)},
        ),
    ],
)
def test_what_is_no_grey_or_colour_picture_is_refused_in_a_sentence(array, options):
    with pytest.raises(ImageError, match=r"The picture .*(channels|kind of TIFF)"):
        decode(tiff(array, **options))


def test_raw_data_of_a_camera_are_refused_and_not_read_as_their_thumbnail():
    with pytest.raises(ImageError, match="raw data"):
        decode(with_thumbnail(deep(GREY, 12), "cfa", below=True))


def test_a_profile_of_wide_colours_becomes_srgb():
    profile = display_p3()
    expected = ImageCms.profileToProfile(
        Image.fromarray(RGB), io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert np.abs(np.asarray(expected).astype(int) - RGB).max() > 20  # it is not sRGB already
    for data, most in (
        (pillow(RGB, "PNG", icc_profile=profile), 0),
        (pillow(RGB, "TIFF", icc_profile=profile), 0),
        (tiff(deep(RGB, 16), photometric="rgb", iccprofile=profile), 1),
    ):
        assert np.abs(decode(data).astype(int) - np.asarray(expected)).max() <= most


@pytest.mark.parametrize(
    "profile",
    [b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()],
    ids=["broken", "sRGB"],  # by name: a profile holds the second it was made in
)
def test_srgb_and_broken_profiles_change_nothing(profile):
    np.testing.assert_array_equal(decode(pillow(RGB, "PNG", icc_profile=profile)), RGB)


def test_a_phone_picture_is_upright():
    turned = decode(heic(np.ascontiguousarray(np.rot90(RGB, 1)), orientation=6))
    np.testing.assert_array_equal(turned, RGB)


def test_a_phone_picture_without_a_note_of_the_camera_is_read():
    np.testing.assert_array_equal(decode(heic(RGB, orientation=None)), RGB)


def test_avif_with_loss_gives_what_another_decoder_gives():
    # HEIC with loss is not compared: libheif is its only decoder here. FFmpeg gave the same for 4:4:4, and up to 2 levels more or less for 4:2:0,
    # where the standard leaves open how colours are spread over the pixels between them.
    data = pillow(RGB, "AVIF", quality=60, subsampling="4:2:0")
    assert np.abs(decode(data).astype(int) - imagecodecs.avif_decode(data)).max() <= 1


def test_values_above_white_count_as_white_and_are_said():
    data = tiff(deep(GREY, 14))
    found = read_image(data, Levels(0, 4095))
    assert (found.pixels[..., 0] == np.minimum(np.rint(deep(GREY, 14) * (255 / 4095)), 255)).all()
    assert "16,383" in found.remarks[0]
    assert "4,095" in found.remarks[0]
    assert read_image(data, Levels(0, 16_383)).remarks == ()


def test_a_hot_pixel_is_no_reason_for_a_remark():
    values = np.resize(deep(GREY, 10), (200, 200)).copy()
    values[0, 0] = 60_000
    assert read_image(tiff(values), Levels(0, 1023)).remarks == ()
    assert decode(tiff(values))[1:].max() == 255  # nor for a dark picture


def test_without_levels_16_bits_are_full_scale_and_the_doubt_is_said():
    found = read_image(tiff(deep(GREY, 12)), TYPE_LEVELS)
    np.testing.assert_array_equal(found.pixels[..., 0], (deep(GREY, 12).astype(int) + 128) // 257)
    assert "65,535" in found.remarks[0]
    assert read_image(pillow(GREY, "PNG"), TYPE_LEVELS).remarks == ()


def test_a_file_that_names_its_white_level_needs_no_other():
    data = FILES["pnm grey to 1023"][0]()
    np.testing.assert_array_equal(decode(data, Levels(0, 65_535)), decode(data))
    assert read_image(data, TYPE_LEVELS).remarks == ()


def test_dicom_without_pydicom_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pydicom", None)
    with pytest.raises(ImageError, match=r"pip install .*dicom"):
        decode(FILES["dicom 8"][0]())


def test_the_first_brand_that_is_known_decides():
    data = pillow(RGB, "AVIF", quality=100, subsampling="4:4:4")
    general = data.replace(b"ftypavif", b"ftypmif1", 1)
    np.testing.assert_array_equal(decode(general), decode(data))


def test_endings_are_those_of_the_formats_that_are_read():
    assert {".heic", ".avif", ".jp2", ".jxl", ".dcm", ".pgm", ".gif", ".tiff"} < set(EXTENSIONS)


MASK = np.zeros((20, 30), bool)
MASK[3:9, 5:17] = True


def _palette(transparent: bool) -> bytes:
    image = Image.fromarray(MASK.astype(np.uint8)).convert("P")
    image.putpalette([255, 255, 255, 0, 0, 0])  # white background: the colour says nothing
    return pillow(image, "PNG", **({"transparency": 0} if transparent else {}))


def _layer(mode: str) -> bytes:
    image = np.zeros((*MASK.shape, 4), np.uint8)
    image[MASK] = (0, 0, 0, 255)  # painted in black
    return pillow(Image.fromarray(image).convert(mode), "PNG")


@pytest.mark.parametrize(
    "data",
    [
        pillow(MASK, "PNG"),
        pillow(MASK.astype(np.uint8), "PNG"),
        pillow(MASK.astype(np.uint8) * 255, "BMP"),
        pillow(MASK.astype(np.uint16), "PNG"),
        tiff(MASK.astype(np.uint16) * 300),
        tiff(MASK.astype(np.int32)),
        pillow(np.dstack([MASK * np.uint8(9), MASK * np.uint8(0), MASK * np.uint8(0)]), "PNG"),
        pillow(np.dstack([MASK * np.uint8(3), np.full(MASK.shape, 255, np.uint8)]), "PNG"),
        pillow(np.dstack([MASK * np.uint8(3), np.zeros(MASK.shape, np.uint8)]), "PNG"),
        pillow(MASK.astype(np.uint8) * 255, "JPEG", quality=95),
        _palette(False),
        _palette(True),
        _layer("RGBA"),
        _layer("LA"),
    ],
)
def test_masks_mark_every_value_above_background(data):
    np.testing.assert_array_equal(decode_mask(data), MASK)


def test_masks_with_several_kinds_mark_all_of_them():
    labels = MASK.astype(np.uint8)
    labels[15:, 20:] = 4
    np.testing.assert_array_equal(decode_mask(pillow(labels, "PNG")), labels > 0)


def test_masks_are_turned_as_pictures_are():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = decode_mask(pillow(MASK.astype(np.uint8), "PNG", exif=exif))
    np.testing.assert_array_equal(found, np.rot90(MASK, -1))
