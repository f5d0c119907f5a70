"""Suspicious images among the good ones: those that stand far out, robustly, so that several together do not hide one another."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from favae_demo.scoring.thresholds import MAD_TO_DEVIATION

LEAST_DEVIATION = 0.02  # of the logarithm of scores: nearly equal ones have no outliers
LEAST_IMAGES = 10  # fewer do not show what is usual
FEW = 4  # of so many images the spread is taken as twice what is measured, of more as little more
USUAL = 2.5  # robust deviations up to which an image counts for what is usual
CONTAMINATED = 0.125  # of the images: so many do not stand out by chance
MOST_LEFT_OUT = 0.3  # of the images: more are no exception
CERTAIN = 4.0  # robust deviations above which an image is named, however many there are
MOST_NAMED = 0.075  # of the images: of those that stand out less, no more are worth a look
FEW_NAMED = 4  # so many always are


@dataclass(frozen=True)
class Criterion:
    """How far an image must stand out.

    Attributes:
        reason: What is said of a suspicious image, a phrase that may hold `{other}`.
        named: Robust deviations above the median from which it is named.
        left_out: Robust deviations from which it does not count for the limit.
        trimmed: Whether what is usual is measured again without the outliers.
    """

    reason: str
    named: float = 0.0
    left_out: float = 0.0
    trimmed: bool = False


HIGH_SCORE = "its score stands above those of the others"
MANY = 100  # scores
# Measured by tests/evaluation/measure_suspects.py, see docs/benchmarks.md.
CRITERIA = {
    "patches": Criterion("it shows something that few other good pictures show", 2.5, 6.0, trimmed=True),
    "score": Criterion(HIGH_SCORE, 4.0, 8.0),  # few scores do not show how far the highest usual one lies
    "score of many": Criterion(HIGH_SCORE, 2.5, 4.0, trimmed=True),
    "copy": Criterion("it is a copy of {other}"),
}
INDEPENDENT = {CRITERIA[kind].reason for kind in ("patches", "score")}


@dataclass(frozen=True)
class Suspect:
    """A suspicious image among the good ones.

    Attributes:
        name: Its name among the training images, see `Sample.name`.
        reasons: Why it is suspicious, a phrase or sentence each.
        distance: How far it stands out, in robust deviations; 0 for one that does not stand out by a score.
        left_out: Whether it does not count for the limit.
    """

    name: str
    reasons: tuple[str, ...]
    distance: float = 0.0
    left_out: bool = False

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Suspect":
        """Builds a suspect from JSON."""
        return cls(record["name"], tuple(record["reasons"]), record["distance"], record["left_out"])


def deviations(scores: Sequence[float] | np.ndarray, *, trimmed: bool = False) -> np.ndarray:
    """Returns how far scores stand above the median of their logarithm, in robust standard deviations; 0 for all of too few.

    Median and median absolute deviation hardly move where less than a third of the images are outliers.

    Args:
        scores: Scores of good images, ≥ 0.
        trimmed: Whether both are taken again without what lies above `USUAL`, as often as that changes anything.
    """
    if len(scores) < LEAST_IMAGES:
        return np.zeros(len(scores))
    logs = np.log(np.asarray(scores, float) + 1e-12)
    usual, few = np.ones(len(logs), bool), 1 + FEW / len(logs)
    while True:
        centre = np.median(logs[usual])
        spread = max(MAD_TO_DEVIATION * float(np.median(np.abs(logs[usual] - centre))), LEAST_DEVIATION)
        apart = (logs - centre) / (few * spread)
        fewer = usual & (apart <= USUAL)
        if not trimmed or fewer.sum() == usual.sum() or fewer.mean() < 1 - MOST_LEFT_OUT:
            return apart
        usual = fewer


def suspects_by(kind: str, names: Sequence[str], scores: Sequence[float] | np.ndarray) -> list[Suspect]:
    """Returns the images whose scores stand out; where many do so for certain, it is no chance, and none of them counts for the limit.

    Args:
        kind: Key of `CRITERIA`.
        names: Names of the images.
        scores: Their scores, ≥ 0.
    """
    criterion = CRITERIA[kind]
    suspects = [
        Suspect(name, (criterion.reason,), round(float(apart), 1), bool(apart > criterion.left_out))
        for name, apart in zip(names, deviations(scores, trimmed=criterion.trimmed), strict=True)
        if apart > criterion.named
    ]
    contaminated = sum(one.distance > CERTAIN for one in suspects) > CONTAMINATED * len(names)
    return [replace(one, left_out=one.left_out or contaminated) for one in suspects]


def merged(suspects: Iterable[Suspect]) -> tuple[Suspect, ...]:
    """Returns one suspect for each name, with all reasons, those that stand out most first.

    One that stands out by its patches and by its score, which know nothing of each other, is left out.
    """
    known: dict[str, Suspect] = {}
    for one in suspects:
        other = known.get(one.name, replace(one, reasons=()))
        reasons = tuple(dict.fromkeys(other.reasons + one.reasons))
        left_out = other.left_out or one.left_out or set(reasons) >= INDEPENDENT
        known[one.name] = Suspect(one.name, reasons, max(other.distance, one.distance), left_out)
    return tuple(sorted(known.values(), key=lambda one: (-one.left_out, -one.distance, one.name)))


def worth_a_look(suspects: Sequence[Suspect], images: int) -> tuple[Suspect, ...]:
    """Returns the suspects without the last of those that stand out a little only, where there are many.

    Args:
        suspects: As from `merged`.
        images: Number of good images in all.
    """
    most = max(math.ceil(MOST_NAMED * images), FEW_NAMED)
    return tuple(
        one
        for place, one in enumerate(suspects)
        if place < most or one.left_out or one.distance > CERTAIN or not one.distance
    )


def kept_in(suspects: Sequence[Suspect], images: int) -> tuple[Suspect, ...]:
    """Returns the suspects, of which no more are left out than `MOST_LEFT_OUT` of the images allows: those that stand out most.

    Args:
        suspects: As from `merged`.
        images: Number of good images in all.
    """
    most = int(MOST_LEFT_OUT * images)
    aside = [one.name for one in suspects if one.left_out][:most]
    return tuple(replace(one, left_out=one.name in aside) for one in suspects)
