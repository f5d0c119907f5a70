"""`Detection`, the one currency: every drawing, report, tab and endpoint takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Region:
    """One connected area above the pixel threshold.

    Attributes:
        box: (x0, y0, x1, y1) as shares of the image's width and height, in [0, 1].
        area: Share of the image's area, in [0, 1].
        peak: Highest value of the score map inside.
        centre: (x, y) of the peak, as shares of width and height.
    """

    box: tuple[float, float, float, float]
    area: float
    peak: float
    centre: tuple[float, float]


@dataclass(frozen=True)
class Detection:
    """The answer for one image. Scores are on the model's own scale, the same for all its images.

    Attributes:
        image: The image as given, H×W×3 uint8 RGB, any size.
        reconstruction: What the model rebuilt, S×S×3 uint8 RGB (S is 128).
        maps: Score maps before masking, S×S float32, ≥ 0: `combined` first, then `pixels` and one for each
            feature layer (`layer1`…).
        foreground: S×S bool, False where the background is masked out; all True when nothing is masked.
        score: Image score; above `threshold` the verdict is 'defect'.
        threshold: Threshold of the image score.
        pixel_threshold: Threshold of the combined map; what lies above forms the regions.
        regions: Areas above the pixel threshold, strongest first.
        map_thresholds: For every map the value that good parts rarely pass; the scale it is drawn on.
        timings: Milliseconds by stage (`prepare`, `model`, `total`).
        name: Where the image came from (file name), or an empty string.
    """

    image: np.ndarray
    reconstruction: np.ndarray
    maps: Mapping[str, np.ndarray]
    foreground: np.ndarray
    score: float
    threshold: float
    pixel_threshold: float
    regions: tuple[Region, ...] = ()
    map_thresholds: Mapping[str, float] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    name: str = ""

    @property
    def is_defect(self) -> bool:
        """Whether the score lies above the threshold."""
        return self.score > self.threshold

    @property
    def verdict(self) -> str:
        """`defect` or `good`."""
        return "defect" if self.is_defect else "good"

    @property
    def map(self) -> np.ndarray:
        """The combined score map with the background masked, S×S float32."""
        return self.masked("combined")

    def masked(self, name: str) -> np.ndarray:
        """A score map with the background set to 0, S×S float32."""
        return self.maps[name] * self.foreground
