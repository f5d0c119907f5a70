import matplotlib
import numpy as np
import pytest

from favae_demo.viz import heatmap


@pytest.mark.parametrize("name", heatmap.COLOUR_MAPS.values())
def test_ends_and_middle_of_the_scale(name):
    coloured = heatmap.colourise(np.array([[0.0, 1.0, 2.0]]), 0.0, 2.0, name)
    expected = matplotlib.colormaps[name](np.array([0, 128, 255]), bytes=True)[:, :3]
    assert coloured.dtype == np.uint8
    assert coloured[0].tolist() == expected.tolist()


def test_scale_is_fixed_and_not_the_images_own():
    calm, loud = np.full((4, 4), 0.5), np.linspace(0, 100, 16).reshape(4, 4)
    loud[0, 0] = 0.5
    assert (heatmap.colourise(calm, 0, 2)[0, 0] == heatmap.colourise(loud, 0, 2)[0, 0]).all()


def test_values_outside_the_scale_take_its_ends():
    coloured = heatmap.colourise(np.array([[-5.0, 0.0, 2.0, 99.0]]), 0, 2)[0]
    assert (coloured[0] == coloured[1]).all()
    assert (coloured[2] == coloured[3]).all()


def test_the_threshold_is_mid_scale():
    low, high = heatmap.heat_scale(0.7)
    assert (low + high) / 2 == pytest.approx(0.7)


def test_a_threshold_of_zero_still_gives_a_scale():
    coloured = heatmap.colourise(np.array([[0.0, 1.0]]), *heatmap.heat_scale(0.0))
    assert coloured[0, 0].tolist() != coloured[0, 1].tolist()


def test_unknown_colours_and_empty_scale_are_refused():
    with pytest.raises(ValueError, match="unknown colour map"):
        heatmap.colourise(np.zeros((2, 2)), 0, 1, "jet")
    with pytest.raises(ValueError, match="above low"):
        heatmap.colourise(np.zeros((2, 2)), 1, 1)


def test_upsample_stays_in_range_and_in_place():
    small = np.zeros((8, 8), np.float32)
    small[1, 6] = 5
    large = heatmap.upsample(small, 40, 80)
    assert large.shape == (40, 80)
    assert large.min() == 0
    assert large.max() <= 5
    y, x = np.unravel_index(large.argmax(), large.shape)
    assert (y // 5, x // 10) == (1, 6)


def test_opacity_is_nothing_where_calm_and_full_from_the_threshold_on():
    cover = heatmap.opacity_of(np.array([0.0, 0.2, 0.35, 0.5, 1.0]), 0.6)
    assert cover == pytest.approx([0, 0, 0.3, 0.6, 0.6])


def test_legend_marks_the_threshold_in_the_middle():
    bar = heatmap.legend_bar("inferno", width=200, height=10)
    assert bar.shape == (10, 200, 3)
    assert (bar[:, 100] == 255).all()
    assert bar[5, 0].tolist() == heatmap.colourise(np.zeros((1, 1)), 0, 1)[0, 0].tolist()


def test_legend_of_an_overlay_fades_into_the_background():
    bar = heatmap.legend_bar(opacity=0.6, background=(10, 200, 30))
    assert bar[0, 0].tolist() == [10, 200, 30]


def test_a_part_of_a_map_is_the_same_as_in_the_whole():
    score_map = np.random.default_rng(0).random((12, 20)).astype(np.float32)
    part = heatmap.upsample_part(score_map, (0.25, 0.5, 0.75, 1.0), 30, 50)
    assert part == pytest.approx(heatmap.upsample(score_map, 60, 100)[30:, 25:75], abs=1e-5)
