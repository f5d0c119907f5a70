"""Calibration on good images: the scale of each error map, and the scores that set the thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from favae_demo.config.term_names import MEMORY
from favae_demo.scoring.likeness import PropertyRange
from favae_demo.scoring.score_maps import TOP_SHARE, combine, image_score
from favae_demo.scoring.suspects import Suspect
from favae_demo.scoring.thresholds import GoodScores

if TYPE_CHECKING:  # cards are read when the page is built, which must not wait for torch
    from torch import Tensor

TINY = 1e-12
TENSORS = ("whitening", "memory", "reference")  # fields of `Calibration` that its JSON leaves out

# Kind of score → divisor of each term, from the maps N×T×h×w of held-out good images.
SCALES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sum": lambda maps: np.ones(maps.shape[1]),
    "channels": lambda maps: np.ones(maps.shape[1]),
    "scaled": lambda maps: maps.mean((0, 2, 3)),
    "whitened": lambda maps: np.ones(
        maps.shape[1]
    ),  # whitened residuals have a mean square of 1 on good parts
}


@dataclass(frozen=True)
class Calibration:
    """Scales of the error maps and scores of good images; stored in the model's checkpoint.

    Attributes:
        scales: Divisor of each term's map, by `SCALES`.
        score: Kind of image score, `max` or `top`.
        plain: Scores with the whole image counted.
        masked: Scores with the background masked out.
        channels: Divisor of each channel's squared residual, by term; empty unless the score is by `channels`.
        weights: Weight of a term in the combined map; 1 where it is not named.
        share: Share of a map's pixels that count for the image score `top`.
        geometric: Whether the combined map is the terms' geometric mean, see `score_maps.combine`.
        whitening: Matrix C×C by term that makes residuals of good images uncorrelated; empty unless the score is `whitened`.
        memory: Tensors of `model.memory.FeatureMemory`; empty if the model has none.
        reference: Mean image of the training's parts, by which images are registered; None if they are not.
        exponents: Exponent of each map's score in the image score, by map, see `image_score`; empty for the combined map's score alone.
        usual: Score of a usual good image by map, see `image_score`; empty where the scores are multiplied, as in older models.
        ranges: Ranges of the properties of all good images, see `likeness.fit_ranges`; empty for older models, which do not compare.
        ranges_from: Name of the model that the ranges were taken from, see `checkpoints.known_ranges`; empty for own ones.
        suspects: Suspicious images among the good ones.
        grey: Whether images are judged without their colours: those learned from have none, and a new light brings some.
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
    usual: dict[str, float] = field(default_factory=dict)
    ranges: dict[str, PropertyRange] = field(default_factory=dict)
    ranges_from: str = ""
    suspects: tuple[Suspect, ...] = ()
    grey: bool = False

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
        """Returns the image-level score from the scores of some maps.

        They are multiplied, each to the power of its exponent; or, where `usual` is known, each is divided by what is usual and taken to
        the power of its exponent, and their sum to the power of one by the mean exponent: about the largest of them decides.

        Args:
            maps: h×w by name; at least `combined` and those in `exponents`.
        """
        exponents = self.exponents or {"combined": 1.0}
        scores = {name: image_score(maps[name], self.score, self.share) for name in exponents}
        if self.usual:
            powers = [
                exponent * math.log(scores[name] / self.usual[name] + TINY)
                for name, exponent in exponents.items()
            ]
            return math.exp(np.logaddexp.reduce(powers) * len(powers) / sum(exponents.values()))
        product = 1.0
        for name, exponent in exponents.items():
            product *= scores[name] ** exponent
        return product

    def far_share(self, maps: Mapping[str, np.ndarray]) -> float:
        """Returns the share of an image that is further from the memory than every place of every good image; 0 without a memory.

        Args:
            maps: Maps of the image by name, each divided by its scale.
        """
        return float(np.mean(maps[MEMORY] > self.plain.highest(MEMORY))) if MEMORY in maps else 0.0

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
        plain, masked = (GoodScores.from_dict(record[name]) for name in ("plain", "masked"))
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
            usual=dict(record.get("usual", {})),
            ranges={name: PropertyRange(**one) for name, one in record.get("ranges", {}).items()},
            ranges_from=record.get("ranges_from", ""),
            suspects=tuple(Suspect.from_dict(one) for one in record.get("suspects", ())),
            grey=record.get("grey", False),
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
    usual: Mapping[str, float] | None = None,
) -> Calibration:
    """Computes the calibration from the smoothed error maps of held-out good images.

    Args:
        maps: N×T×h×w, one map for each term.
        foregrounds: N×h×w bool, True on the part.
        names: Names of the T terms.
        kind: Key of `SCALES`: how the divisor of each term is computed.
        score: Kind of image score, `max` or `top`.
        share: Share of a map's pixels that count for `top`.
        weights: Weight of a term in the combined map; 1 where it is not named.
        exponents: See `Calibration.exponents`.
        usual: See `Calibration.usual`.
    """
    calibration = Calibration.neutral(names)
    calibration = replace(
        calibration,
        scales=fit_scales(maps, names, kind),
        score=score,
        share=share,
        weights=dict(weights or {}),
        geometric=kind == "whitened",
        exponents=dict(exponents or {}),
        usual=dict(usual or {}),
    )
    whole = np.ones_like(foregrounds)
    return replace(
        calibration,
        plain=good_scores(maps, whole, calibration),
        masked=good_scores(maps, foregrounds, calibration),
    )


def fit_scales(maps: np.ndarray, names: Sequence[str], kind: str) -> dict[str, float]:
    """Returns the divisor of each term's map, by the maps N×T×h×w of held-out good images; the arguments are those of `calibrate`."""
    scales = [max(float(value), 1e-12) for value in SCALES[kind](maps)]
    return dict(zip(names, scales, strict=True))


def good_scores(maps: np.ndarray, foregrounds: np.ndarray, calibration: Calibration) -> GoodScores:
    """Returns the scores of good images by a calibration.

    Args:
        maps: N×T×h×w, one map for each term.
        foregrounds: N×h×w bool, False where nothing counts.
        calibration: Scales, weights and kind of score.
    """
    by_name = {"combined": combine(maps, calibration.factors, geometric=calibration.geometric)}
    by_name |= {name: maps[:, i] / scale for i, (name, scale) in enumerate(calibration.scales.items())}
    seen = {name: values * foregrounds for name, values in by_name.items()}
    count = len(foregrounds)
    images = tuple(
        calibration.image_score({name: values[i] for name, values in seen.items()}) for i in range(count)
    )
    peaks = {name: tuple(float(score_map.max()) for score_map in values) for name, values in seen.items()}
    return GoodScores(images, peaks)
