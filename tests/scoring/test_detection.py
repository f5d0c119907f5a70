from dataclasses import replace

import numpy as np
import pytest

from favae_demo.scoring.detection import NOT_JUDGED, Detection
from favae_demo.scoring.likeness import LOW_SCORE

SIDE = 8


@pytest.fixture
def detection() -> Detection:
    ground = np.ones((SIDE, SIDE), bool)
    ground[0] = False
    maps = {"combined": np.full((SIDE, SIDE), 3, np.float32)}
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    return Detection(image, image, maps, ground, score=2.0, threshold=2.0, pixel_threshold=1.0)


def test_only_a_score_above_the_threshold_is_a_defect(detection):
    assert (detection.is_defect, detection.verdict) == (False, "good")
    higher = replace(detection, score=np.nextafter(2.0, 3.0))
    assert (higher.is_defect, higher.verdict) == (True, "defect")


def test_what_is_unlike_the_good_images_is_not_judged_whatever_its_score(detection):
    for score in (1.0, 3.0):
        odd = replace(detection, score=score, unlike=("Too dark.",))
        assert (odd.is_defect, odd.verdict, odd.reasons) == (False, NOT_JUDGED, ("Too dark.",))


def test_a_score_below_the_floor_is_odd(detection):
    assert replace(detection, floor=2.0).verdict == "good"
    low = replace(detection, floor=np.nextafter(2.0, 3.0))
    assert (low.verdict, low.reasons) == (NOT_JUDGED, (LOW_SCORE,))
    assert replace(low, unlike=("Too dark.",)).reasons == ("Too dark.",)


def test_the_background_of_a_map_is_zero(detection):
    assert not detection.map[0].any()
    assert (detection.map[1:] == 3).all()
