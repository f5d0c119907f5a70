"""Parts turned upright: found before a shaded background, brought to one pose, and answers brought back to where they belong."""

import cv2
import numpy as np
import pytest

from favae_demo.data.transforms.alignment import (
    align,
    find_part,
    lie_at_any_angle,
    long_axis,
    put_back,
    upright,
)

SIDE = 128


def part(
    angle: float, shift: tuple[float, float] = (0, 0), *, tail: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """A dark bar with a broad head, turned by `angle` degrees, on a background that falls off; picture and the part's mask."""
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.rectangle(canvas, (34, 60), (94, 68), 255, -1)
    if tail:
        cv2.rectangle(canvas, (86, 52), (96, 76), 255, -1)
    motion = cv2.getRotationMatrix2D((63.5, 63.5), angle, 1)
    motion[:, 2] += shift
    mask = cv2.warpAffine(canvas, motion, (SIDE, SIDE)) > 127
    y, x = np.mgrid[:SIDE, :SIDE]
    ground = 200 - 0.4 * x - 0.2 * y - 0.002 * (x - 64) ** 2
    grey = np.where(mask, 60, ground) + np.random.default_rng(0).normal(0, 2, mask.shape)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, 2), mask


@pytest.mark.parametrize("angle", [0, 35, 90, 200])
def test_the_part_is_found_before_a_shaded_background(angle: float) -> None:
    image, mask = part(angle)
    found = find_part(image)
    assert (found & mask).sum() / (found | mask).sum() > 0.7  # softened by a pixel or two
    assert (found & mask).sum() > 0.97 * mask.sum()


@pytest.mark.parametrize("angle", [0, 35, 100, 180, 260, 330])
@pytest.mark.parametrize("shift", [(0, 0), (9, -6)])
def test_a_part_at_any_angle_comes_to_one_pose(angle: float, shift: tuple[float, float]) -> None:
    expected, _ = align([part(0)[0]])
    found, _ = align([part(angle, shift)[0]])
    level, other = (one[0, ..., 0] < 110 for one in (expected, found))
    assert (level & other).sum() / (level | other).sum() > 0.8
    x = np.nonzero(level)[1]
    assert abs((x.min() + x.max()) / 2 - SIDE / 2) < 3


@pytest.mark.parametrize("angle", [0, 5, 90, 95, 180, 270])
@pytest.mark.parametrize("offset", [0, 24, 30])
def test_a_part_with_its_shadow_at_the_border_comes_to_the_same_pose(angle: int, offset: int) -> None:
    way = np.array([np.cos(np.radians(angle)), -np.sin(np.radians(angle))])
    image, mask = part(angle, tuple(offset * way))
    shadow = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 14)[..., None]
    dark = np.where(mask[..., None], image, image * (1 - 0.5 * shadow / shadow.max())).astype(np.uint8)
    turned = upright(dark)
    assert turned[:, :2] @ way == pytest.approx([1, 0], abs=0.15)  # the head comes to the right


def test_a_part_with_equal_ends_is_not_turned_over() -> None:
    turned = upright(part(20, tail=False)[0])
    assert np.degrees(np.arctan2(turned[1, 0], turned[0, 0])) == pytest.approx(20, abs=1.5)
    turned = upright(part(-20, tail=False)[0])
    assert np.degrees(np.arctan2(turned[1, 0], turned[0, 0])) == pytest.approx(-20, abs=1.5)


def test_a_round_part_is_only_moved() -> None:
    image = np.full((SIDE, SIDE, 3), 200, np.uint8)
    cv2.circle(image, (50, 70), 30, (40, 40, 40), -1)
    motion = upright(image)
    np.testing.assert_array_equal(motion[:, :2], np.eye(2))
    np.testing.assert_allclose(motion[:, 2], [14, -6], atol=1)


def test_in_a_high_picture_the_long_axis_is_made_vertical() -> None:
    image = cv2.copyMakeBorder(part(40)[0], 40, 40, 0, 0, cv2.BORDER_REPLICATE)
    aligned, _ = align([image])
    assert long_axis(find_part(aligned[0])) == pytest.approx((0, 1), abs=0.03)


def test_a_larger_picture_is_moved_as_a_smaller_one() -> None:
    image, _ = part(130, (5, 3))
    scale = 1 + 2 * (256 // SIDE)
    larger = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    (small,), (large,) = align([image])[0], align([larger])[0]
    shrunk = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - small).mean() < 4


def test_parts_at_any_angle_are_told_from_those_in_one_direction() -> None:
    angles = np.random.default_rng(0).uniform(0, 360, 30)
    assert lie_at_any_angle([part(angle)[0] for angle in angles])
    assert not lie_at_any_angle([part(angle / 12)[0] for angle in angles])
    noise = np.random.default_rng(1).integers(0, 256, (5, SIDE, SIDE, 3), dtype=np.uint8)
    assert not lie_at_any_angle(noise)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_image_without_a_part_stays_as_it_is(level: int) -> None:
    image = np.full((SIDE, SIDE, 3), level, np.uint8)
    aligned, motions = align([image])
    np.testing.assert_array_equal(aligned[0], image)
    np.testing.assert_array_equal(motions[0], np.eye(2, 3))


@pytest.mark.parametrize("side", [SIDE, SIDE // 2])
def test_what_is_seen_upright_is_put_back_where_it_lies(side: int) -> None:
    image, _ = part(130, (5, 3))
    aligned, motions = align([image])
    shrunk = cv2.resize(aligned[0], (side, side), interpolation=cv2.INTER_AREA)
    back = put_back(
        shrunk, motions[0], image.shape, cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    )
    expected = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(back.astype(int) - expected)[4:-4, 4:-4].mean() < 4
    marked = put_back(np.ones((side, side), np.float32), motions[0], image.shape)
    assert marked.min() == 0
    assert marked[side // 2, side // 2] == 1
