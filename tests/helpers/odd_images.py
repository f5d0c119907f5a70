"""Unusual images that visitors will try (uniform, tiny, very narrow, pure noise), and checks that every detection must pass."""

import numpy as np

from favae_demo.scoring.detection import Detection


def cut_in_strips(image: np.ndarray) -> np.ndarray:
    """Returns a part with a defect that every model sees: in every other strip it is moved by half. As a whole it is like the good images."""
    height, width = image.shape[:2]
    stays = (np.arange(width) * 6 // width) % 2 == 0
    return np.where(stays[None, :, None], image, np.roll(image, height // 2, axis=0))


def even(value: int, height: int = 100, width: int = 100) -> np.ndarray:
    """Returns a uniform grey image."""
    return np.full((height, width, 3), value, np.uint8)


def noise(height: int, width: int) -> np.ndarray:
    """Returns an image of pure noise."""
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


def assert_sane(detection: Detection) -> None:
    """Checks that score, maps and thresholds are finite, and that all regions are within the image."""
    assert np.isfinite([detection.score, detection.threshold, detection.pixel_threshold]).all()
    assert detection.score >= 0
    assert detection.verdict in ("good", "defect", "not judged")
    for name, values in detection.maps.items():
        assert np.isfinite(values).all(), name
        assert np.isfinite(detection.map_thresholds[name])
    assert detection.reconstruction.dtype == np.uint8
    for region in detection.regions:
        left, top, right, bottom = region.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert np.isfinite(region.peak)
