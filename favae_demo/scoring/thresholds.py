"""Thresholds from the scores of good images, for a false-alarm rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from favae_demo.core.errors import ConfigError

DEFAULT_FALSE_ALARM_RATE = 0.05
LEAST_RATE = 1e-6  # below it no number of pictures that anybody has says anything
TINY = 1e-12
LEAST_FOR_FLOOR = 10  # good images; fewer do not show how low scores may be
MAD_TO_DEVIATION = 1.4826  # of a normal distribution
MEDIAN_ERROR = 1.2533  # standard error of a median, as a multiple of the mean's
TOO_FEW = (
    "Only {images} good pictures set the limit, too few for this false-alarm rate: it is their highest score plus a margin. "
    "At least {missing} more are needed."
)
MARGIN = 0.1  # share of the highest good score that is added to it if there are too few images for the rate


@dataclass(frozen=True)
class Support:
    """How well good images support a threshold.

    Attributes:
        images: Number of good images whose scores set it.
        missing: How many more the false-alarm rate needs; 0 if there are enough.
        rank: How many of their scores do not lie above the threshold; 0 if they do not set it.
        left_out: Number of good images whose scores do not count, because they are suspicious.
    """

    images: int = 0
    missing: int = 0
    rank: int = 0
    left_out: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there are enough good images for the false-alarm rate."""
        return not self.missing

    @property
    def remark(self) -> str:
        """A sentence for users if there are too few good images; otherwise empty."""
        return "" if self.is_enough else TOO_FEW.format(images=self.images, missing=self.missing)


ENOUGH = Support()  # of a threshold that needs no good images, such as one set by hand


@dataclass(frozen=True)
class Threshold:
    """A threshold for a false-alarm rate.

    Attributes:
        value: Scores above it count as defect.
        support: The good images behind it; if they are too few for the rate, the value is the highest score of a good image plus a
            margin, and the resulting rate is unknown.
    """

    value: float
    support: Support = ENOUGH

    @property
    def supported(self) -> bool:
        """Whether there are enough good images for the false-alarm rate."""
        return self.support.is_enough


def check_rate(rate: float) -> None:
    """Checks a false-alarm rate.

    Raises:
        ConfigError: It is not between 0 and 1, or lower than one in a million.
    """
    if not LEAST_RATE <= rate < 1:
        raise ConfigError(
            "The false-alarm rate must be a number between 0 and 1, as in 0.05; the lowest is one in a million."
        )


def images_needed(rate: float) -> int:
    """Returns how many good images a false-alarm rate in (0, 1) needs at least: 19 for 5 %, 99 for 1 %."""
    return math.ceil(1 / rate - 1 - 1e-9)


def conformal_threshold(good: Sequence[float], rate: float, left_out: int = 0) -> Threshold:
    """Returns the threshold that a new good image exceeds with at most the wanted probability (split conformal prediction).

    The threshold is the score of rank k = ⌈(n+1)(1−rate)⌉ among n good images; it needs n ≥ 1/rate − 1 of them: 19 for 5 %, 99 for 1 %.

    Args:
        good: Scores of good images that the model has not seen, or that stand for such, see `as_unseen`; at least one.
        rate: Wanted false-alarm rate, in (0, 1).
        left_out: Number of good images whose scores are not among these.
    """
    ordered = sorted(good)
    count = len(ordered)
    missing = max(images_needed(rate) - count, 0)
    rank = count if missing else min(max(math.ceil((count + 1) * (1 - rate) - 1e-9), 1), count)
    support = Support(count, missing, rank, left_out)
    if support.is_enough:
        return Threshold(float(ordered[rank - 1]), support)
    spread = ordered[-1] - float(np.median(ordered))
    return Threshold(float(ordered[-1] + max(MARGIN * ordered[-1], 0.5 * spread)), support)


def as_unseen(trained_on: Sequence[float], held_out: Sequence[float]) -> list[float]:
    """Returns scores of images that a model was trained on as they would be had it not seen them.

    A network errs less on its own training images. All their scores are raised by one factor, by which the mean logarithm of the held-out
    scores is higher, and by half a standard error of that mean, so that thresholds from all scores together keep the promised false-alarm
    rate; scores that are not lower stay.

    Args:
        trained_on: Scores of images of the training, at least one, ≥ 0.
        held_out: Scores of good images that the model has not seen, at least one, ≥ 0.
    """
    ours, theirs = (np.log(np.asarray(scores, float) + TINY) for scores in (trained_on, held_out))
    squares = sum(((logs - logs.mean()) ** 2).sum() for logs in (ours, theirs))
    deviation = math.sqrt(squares / max(len(ours) + len(theirs) - 2, 1))
    gap = theirs.mean() - ours.mean() + 0.5 * deviation / math.sqrt(len(theirs))
    return [float(score) for score in np.asarray(trained_on) * math.exp(max(gap, 0.0))]


def as_shifted(known: Sequence[float], further: Sequence[float]) -> list[float]:
    """Returns scores of good images as they would be under the conditions of further ones, such as a new light.

    All are raised by one factor, by which the median of the further scores is higher, and by a quarter of a standard error of that median, so
    that thresholds from all scores together keep the promised false-alarm rate; scores that are not lower stay. Medians, because in a new
    light a picture now and then gets another pose, and a score many times as high. The lowest score stays in any case: an image under the
    conditions before is not odd from then on, see `GoodScores.floor`.

    Args:
        known: Scores of good images under the conditions before, at least one, ≥ 0.
        further: Scores of good images under the present conditions, at least one, ≥ 0.
    """
    before, now = (np.log(np.asarray(scores, float) + TINY) for scores in (known, further))
    distances = np.concatenate([np.abs(logs - np.median(logs)) for logs in (before, now)])
    deviation = MAD_TO_DEVIATION * float(np.median(distances))
    gap = float(np.median(now) - np.median(before)) + 0.25 * MEDIAN_ERROR * deviation / math.sqrt(len(now))
    shifted = np.asarray(known, float) * math.exp(max(gap, 0.0))
    lowest = int(np.argmin(shifted))
    shifted[lowest] = known[lowest]
    return [float(score) for score in shifted]


@dataclass(frozen=True)
class GoodScores:
    """Scores of good images, from which all thresholds are derived.

    The first are of images that were held out of the training. Those of the training's images may follow, see `as_unseen`.

    Attributes:
        images: Image scores.
        peaks: Highest value of each map by map name (`combined`, `pixels`, `layer1`…), in the order of `images`.
        left_out: Number of good images whose scores are not among these, because they are suspicious.
    """

    images: tuple[float, ...]
    peaks: dict[str, tuple[float, ...]]
    left_out: int = 0

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> GoodScores:
        """Builds the scores from JSON."""
        peaks = {name: tuple(values) for name, values in record["peaks"].items()}
        return cls(tuple(record["images"]), peaks, record.get("left_out", 0))

    @classmethod
    def concatenated(cls, parts: Sequence[GoodScores]) -> GoodScores:
        """Returns the scores of several sets of images, one after another."""
        names = parts[0].peaks
        peaks = {name: tuple(value for part in parts for value in part.peaks[name]) for name in names}
        return cls(tuple(value for part in parts for value in part.images), peaks)

    def joined_by(
        self, others: GoodScores, moved: Callable[[Sequence[float], Sequence[float]], list[float]] = as_unseen
    ) -> GoodScores:
        """Returns these scores, followed by those of other good images as they would be, had these been seen alike.

        Args:
            others: By default the scores of the training's images, beside these of held-out ones.
            moved: Returns the others' scores, from them and these: `as_unseen`, or `as_shifted`.
        """
        peaks = {name: (*values, *moved(others.peaks[name], values)) for name, values in self.peaks.items()}
        images = (*self.images, *moved(others.images, self.images))
        return GoodScores(images, peaks, self.left_out + others.left_out)

    def floor(self) -> float:
        """Returns the image score below which an image is odd: no defect lowers it so far, but an empty or blurred image does.

        It is lower than the lowest score of a good image by a factor of two, or by more where good scores differ much.
        """
        if len(self.images) < LEAST_FOR_FLOOR:
            return 0.0
        logs = np.log(np.asarray(self.images) + TINY)
        deviation = float(np.median(np.abs(logs - np.median(logs)))) * MAD_TO_DEVIATION
        return float(np.exp(logs.min() - max(math.log(2), 3 * deviation)))

    def highest(self, name: str) -> float:
        """Returns the highest value of a map on all good images; infinity where they are too few to show how high it may be, or have none."""
        peaks = self.peaks.get(name, ())
        return max(peaks) if len(peaks) >= LEAST_FOR_FLOOR else math.inf

    def threshold(self, rate: float, name: str | None = None) -> Threshold:
        """Returns the threshold of the image score or of a map; see `conformal_threshold`.

        Args:
            rate: Wanted false-alarm rate, in (0, 1).
            name: Name of the map; None for the image score.
        """
        return conformal_threshold(self.images if name is None else self.peaks[name], rate, self.left_out)
