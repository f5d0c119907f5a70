"""Images and masks in another size, and large photos that are read in less than their own."""

import numpy as np
import pytest
from hostile_images import encoded
from PIL import Image

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode, read_reduced, resize, resize_mask

RNG = np.random.default_rng(1)


def test_resize_averages_when_it_shrinks():
    board = np.indices((8, 8)).sum(0) % 2 * 200
    image = np.repeat(board[..., None], 3, 2).astype(np.uint8)
    np.testing.assert_array_equal(resize(image, 4), np.full((4, 4, 3), 100))


def test_resize_is_linear_when_it_enlarges():
    ramp = np.array([[[0] * 3, [200] * 3]], np.uint8)
    assert resize(ramp, 4)[0, :, 0].tolist() == [0, 50, 150, 200]


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 3), (1, 40_000), (16, 16)])
def test_resize_takes_any_shape(shape):
    image = resize(np.full((*shape, 3), 77, np.uint8), 16)
    assert image.shape == (16, 16, 3)
    assert (image == 77).all()


def test_resize_mask_keeps_what_covers_half():
    mask = np.zeros((4, 4), bool)
    mask[0, 0] = True  # a quarter of its pixel
    mask[2, 2:] = True  # half of its pixel
    assert resize_mask(mask, 2).tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize("turn", [1, 6])
def test_a_large_jpeg_is_read_reduced_and_upright_and_nothing_else_is(tmp_path, turn) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    soft = resize(RNG.integers(0, 256, (6, 9, 3), np.uint8), (800, 1200))
    jpeg, png = tmp_path / "photo.jpg", tmp_path / "photo.png"
    jpeg.write_bytes(encoded(soft, "JPEG", quality=95, exif=exif))
    png.write_bytes(encoded(soft))
    reduced, whole = read_reduced(jpeg, 200, 900_000), decode(jpeg)
    assert reduced.shape == (whole.shape[0] // 4, whole.shape[1] // 4, 3)
    assert np.abs(reduced.astype(int) - resize(whole, reduced.shape[:2])).mean() < 2
    assert read_reduced(jpeg, 200, 1_000_000) is None
    assert read_reduced(png, 200, 900_000) is None
    with pytest.raises(ImageError, match="does not exist"):
        read_reduced(tmp_path / "gone.jpg", 200, 900_000)


def test_a_reduced_image_that_is_too_large_is_refused(tmp_path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(np.zeros((100, 100, 3), np.uint8), "JPEG"))
    with pytest.raises(ImageError, match="too large"):
        read_reduced(path, 10, 10, max_pixels=9_999)
