"""`Detection`: the result for one image, which every drawing, report, tab and endpoint takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from favae_demo.scoring.likeness import LOW_SCORE
from favae_demo.scoring.multiples import multiple
from favae_demo.scoring.thresholds import ENOUGH, Support

DEFECT, GOOD, NOT_JUDGED = "defect", "good", "not judged"  # verdicts


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
    """The result for one image. Scores are on the model's own scale, which is the same for all images.

    Attributes:
        image: The image as given, H×W×3 uint8 RGB, any size.
        reconstruction: The model's reconstruction, h×w×3 uint8 RGB (128×128 for models whose input is a square of up to 256 pixels).
        maps: Score maps before masking, h×w float32, ≥ 0: `combined` first, then `pixels` and one for each
            feature layer (`layer1`…).
        foreground: h×w bool, False where the background is masked out; all True when nothing is masked.
        score: Image score; above `threshold` the verdict is `defect`, unless the image cannot be judged.
        threshold: Threshold of the image score.
        pixel_threshold: Threshold of the combined map; pixels above it form the regions.
        regions: Areas above the pixel threshold, highest peak first.
        map_thresholds: For every map the value that good parts rarely exceed; the scale it is drawn on.
        timings: Milliseconds by stage (`prepare`, `model`, `total`).
        name: File name of the image, or an empty string.
        remarks: Remarks on how the image was read, a sentence each.
        support: The good images behind `threshold`.
        unlike: Why the image as a whole is unlike the good ones, a sentence each; see `likeness.compare`.
        floor: Scores below it are odd, see `GoodScores.floor`.
        properties: Properties of the whole image, see `image_properties`.
        original: Width and height of the image in its file, where `image` has fewer pixels; (0, 0) for the size of `image`.
        reduction: How many pixels of the image become one of the network's input, see `visibility.reduction`.

    Examples:
        >>> from favae_demo import Detection, Detector
        >>> from favae_demo.data.synthetic import render_part
        >>> image, _ = render_part("sample_bottle", seed=7, defect="broken_lip")
        >>> detector = Detector.load("sample_bottle-efficientnet-lite0-extended")
        >>> (detection,) = detector.detect([image], names=["bottle.png"])
        >>> isinstance(detection, Detection), detection.name, detection.verdict
        (True, 'bottle.png', 'defect')
        >>> detection.score > detection.threshold
        True
        >>> detection.map.shape, list(detection.maps)
        ((128, 128), ['combined', 'pixels', 'layer1', 'layer2', 'layer3', 'memory'])
        >>> x0, y0, x1, y1 = detection.regions[0].box
        >>> 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1
        True
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
    remarks: tuple[str, ...] = ()
    support: Support = ENOUGH
    unlike: tuple[str, ...] = ()
    floor: float = 0.0
    properties: Mapping[str, float] = field(default_factory=dict)
    original: tuple[int, int] = (0, 0)
    reduction: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image in its file, in pixels."""
        return self.original if any(self.original) else (self.image.shape[1], self.image.shape[0])

    @property
    def multiple(self) -> float:
        """The score as a multiple of the threshold: above 1 for a defect."""
        return multiple(self.score, self.threshold)

    @property
    def is_defect(self) -> bool:
        """Whether the verdict is `defect`."""
        return self.verdict == DEFECT

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the image is not judged, a sentence each; empty for others."""
        return self.unlike or ((LOW_SCORE,) if self.score < self.floor else ())

    @property
    def verdict(self) -> str:
        """`not judged` where there are `reasons`; otherwise `defect` if the score lies above the threshold, and `good` if not."""
        return NOT_JUDGED if self.reasons else DEFECT if self.score > self.threshold else GOOD

    @property
    def map(self) -> np.ndarray:
        """The combined score map with the background masked, h×w float32."""
        return self.masked("combined")

    def masked(self, name: str) -> np.ndarray:
        """Returns a score map with the background set to 0, h×w float32."""
        return self.maps[name] * self.foreground
