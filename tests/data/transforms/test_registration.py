"""Registration: moved parts come back to their place, and parts without a place are left alone."""

import cv2
import numpy as np
import pytest
from shifted_images import shifted

from favae_demo.data.synthetic import render_part
from favae_demo.data.transforms.pose import images_from_pose, maps_from_pose, to_pose
from favae_demo.data.transforms.registration import SIDE, fit_reference, is_texture, known_area, register


@pytest.fixture(scope="module")
def parts() -> np.ndarray:
    small = [render_part("sample_bottle", seed)[0] for seed in range(8)]
    return np.stack([cv2.resize(part, (256, 256), interpolation=cv2.INTER_AREA) for part in small])


@pytest.fixture(scope="module")
def reference(parts) -> np.ndarray:
    found = fit_reference(parts)
    assert found is not None
    return found


def test_the_reference_is_a_small_grey_image(reference):
    assert (reference.shape, reference.dtype) == ((SIDE, SIDE), np.uint8)


@pytest.mark.parametrize(("x", "y"), [(0.03, 0.0), (-0.025, 0.04), (0.0, -0.03)])
def test_a_shift_is_found_to_a_quarter_of_a_pixel(parts, reference, x, y):
    at_rest = register(parts, reference)[1]
    moved = register(np.stack([shifted(part, x, y) for part in parts]), reference)[1]
    found = (at_rest - moved)[:, :, 2] / parts.shape[1]
    np.testing.assert_allclose(found, np.tile([x, y], (len(parts), 1)), atol=0.25 / SIDE)


def test_textures_and_scattered_parts_have_no_reference(parts):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, 256, 256, 3), dtype=np.uint8)
    assert fit_reference(noise) is None
    scattered = np.stack([shifted(part, *rng.uniform(-0.06, 0.06, 2)) for part in parts])
    assert fit_reference(scattered) is None


def test_maps_and_images_come_back_to_where_the_part_is(parts, reference):
    moved = np.stack([shifted(part, 0.04, 0.0) for part in parts])
    posed, motions = to_pose(moved, reference=reference)
    maps = cv2.cvtColor(posed[0], cv2.COLOR_RGB2GRAY).astype(np.float32)[None, None]
    maps_from_pose(maps, motions[:1], (256, 256), upright=False)
    seen = known_area(motions[0], (256, 256), (256, 256))
    expected = cv2.cvtColor(moved[0], cv2.COLOR_RGB2GRAY).astype(np.float32)
    inner = np.zeros_like(seen)
    inner[16:-16, 16:-16] = True  # nothing is known beyond the border
    difference = cv2.GaussianBlur(
        maps[0, 0] - expected, (0, 0), 2
    )  # interpolated twice, it lost its finest detail
    assert np.abs(difference)[inner].mean() < 1
    assert not maps[0, 0][~seen].any()
    rebuilt = posed.copy()
    images_from_pose(rebuilt, motions, moved)
    difference = cv2.GaussianBlur(rebuilt[0].astype(np.float32) - moved[0], (0, 0), 2)
    assert np.abs(difference[16:-16, 16:-16]).mean() < 1


def test_scores_are_left_out_only_beside_the_border_that_the_part_was_moved_over():
    still = np.hstack([np.eye(2), [[0.0], [1.0]]])
    assert known_area(still, (256, 256), (128, 128)).all()
    to_the_right = np.hstack([np.eye(2), [[-8.0], [0.0]]])  # undoes a shift to the right
    known = known_area(to_the_right, (256, 256), (128, 128))
    assert known[:, :-4].all()
    assert not known[:, -4:].any()
    down = np.hstack([np.eye(2), [[0.0], [-8.0]]])
    assert np.array_equal(known_area(down, (256, 256), (128, 128)), known.T)


def test_a_texture_is_told_from_parts(parts):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, 64, 64, 3), dtype=np.uint8).repeat(4, 1).repeat(4, 2)
    assert is_texture(noise)
    assert not is_texture(parts)
