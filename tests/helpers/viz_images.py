"""A synthetic detection for the tests of drawings."""

import numpy as np

from favae_demo.scoring.detection import Detection


def make_detection(height: int = 64, width: int = 96, spot: bool = True, **changes) -> Detection:
    """Returns a detection on a grey image; its 128×128 maps have a smooth spot of height 3 in the upper left quarter, threshold 1."""
    y, x = np.mgrid[:128, :128]
    bump = 3 * np.exp(-((x - 40) ** 2 + (y - 40) ** 2) / 400) if spot else np.full((128, 128), 0.1)
    bump = bump.astype(np.float32)
    values = {
        "image": np.full((height, width, 3), 128, np.uint8),
        "reconstruction": np.full((128, 128, 3), 90, np.uint8),
        "maps": {"combined": bump, "pixels": 0.1 * bump},
        "foreground": np.ones((128, 128), bool),
        "score": float(bump.max()),
        "threshold": 1.5,
        "pixel_threshold": 1.0,
        "map_thresholds": {"pixels": 0.1},
        "name": "part.png",
    }
    return Detection(**(values | changes))
