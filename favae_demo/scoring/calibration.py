"""Calibration on held-out good images: the scale of each error map, and the thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from favae_demo.scoring.score_maps import TOP_SHARE, combine, image_score

if TYPE_CHECKING:  # cards are read when the page is built, which must not wait for torch
    from torch import Tensor

DEFAULT_FALSE_ALARM_RATE = 0.05
TENSORS = ("whitening", "memory", "reference")  # fields of `Calibration` that its JSON leaves out
MARGIN = 0.1  # share of the highest good score that is added to it if there are too few images for the rate

# Kind of score → divisor of each term, from the maps N×T×S×S of held-out good images.
SCALES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sum": lambda maps: np.ones(maps.shape[1]),
    "channels": lambda maps: np.ones(maps.shape[1]),
    "scaled": lambda maps: maps.mean((0, 2, 3)),
    "whitened": lambda maps: np.ones(
        maps.shape[1]
    ),  # whitened residuals have a mean square of 1 on good parts
}


@dataclass(frozen=True)
class Threshold:
    """A threshold for a false-alarm rate.

    Attributes:
        value: Scores above it count as defect.
        supported: Whether there are enough held-out images for this rate; if not, the value is the highest score of a good image plus
            a margin, and the resulting rate is unknown.
    """

    value: float
    supported: bool


def conformal_threshold(good: Sequence[float], rate: float) -> Threshold:
    """Returns the threshold that a new good image exceeds with at most the wanted probability (split conformal prediction).

    The threshold is the score of rank k among the held-out good images. The rank is k = ⌈(n+1)(1−rate)⌉ among n held-out good values; it needs n ≥ 1/rate − 1 images.

    Args:
        good: Scores of held-out good images, at least one.
        rate: Wanted false-alarm rate, in (0, 1).
    """
    ordered = sorted(good)
    rank = math.ceil((len(ordered) + 1) * (1 - rate) - 1e-9)
    if rank <= len(ordered):
        return Threshold(float(ordered[max(rank, 1) - 1]), True)
    spread = ordered[-1] - float(np.median(ordered))
    return Threshold(float(ordered[-1] + max(MARGIN * ordered[-1], 0.5 * spread)), False)


@dataclass(frozen=True)
class GoodScores:
    """Scores of the held-out good images, from which all thresholds are derived.

    Attributes:
        images: Image scores.
        peaks: Highest value of each map by map name (`combined`, `pixels`, `layer1`…), in the order of `images`.
    """

    images: tuple[float, ...]
    peaks: dict[str, tuple[float, ...]]

    def threshold(self, rate: float, name: str | None = None) -> Threshold:
        """Returns the threshold of the image score or of a map; see `conformal_threshold`.

        Args:
            rate: Wanted false-alarm rate, in (0, 1).
            name: Name of the map; None for the image score.
        """
        return conformal_threshold(self.images if name is None else self.peaks[name], rate)


@dataclass(frozen=True)
class Calibration:
    """Scales of the error maps and scores of held-out good images; stored in the model's checkpoint.

    Attributes:
        scales: Divisor of each term's map, by `SCALES`.
        score: Kind of image score, `max` or `top`.
        plain: Good scores with the whole image counted.
        masked: Good scores with the background masked out.
        channels: Divisor of each channel's squared residual, by term; empty unless the score is by `channels`.
        weights: Weight of a term in the combined map; 1 where it is not named.
        share: Share of a map's pixels that count for the image score `top`.
        geometric: Whether the combined map is the terms' geometric mean, see `score_maps.combine`.
        whitening: Matrix C×C by term that makes residuals of good images uncorrelated; empty unless the score is `whitened`.
        memory: Tensors of `model.memory.FeatureMemory`; empty if the model has none.
        reference: Mean image of the training's parts, by which images are registered; None if they are not.
        exponents: Exponent of each map's score in the image score, by map, see `image_score`; empty for the combined map's score alone.
    """

    scales: dict[str, float]
    score: str
    plain: GoodScores
    masked: GoodScores
    channels: dict[str, tuple[float, ...]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    share: float = TOP_SHARE
    geometric: bool = False
    whitening: dict[str, Tensor] = field(default_factory=dict)
    memory: dict[str, Tensor] = field(default_factory=dict)
    reference: np.ndarray | None = field(default=None, compare=False)
    exponents: dict[str, float] = field(default_factory=dict)

    @classmethod
    def neutral(cls, names: Sequence[str]) -> Calibration:
        """Returns a calibration without any images, with scale and weight 1 for each term."""
        nothing = GoodScores((), {})
        return cls(dict.fromkeys(names, 1.0), "max", nothing, nothing)

    def weight(self, name: str) -> float:
        """Returns the weight of a term in the combined map."""
        return self.weights.get(name, 1.0)

    @property
    def factors(self) -> list[float]:
        """Factor of each term in the combined map, in the order of `scales`; see `score_maps.combine`."""
        factors = [self.weight(name) / scale for name, scale in self.scales.items()]
        return [value / sum(factors) for value in factors] if self.geometric else factors

    @property
    def is_finite(self) -> bool:
        """Whether all scales and scores are finite."""
        values = [value for part in (self.plain, self.masked) for value in part.images]
        values += [
            value for part in (self.plain, self.masked) for peaks in part.peaks.values() for value in peaks
        ]
        return bool(np.isfinite([*self.scales.values(), *values]).all())

    def image_score(self, maps: Mapping[str, np.ndarray]) -> float:
        """Returns the image-level score: the product of the scores of some maps, each to the power of its exponent.

        Args:
            maps: S×S by name; at least `combined` and those in `exponents`.
        """
        score = 1.0
        for name, exponent in (self.exponents or {"combined": 1.0}).items():
            score *= image_score(maps[name], self.score, self.share) ** exponent
        return score

    def good(self, masked: bool) -> GoodScores:
        """Returns the scores of the held-out good images with or without the background mask."""
        return self.masked if masked else self.plain

    def to_dict(self) -> dict[str, Any]:
        """Returns a mapping for JSON; without `TENSORS`, which a checkpoint stores beside it."""
        record = asdict(replace(self, whitening={}, memory={}, reference=None))
        return {name: value for name, value in record.items() if name not in TENSORS}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Calibration:
        """Builds a calibration from the result of `to_dict`."""
        plain, masked = (
            GoodScores(tuple(part["images"]), {name: tuple(values) for name, values in part["peaks"].items()})
            for part in (record["plain"], record["masked"])
        )
        channels = {name: tuple(values) for name, values in record.get("channels", {}).items()}
        return cls(
            dict(record["scales"]),
            record["score"],
            plain,
            masked,
            channels,
            dict(record.get("weights", {})),
            record.get("share", TOP_SHARE),
            record.get("geometric", False),
            exponents=dict(record.get("exponents", {})),
        )


def calibrate(
    maps: np.ndarray,
    foregrounds: np.ndarray,
    names: Sequence[str],
    kind: str,
    score: str = "max",
    *,
    share: float = TOP_SHARE,
    weights: Mapping[str, float] | None = None,
    exponents: Mapping[str, float] | None = None,
) -> Calibration:
    """Computes the calibration from the smoothed error maps of held-out good images.

    Args:
        maps: N×T×S×S, one map for each term.
        foregrounds: N×S×S bool, True on the part.
        names: Names of the T terms.
        kind: Key of `SCALES`: how the divisor of each term is computed.
        score: Kind of image score, `max` or `top`.
        share: Share of a map's pixels that count for `top`.
        weights: Weight of a term in the combined map; 1 where it is not named.
        exponents: See `Calibration.exponents`.
    """
    scales = [max(float(value), 1e-12) for value in SCALES[kind](maps)]
    calibration = Calibration.neutral(names)
    calibration = replace(
        calibration,
        scales=dict(zip(names, scales, strict=True)),
        score=score,
        share=share,
        weights=dict(weights or {}),
        geometric=kind == "whitened",
        exponents=dict(exponents or {}),
    )
    all_maps = {"combined": combine(maps, calibration.factors, geometric=calibration.geometric)}
    all_maps |= {name: maps[:, i] / scales[i] for i, name in enumerate(names)}
    whole = np.ones_like(foregrounds)
    return replace(
        calibration,
        plain=_good_scores(all_maps, whole, calibration),
        masked=_good_scores(all_maps, foregrounds, calibration),
    )


def _good_scores(
    maps: dict[str, np.ndarray], foregrounds: np.ndarray, calibration: Calibration
) -> GoodScores:
    seen = {name: values * foregrounds for name, values in maps.items()}
    count = len(foregrounds)
    images = tuple(
        calibration.image_score({name: values[i] for name, values in seen.items()}) for i in range(count)
    )
    peaks = {name: tuple(float(score_map.max()) for score_map in values) for name, values in seen.items()}
    return GoodScores(images, peaks)
