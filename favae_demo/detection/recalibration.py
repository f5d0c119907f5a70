"""Recalibration: thresholds, memory and whitening of a trained model are adapted to further good images; its network stays as it is.

What was learned from the training's images is read from the model itself, so they need not be at hand. Each further image is scored
with what was learned from the others (cross-fitting), as a picture of tomorrow will be.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from favae_demo.checkpoints.checkpoint import Checkpoint
from favae_demo.checkpoints.weight_format import pack_memory, unpack
from favae_demo.core.errors import DataError
from favae_demo.data.image_properties import image_properties
from favae_demo.data.transforms.grey import without_colour
from favae_demo.detection.calibration.calibrate import foregrounds
from favae_demo.detection.calibration.passes import GoodMemory, Network, Pass
from favae_demo.model.memory import extend_memory
from favae_demo.scoring.calibration import Calibration, good_scores
from favae_demo.scoring.likeness import brings_colour, join_ranges
from favae_demo.scoring.residuals import channel_variances, second_moments, unwhitened, whitening
from favae_demo.scoring.thresholds import GoodScores, as_shifted
from favae_demo.teacher.teacher import Teacher

FEWEST = 5  # further images, below which a threshold would be a guess
FEWEST_WHITENED = 10  # below, residuals keep their whitening
MOST = 100  # further images that are used, the newest; of large images fewer
FOLDS = 5
SHARE = 0.25  # of the further images in the joined statistics: more fits a few images too closely, and forgets changes that count less


@dataclass(frozen=True)
class GoodImages:
    """Good images that a model is adapted to.

    Attributes:
        images: N×H×W×3 uint8, of the model's shape.
        sizes: Width and height of each as given, in pixels.
    """

    images: np.ndarray
    sizes: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class _Fold:
    """A part of the further images, as the network sees them.

    Attributes:
        numbers: Their numbers.
        passes: What the network makes of them.
        parts: Their foregrounds, N×h×w bool.
        moments: Second moments of the residuals by term; empty if no whitening is adapted.
        variances: Mean squared residual of each channel by term; empty if no channels are weighed.
    """

    numbers: np.ndarray
    passes: list[Pass]
    parts: np.ndarray
    moments: list[Tensor]
    variances: list[Tensor]


@torch.inference_mode()
def recalibrate(
    checkpoint: Checkpoint, teacher: Teacher | None, good: GoodImages, device: torch.device | str = "cpu"
) -> Calibration:
    """Returns the calibration of a model adapted to further good images.

    Args:
        checkpoint: The model as it was trained.
        teacher: From `checkpoint.build_teacher`.
        good: At least `FEWEST` images.
        device: Where the network runs.

    Raises:
        DataError: There are too few images.
    """
    known, config = checkpoint.card.calibration, checkpoint.config
    count = len(good.images)
    if count < FEWEST:
        raise DataError(
            f"{count} picture{'' if count == 1 else 's'} marked good: at least {FEWEST} are needed to recalibrate, 20 or more are better."
        )
    network = Network(checkpoint.build_model().to(device), teacher, config, known.reference, device)
    newest = max(FEWEST, network.affordable(MOST))
    images, sizes = good.images[-newest:], good.sizes[-newest:]
    properties = [image_properties(*one) for one in zip(images, sizes, strict=True)]
    grey = brings_colour(known.ranges, properties)
    images = without_colour(images) if grey else images
    folds = [
        _seen(network, images, np.arange(first, len(images), FOLDS))
        for first in range(min(FOLDS, len(images)))
    ]
    memory = _extended(network, known, folds)
    whole = _adapted(network, known, memory, folds)
    scores = []
    for fold in folds:
        others = [one for one in folds if one is not fold]
        scores.append(
            _scores(network, _adapted(network, known, memory, others), memory, fold, images.shape[1:3])
        )
    plain, masked = (GoodScores.concatenated(part) for part in zip(*scores, strict=True))
    return replace(
        whole,
        plain=plain.joined_by(known.plain, as_shifted),
        masked=masked.joined_by(known.masked, as_shifted),
        ranges=join_ranges(known.ranges, properties),
        grey=grey,
    )


def _seen(network: Network, images: np.ndarray, numbers: np.ndarray) -> _Fold:
    own = images[numbers]
    passes = list(network.run(own))
    residuals = [seen.residuals for seen in passes]
    config = network.config
    return _Fold(
        numbers,
        passes,
        foregrounds(own, config),
        second_moments(residuals) if config.score == "whitened" and len(images) >= FEWEST_WHITENED else [],
        channel_variances(residuals) if config.score == "channels" else [],
    )


def _extended(network: Network, known: Calibration, folds: Sequence[_Fold]) -> GoodMemory | None:
    """Returns the memory with patches of the further images; None if the model has none."""
    if not known.memory:
        return None
    patches = torch.cat([seen.patches for fold in folds for seen in fold.passes])
    numbers = torch.from_numpy(np.concatenate([fold.numbers for fold in folds]))
    tensors, source = extend_memory(known.memory, patches, network.config.memory, seed=network.config.seed)
    source = torch.where(source < 0, source, numbers[source.clamp(min=0)])
    return GoodMemory(unpack(pack_memory(tensors)), source)


def _adapted(
    network: Network, known: Calibration, memory: GoodMemory | None, folds: Sequence[_Fold]
) -> Calibration:
    """Returns the calibration with the statistics of some folds joined to its own; its scores are those it had."""
    changes: dict[str, object] = {}
    if memory:
        changes["memory"] = memory.tensors
    weights = [len(fold.numbers) for fold in folds]
    if folds[0].moments:
        moments = _mean([fold.moments for fold in folds], weights)
        joined = [
            torch.lerp(unwhitened(known.whitening[name]), one, SHARE)
            for name, one in zip(network.terms, moments, strict=True)
        ]
        # The covariance that the model holds is shrunk already.
        changes["whitening"] = dict(zip(network.terms, whitening(joined, shrinkage=0.0), strict=True))
    if folds[0].variances:
        variances = _mean([fold.variances for fold in folds], weights)
        divisors = (
            torch.lerp(torch.tensor(known.channels[name]), one, SHARE)
            for name, one in zip(network.terms, variances, strict=True)
        )
        changes["channels"] = {
            name: tuple(one.tolist()) for name, one in zip(network.terms, divisors, strict=True)
        }
    return replace(known, **changes)  # type: ignore[arg-type]


def _scores(
    network: Network, calibration: Calibration, memory: GoodMemory | None, fold: _Fold, shape: tuple[int, ...]
) -> tuple[GoodScores, GoodScores]:
    """Returns the scores of a fold's images with the whole image counted, and with the background masked out."""
    own = torch.from_numpy(fold.numbers)
    maps = np.concatenate(list(network.maps_of(calibration, fold.passes, shape, memory, own)))
    whole = np.ones_like(fold.parts)
    return good_scores(maps, whole, calibration), good_scores(maps, fold.parts, calibration)


def _mean(statistics: Sequence[Sequence[Tensor]], weights: Sequence[int]) -> list[Tensor]:
    """Returns the weighted mean of statistics by term."""
    total = sum(weights)
    return [
        sum((w / total * one for w, one in zip(weights, terms, strict=True)), torch.tensor(0.0))
        for terms in zip(*statistics, strict=True)
    ]
