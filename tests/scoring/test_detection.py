from dataclasses import replace

import numpy as np
import pytest

from favae_demo.scoring.detection import Detection

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


def test_the_background_of_a_map_is_zero(detection):
    assert not detection.map[0].any()
    assert (detection.map[1:] == 3).all()
