"""Whether the last images of a series differ, as a whole, from the good images that a model learned from.

One image may be dark by chance or have a defect; the median of the last `WINDOW` images is dark or high only if camera, light or parts have
changed. It is compared with the median of the good images in robust standard deviations, for the image score and for every property of
`image_properties`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from favae_demo.scoring.likeness import TO_DEVIATION, TRAITS

if TYPE_CHECKING:
    from favae_demo.detection.detector import Detector
    from favae_demo.scoring.detection import Detection

WINDOW = 20  # images whose median counts
KEPT = 100  # drifts of a series that are remembered
SCORE = "score"
TINY = 1e-12
END = 0.5  # share of the limit below which a drift is over
# Good images → distance in robust deviations that 2,000 unchanged images exceed in one series of 100, over all ten signals together;
# simulated by tests/evaluation/simulate_drift.py.
LIMITS = (
    (10, 7.2),
    (15, 4.9),
    (20, 3.8),
    (30, 2.7),
    (50, 2.1),
    (100, 1.7),
    (200, 1.5),
    (500, 1.4),
)
# What is said of lower and of higher values.
WORDS = {
    SCORE: ("lower scores", "higher scores"),
    "shape": ("narrower", "wider"),
    "size": ("smaller", "larger"),
    "brightness": ("darker", "brighter"),
    "contrast": ("less contrast", "more contrast"),
    "colour": ("less colour", "more colour"),
    "sharpness": ("more blurred", "sharper"),
    "noise": ("less noise", "more noise"),
    "background": ("less background", "more background"),
}
OPENING, DIFFER = "The pictures ", " differ from the good ones that the model learned from: "
CHANGED = f"{OPENING}{{since}}{DIFFER}{{changes}}."
SINCE, BETWEEN = "since {first}", "from {first} to {last}"
ADVICE = "If most of these parts are good, look at the camera and the light. If it has to stay like this, mark good pictures of today and recalibrate the model."


@dataclass(frozen=True)
class Usual:
    """What good images have of one signal.

    Attributes:
        centre: Median.
        spread: Standard deviation, from the median absolute deviation.
        images: Number of good images.
    """

    centre: float
    spread: float
    images: int

    @property
    def limit(self) -> float:
        """Distance of a median of `WINDOW` images from the centre, in spreads, from which it is a drift."""
        return next((limit for images, limit in reversed(LIMITS) if self.images >= images), math.inf)

    def distance(self, value: float) -> float:
        """Returns the distance of a value from the centre, in spreads."""
        return (value - self.centre) / self.spread


@dataclass(frozen=True)
class Drift:
    """A part of a series whose images differ from the good ones.

    Attributes:
        first: Name of the image with which it seems to begin.
        last: Name of its last image so far.
        changes: Largest distance of each signal that drifts, in robust deviations, largest first.
        is_over: Whether later images are as usual again.
    """

    first: str
    last: str
    changes: Mapping[str, float]
    is_over: bool = False

    @property
    def sentence(self) -> str:
        """What has changed and since when, for users."""
        since = (BETWEEN if self.is_over else SINCE).format(first=self.first, last=self.last)
        words = (WORDS[name][distance > 0] for name, distance in self.changes.items())
        return CHANGED.format(since=since, changes=", ".join(words))


def usual_signals(detector: Detector) -> dict[str, Usual]:
    """Returns what the good images of a model have of each signal.

    Models without ranges of properties are compared by their scores alone.
    """
    calibration = detector.calibration
    usual = usual_score(calibration.good(detector.config.mask_score).images)
    if usual is None:
        return {}
    signals_of = {SCORE: usual}
    for name, known in calibration.ranges.items():
        least = TRAITS[name].remark / 2  # images that are all but equal may differ by this
        signals_of[name] = Usual(known.centre, max(known.spread, least), usual.images)
    return signals_of


def usual_score(good: Sequence[float]) -> Usual | None:
    """Returns what the logarithms of the scores of good images have; None where there are no scores.

    Args:
        good: Image scores.
    """
    scores = [math.log(score + TINY) for score in good]
    if not scores:
        return None
    centre = median(scores)
    spread = TO_DEVIATION * median(abs(score - centre) for score in scores)
    return Usual(centre, max(spread, TINY), len(scores))


def drift_sentence(remark: str) -> str:
    """Returns the sentence of a drift in the remark of a verdict; empty where it reports none."""
    before, phrase, after = remark.partition(DIFFER)
    if not phrase:
        return ""
    return f"{OPENING}{before.rpartition(OPENING)[2]}{phrase}{after.partition('.')[0]}."


def signals(detection: Detection) -> dict[str, float]:
    """Returns the signals of one image: the logarithm of its score, and its properties."""
    return {SCORE: math.log(detection.score + TINY), **detection.properties}


class DriftMonitor:
    """Watches one series of images.

    Args:
        usual: From `usual_signals`.
    """

    def __init__(self, usual: Mapping[str, Usual]):
        self._usual = usual
        self._recent: deque[tuple[str, dict[str, float]]] = deque(maxlen=2 * WINDOW)
        self.current: Drift | None = None
        self._ended: deque[Drift] = deque(maxlen=KEPT)

    @property
    def drifts(self) -> list[Drift]:
        """The last drifts of the series, in order."""
        return [*self._ended, *([self.current] if self.current is not None else [])]

    def add(self, name: str, values: Mapping[str, float]) -> Drift | None:
        """Takes the next image; returns the drift that it belongs to, or None.

        Args:
            name: Name or time of the image, for users.
            values: From `signals`.
        """
        self._recent.append(
            (name, {key: one.distance(values[key]) for key, one in self._usual.items() if key in values})
        )
        distances = self._distances()
        reached = {key: value for key, value in distances.items() if abs(value) > self._usual[key].limit}
        if self.current is None:
            if reached:
                self.current = Drift(self._begin(reached), name, _largest_first(reached))
        elif any(abs(value) > END * self._usual[key].limit for key, value in distances.items()):
            changes = {**self.current.changes}
            for key, value in reached.items():
                changes[key] = max(value, changes.get(key, value), key=abs)
            self.current = replace(self.current, last=name, changes=_largest_first(changes))
        else:
            self._ended.append(replace(self.current, is_over=True))
            self.current = None
        return self.current

    def _distances(self) -> dict[str, float]:
        """Returns the median distance of the last `WINDOW` images by signal; empty while there are fewer."""
        last = [values for _, values in self._recent][-WINDOW:]
        if len(last) < WINDOW:
            return {}
        return {
            key: median(values[key] for values in last)
            for key in self._usual
            if all(key in values for values in last)
        }

    def _begin(self, reached: Mapping[str, float]) -> str:
        """Returns the image with which the clearest change begins: where the sum of distances beyond half the change is lowest (CUSUM)."""
        key = max(reached, key=lambda name: abs(reached[name]))
        half = reached[key] / 2
        total, lowest, first = 0.0, 0.0, self._recent[0][0]
        for (_, values), (name, _) in zip(self._recent, [*self._recent][1:], strict=False):
            total += math.copysign(1, half) * (values.get(key, half) - half)
            if total < lowest:
                lowest, first = total, name
        return first


def find_drifts(usual: Mapping[str, Usual], images: Iterable[tuple[str, Mapping[str, float]]]) -> list[Drift]:
    """Returns the drifts in a whole series, in order.

    Args:
        usual: From `usual_signals`.
        images: Name and `signals` of each image.
    """
    monitor = DriftMonitor(usual)
    for name, values in images:
        monitor.add(name, values)
    return monitor.drifts


def _largest_first(changes: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(changes.items(), key=lambda item: -abs(item[1])))
