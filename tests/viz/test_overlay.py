import cv2
import numpy as np
import pytest
from viz_images import make_detection

from favae_demo.viz import overlay as viz
from favae_demo.viz.heatmap import colourise
from favae_demo.viz.outlines import FOUND_COLOUR, TRUTH_COLOUR


def changed(before, after):
    return (before != after).any(axis=-1)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1000, 500), (768, 384)),
        ((100, 50), (300, 150)),
        ((3, 4000), (1, 768)),
        ((768, 768), (768, 768)),
        ((8000, 1), (768, 1)),
        ((4001, 3201), (768, 614)),
    ],
)
def test_display_size(shape, expected):
    image = np.full((*shape, 3), 77, np.uint8)
    shown = viz.display_image(image, 768)
    assert shown.shape == (*expected, 3)
    assert (shown == 77).all()
    assert viz.display_size(image, 768) == expected


def test_a_large_image_is_shown_as_its_areas_average() -> None:
    image = cv2.resize(np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8), (2000, 3000))
    average = cv2.resize(image, (400, 600), interpolation=cv2.INTER_AREA)
    assert np.abs(viz.display_image(image, 600).astype(int) - average).max() <= 1


def test_a_good_part_shows_the_bare_photo(good_detection):
    shown = viz.overlay(good_detection)
    assert (shown == viz.display_image(good_detection.image)).all()


def test_heat_lies_on_the_spot_only(detection):
    shown = viz.heat_overlay(detection)
    differs = changed(shown, viz.display_image(detection.image))
    height, width = differs.shape
    assert differs[height * 40 // 128, width * 40 // 128]
    assert not differs[height // 2 + 40 :].any()
    assert not differs[:, width * 3 // 4 :].any()


def test_opacity_mixes_photo_and_colour(detection):
    peak = colourise(np.array([[3.0]]), 0, 2)[0, 0].astype(float)
    for opacity in (0.0, 0.5, 1.0):
        shown = viz.heat_overlay(detection, opacity)
        y, x = shown.shape[0] * 40 // 128, shown.shape[1] * 40 // 128
        assert shown[y, x] == pytest.approx(opacity * peak + (1 - opacity) * 128, abs=1)


def test_same_value_same_colour_in_every_image(detection):
    """The scale belongs to the model: a stronger spot elsewhere must not make a weak one look calmer."""
    louder = detection.maps["combined"].copy()
    louder[100:, 100:] = 50
    other = make_detection(maps={"combined": louder})
    quiet = viz.error_map(detection)
    loud = viz.error_map(other)
    assert (quiet[:90, :90] == loud[:90, :90]).all()


def test_each_map_has_its_own_scale(detection):
    # `pixels` is a tenth of the combined map, and so is its limit.
    assert (viz.error_map(detection, "pixels") == viz.error_map(detection, "combined")).mean() > 0.99
    assert viz.map_threshold(detection, "pixels") == 0.1
    assert viz.map_threshold(make_detection(map_thresholds={}), "pixels") == 1.0


def test_the_combined_map_follows_the_threshold_the_user_moves(detection):
    moved = make_detection(pixel_threshold=2.5, map_thresholds={"combined": 1.0})
    assert viz.map_threshold(moved, "combined") == 2.5


def test_masked_background_stays_bare(detection):
    masked = make_detection(foreground=np.zeros((128, 128), bool))
    assert (viz.overlay(masked) == viz.display_image(masked.image)).all()


def test_outlines_can_be_switched_off(detection, truth):
    bare = viz.heat_overlay(detection)
    assert (viz.overlay(detection, truth, show_regions=False, show_ground_truth=False) == bare).all()
    only_truth = changed(viz.overlay(detection, truth, show_regions=False), bare)
    only_regions = changed(viz.overlay(detection, truth, show_ground_truth=False), bare)
    both = changed(viz.overlay(detection, truth), bare)
    assert only_truth.any()
    assert only_regions.any()
    assert (both == (only_truth | only_regions)).all()


def test_reconstruction_takes_the_images_shape(detection):
    assert viz.reconstruction_image(detection).shape == viz.display_image(detection.image).shape


def test_inputs_are_left_alone(detection, truth):
    before = detection.image.copy(), detection.map.copy(), truth.copy()
    viz.overlay(detection, truth)
    for old, new in zip(before, (detection.image, detection.map, truth), strict=True):
        assert (old == new).all()


def test_a_part_is_drawn_as_the_whole_image_shows_it(truth):
    detection = make_detection(1280, 1280)
    whole = viz.overlay(detection, truth, max_side=1280)[320:960, 320:960]
    part = viz.overlay_part(detection, detection.image[320:960, 320:960], (0.25, 0.25, 0.75, 0.75), truth)
    for colour, reach in (
        (FOUND_COLOUR, 3),
        (TRUTH_COLOUR, 25),
    ):  # thinner lines, whose dashes begin elsewhere
        lines, expected = ((image == colour).all(axis=-1) for image in (part, whole))
        assert lines.sum() > 50
        near = cv2.dilate(expected.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
        assert near[lines].mean() > 0.95
    beside = np.abs(part.astype(int) - whole).max(axis=-1) < 3
    assert beside.mean() > 0.9
