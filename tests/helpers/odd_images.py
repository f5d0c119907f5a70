"""Pictures that no camera takes and every visitor will try, and what an answer must be in spite of them."""

import numpy as np

from favae_demo.scoring.detection import Detection


def even(value: int, height: int = 100, width: int = 100) -> np.ndarray:
    """A picture of one grey."""
    return np.full((height, width, 3), value, np.uint8)


def noise(height: int, width: int) -> np.ndarray:
    """A picture of nothing but noise."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


ODD = {
    "grey": even(128),
    "black": even(0),
    "white": even(255),
    "one pixel": even(77, 1, 1),
    "one row": noise(1, 300),
    "one column": noise(300, 1),
    "8×8000": noise(8, 8000),
    "8000×8": noise(8000, 8),
    "noise": noise(200, 200),
    "one bright pixel": np.pad(even(255, 1, 1), ((60, 60), (60, 60), (0, 0))),
}


def assert_sane(found: Detection) -> None:
    """A finite score, finite maps and limits, regions inside the picture."""
    assert np.isfinite([found.score, found.threshold, found.pixel_threshold]).all()
    assert found.score >= 0
    assert found.verdict in ("good", "defect")
    for name, values in found.maps.items():
        assert np.isfinite(values).all(), name
        assert np.isfinite(found.map_thresholds[name])
    assert found.reconstruction.dtype == np.uint8
    for region in found.regions:
        left, top, right, bottom = region.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert np.isfinite(region.peak)
