"""What held-out good pictures say about a model: the scale of each error map and the limits of the verdict."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from favae_demo.detection.scoring import combine, image_score

DEFAULT_FALSE_ALARM_RATE = 0.05
MARGIN = 0.1  # added to the highest good score where the pictures are too few for the rate


@dataclass(frozen=True)
class Limit:
    """A limit for a false-alarm rate.

    Attributes:
        value: What lies above counts as defect.
        supported: Whether there are enough held-out pictures for this rate; if not, the value is the highest good
            score plus a margin, and the true rate is not known.
    """

    value: float
    supported: bool


def conformal_limit(good: Sequence[float], rate: float) -> Limit:
    """Limit that a new good picture passes with at most this probability (split-conformal rank).

    The rank is k = ⌈(n+1)(1−rate)⌉ among n held-out good values; it needs n ≥ 1/rate − 1 pictures.

    Args:
        good: Values of held-out good pictures, at least one.
        rate: Wanted false-alarm rate, in (0, 1).
    """
    ordered = sorted(good)
    rank = math.ceil((len(ordered) + 1) * (1 - rate) - 1e-9)
    if rank <= len(ordered):
        return Limit(float(ordered[max(rank, 1) - 1]), True)
    spread = ordered[-1] - float(np.median(ordered))
    return Limit(float(ordered[-1] + max(MARGIN * ordered[-1], 0.5 * spread)), False)


@dataclass(frozen=True)
class GoodScores:
    """Scores of the held-out good pictures, in one order.

    Attributes:
        images: Image scores.
        peaks: Highest value of every map, by map name (`combined`, `pixels`, `layer1`…).
    """

    images: tuple[float, ...]
    peaks: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Calibration:
    """Scales and good scores of one model; travels in its checkpoint.

    Attributes:
        scales: Divisor of each term's map: its mean on held-out good pictures (`scaled`) or 1 (`sum`, `channels`).
        score: Kind of image score, `max` or `top`.
        plain: Good scores with the whole picture counted.
        masked: Good scores with the background masked out.
        channels: Divisor of each channel's squared residual, by term; empty unless the score is by `channels`.
    """

    scales: dict[str, float]
    score: str
    plain: GoodScores
    masked: GoodScores
    channels: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def good(self, masked: bool) -> GoodScores:
        """Good scores with or without the background mask."""
        return self.masked if masked else self.plain

    def to_dict(self) -> dict[str, Any]:
        """A plain mapping, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Calibration":
        """The calibration a mapping holds."""
        plain, masked = (
            GoodScores(tuple(part["images"]), {name: tuple(values) for name, values in part["peaks"].items()})
            for part in (record["plain"], record["masked"])
        )
        channels = {name: tuple(values) for name, values in record.get("channels", {}).items()}
        return cls(dict(record["scales"]), record["score"], plain, masked, channels)


def calibrate(
    maps: np.ndarray, foregrounds: np.ndarray, names: Sequence[str], scaled: bool, score: str = "max"
) -> Calibration:
    """Calibration from the smoothed term maps of held-out good pictures.

    Args:
        maps: N×T×S×S, one map a term.
        foregrounds: N×S×S bool, the part in each picture.
        names: Names of the T terms.
        scaled: Whether each term is divided by its mean.
        score: Kind of image score, `max` or `top`.
    """
    means = maps.mean(axis=(0, 2, 3)) if scaled else np.ones(len(names))
    scales = [max(float(mean), 1e-12) for mean in means]
    everything = {"combined": combine(maps, scales)}
    everything |= {name: maps[:, i] / scales[i] for i, name in enumerate(names)}
    plain = _good_scores(everything, np.ones_like(foregrounds), score)
    masked = _good_scores(everything, foregrounds, score)
    return Calibration(dict(zip(names, scales, strict=True)), score, plain, masked)


def _good_scores(maps: dict[str, np.ndarray], foregrounds: np.ndarray, kind: str) -> GoodScores:
    images = tuple(image_score(one, kind) for one in maps["combined"] * foregrounds)
    peaks = {name: tuple(float(one.max()) for one in values * foregrounds) for name, values in maps.items()}
    return GoodScores(images, peaks)
