import numpy as np
import pytest

from favae_demo.scoring.regions import find_regions, region_mask


@pytest.fixture
def flat() -> np.ndarray:
    return np.zeros((128, 128), np.float32)


def test_nothing_above_the_threshold_gives_no_region(flat):
    assert find_regions(flat, 0.0) == ()  # at the limit is not above it
    assert not region_mask(flat, 0.0).any()


def test_a_square_gives_its_box_peak_centre_and_area(flat):
    flat[32:64, 16:48] = 2
    flat[40, 20] = 7
    (region,) = find_regions(flat, 1.0)
    assert region.box == (16 / 128, 32 / 128, 48 / 128, 64 / 128)
    assert region.peak == 7
    assert region.centre == (20.5 / 128, 40.5 / 128)
    square = 32 * 32 / 128**2
    assert 0.95 * square < region.area < square  # the disk rounds the corners


def test_regions_come_strongest_first_whatever_their_size_or_place(flat):
    flat[5:45, 5:45] = 2
    flat[60:80, 60:80] = 9
    flat[90:120, 10:40] = 5
    assert [region.peak for region in find_regions(flat, 1.0)] == [9, 5, 2]


def test_a_speck_vanishes_beside_a_region_but_stays_where_it_is_all_there_is(flat):
    flat[100:103, 100:103] = 9
    (alone,) = find_regions(flat, 1.0)
    assert alone.box == (100 / 128, 100 / 128, 103 / 128, 103 / 128)
    assert alone.area == 9 / 128**2
    flat[20:50, 20:50] = 2
    (region,) = find_regions(flat, 1.0)
    assert region.peak == 2


def test_areas_that_touch_at_a_corner_are_one_region(flat):
    flat[20:23, 20:23] = flat[23:26, 23:26] = 3  # too small for the disk, so the mask stays as it is
    assert len(find_regions(flat, 1.0)) == 1


def test_the_threshold_decides_what_belongs_to_a_region(flat):
    y, x = np.mgrid[:128, :128]
    hill = 100 - np.hypot(x - 64, y - 64).astype(np.float32)
    wide, narrow = find_regions(hill, 60.0)[0], find_regions(hill, 80.0)[0]
    assert wide.area > narrow.area
    assert wide.centre == narrow.centre == (64.5 / 128, 64.5 / 128)
    assert narrow.area == pytest.approx(np.pi * 20**2 / 128**2, rel=0.05)


@pytest.mark.parametrize(("side", "stays"), [(6, False), (9, True)])
def test_what_the_disk_of_radius_four_does_not_fit_in_is_a_speck(flat, side, stays):
    flat[80:110, 80:110] = 2
    flat[20 : 20 + side, 20 : 20 + side] = 2
    assert region_mask(flat, 1.0)[:60, :60].any() == stays
