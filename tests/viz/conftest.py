import numpy as np
import pytest
from viz_images import make_detection

from favae_demo.scoring.detection import Detection


@pytest.fixture
def detection() -> Detection:
    return make_detection()


@pytest.fixture
def good_detection() -> Detection:
    return make_detection(spot=False)


@pytest.fixture
def truth() -> np.ndarray:
    """A 64×96 mask whose defect lies in the lower right quarter, where the maps hold nothing."""
    mask = np.zeros((64, 96), bool)
    mask[40:56, 60:84] = True
    return mask
