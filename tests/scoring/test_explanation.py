"""The one line that explains a verdict, and what is too small to be seen."""

from dataclasses import replace

import numpy as np
import pytest

from favae_demo.scoring.detection import Detection, Region
from favae_demo.scoring.explanation import account, explain, place
from favae_demo.scoring.visibility import reduction, smallest_visible, visibility


@pytest.fixture
def found() -> Detection:
    """A defect at the top left, which the finest layer sees best by its own limit."""
    image = np.zeros((40, 80, 3), np.uint8)
    maps = {name: np.zeros((8, 8), np.float32) for name in ("combined", "layer1", "layer3", "memory")}
    maps["layer1"][1, 1], maps["layer3"][1, 1], maps["layer3"][7, 7] = 6, 8, 99
    region = Region((1 / 8, 1 / 8, 2 / 8, 2 / 8), 1 / 64, 5.0, (0.18, 0.18))
    limits = {"combined": 1.0, "layer1": 2.0, "layer3": 4.0, "memory": 1.0}
    return Detection(
        image, image, maps, np.ones((8, 8), bool), 3.6, 2.0, 1.0, (region,), limits, original=(800, 400)
    )


def test_a_defect_is_explained_by_distance_place_size_and_layer(found):
    assert explain(found) == (
        "1.8 × the limit. The part differs most at the top left, on about 100×50 pixels, in the fine surface."
    )


def test_only_the_combined_map_names_no_layer(found):
    restored = replace(found, maps={"combined": found.maps["combined"]})
    assert explain(restored).endswith("on about 100×50 pixels.")


def test_other_verdicts_are_explained_too(found):
    assert "as a whole" in explain(replace(found, regions=()))
    assert "No place differs" in explain(replace(found, score=1.0, regions=()))
    assert "top left, but not by enough" in explain(replace(found, score=1.0))
    assert explain(replace(found, unlike=("Too dark.", "Too wide."))) == "Too dark. Too wide."


@pytest.mark.parametrize(
    ("point", "words"),
    [((0.1, 0.1), "top left"), ((0.5, 0.5), "centre"), ((0.9, 0.5), "middle right"), ((0.5, 1.0), "bottom")],
)
def test_places_have_names(point, words):
    assert place(*point) == words


@pytest.mark.parametrize(
    ("size", "shape", "times", "pixels"),
    [
        ((1600, 1600), (128, 128), 12.5, 50),
        ((1000, 1000), (256, 256), 3.906, 16),
        ((500, 1263), (648, 256), 1.953, 8),
        ((100, 100), (256, 256), 1.0, 4),
        ((8000, 2000), (256, 256), 31.25, 120),
    ],
)
def test_the_smallest_defect_follows_the_reduction(size, shape, times, pixels):
    assert reduction(size, shape) == pytest.approx(times, abs=1e-3)
    assert smallest_visible(reduction(size, shape)) == pixels


def test_a_reduced_image_is_said_to_hide_small_defects(found):
    assert visibility(1.2) == ""
    assert visibility(7.8125).startswith("Reduced 7.8-fold: ")
    said = visibility(12.5, remedy=True)
    assert said.startswith("Reduced 12-fold: a defect under about 50 pixels")
    assert "larger pictures" in said
    assert account(replace(found, reduction=12.5))["smallest_visible"] == 50
