"""What is learned from the training's images: how residuals vary on good parts, and the memory of good patches."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import torch
from torch import Tensor

from favae_demo.checkpoints.weight_format import pack_memory, unpack
from favae_demo.config.train_config import TrainConfig
from favae_demo.data.transforms.nuisance import changed_copies
from favae_demo.data.transforms.registration import is_texture
from favae_demo.detection.calibration.passes import GoodMemory, Network
from favae_demo.model.memory import CANDIDATES, fit_memory
from favae_demo.scoring.residuals import second_moments, whitening
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE

MOST_CHANGED = 300  # images that are copied, at most
MOST_REMEMBERED = 2000  # images whose patches may enter the memory
ALL_CANDIDATES = 300_000  # of a memory with plain distances, which is chosen from all patches that fit into a machine's memory
CHANGE_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 6.0)  # tried weights of the covariance of the changes
JUDGED, LEAST_JUDGED = (
    60,
    20,
)  # changed copies of held-out images by which that weight is chosen; of large images fewer
SUFFICES = 3.0  # false alarms on changed good images, as a multiple of the nominal rate
MEMORY_CHANGE_WEIGHT, PLAIN_CHANGE_WEIGHT = 0.5, 16.0  # of a whitened memory, and of one with plain distances
# Covariances are shrunk towards their diagonal, the more the fewer images of a part there are: with these weights ÷ images, within bounds.
SHRINKAGE, MEMORY_SHRINKAGE, MOST_SHRINKAGE = 10.0, 20.0, 0.8
LEAST_SHRINKAGE = 0.05


@dataclass(frozen=True)
class Learned:
    """Statistics of the training's images and of their changed copies.

    Attributes:
        images: Number of the training's images.
        texture: Whether they show a texture: then each place is a sample of the same thing, and few images are many samples.
        moments: Second moments of the residuals by term.
        changes: Second moments of the difference between the residuals of a copy and its original; empty if there are no copies.
        patches: Patch features N×P×C of the first `MOST_REMEMBERED` images, in half precision; None if no memory is wanted.
        changed_patches: The same of the copies of the first images.
    """

    images: int
    texture: bool
    moments: list[Tensor]
    changes: list[Tensor]
    patches: Tensor | None
    changed_patches: Tensor | None

    def shrinkage(self, weight: float) -> float:
        """Returns how far a covariance is shrunk; that of a texture as little as for many images of a part."""
        return (
            LEAST_SHRINKAGE
            if self.texture
            else min(max(weight / self.images, LEAST_SHRINKAGE), MOST_SHRINKAGE)
        )


def learn(network: Network, images: np.ndarray) -> Learned:
    """Runs the network once on each training image, and on changed copies of the first ones.

    There are no copies of a texture: defects of a texture look like changes of sharpness or grain, and would be hidden with them.

    Args:
        network: The network.
        images: The training's images, N×H×W×3 uint8.
    """
    texture = not network.config.align and is_texture(images)
    copied = images[:0] if texture or not network.config.nuisance else _first(network, images)
    patches: list[Tensor] = []
    changed_patches: list[Tensor] = []
    remembered = network.affordable(MOST_REMEMBERED)

    def first() -> Iterator[list[Tensor]]:
        for seen in network.run(images, keep=True):
            if network.config.memory and len(patches) * network.batch < remembered:
                patches.append(seen.patches)
            yield seen.residuals

    def differences() -> Iterator[list[Tensor]]:
        changed = _changed(copied, network.config)
        originals = (seen.residuals for seen in network.run(copied, keep=True))
        # Without terms there are no residuals, for which a method's network would run once more.
        for before, after in zip(
            originals if network.terms else repeat([]), network.run(changed), strict=False
        ):
            if network.config.memory:
                changed_patches.append(after.patches)
            yield [new - old for old, new in zip(before, after.residuals, strict=True)]

    moments = second_moments(first())
    changes = second_moments(differences())
    return Learned(
        len(images),
        texture,
        moments,
        changes,
        torch.cat(patches) if patches else None,
        torch.cat(changed_patches) if changed_patches else None,
    )


def fit_whitening(network: Network, learned: Learned, held_out: np.ndarray) -> dict[str, Tensor]:
    """Returns the whitening of the residuals by term, for which changes of light and camera count less.

    The covariance of the changes is added to that of the residuals, with the smallest weight that keeps the rate of false alarms on changed
    held-out images within `SUFFICES` times the nominal one: a larger weight also hides defects.

    Args:
        network: The network.
        learned: From `learn`.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
    """
    shrinkage = learned.shrinkage(SHRINKAGE)
    if not learned.changes:
        return dict(zip(network.terms, whitening(learned.moments, shrinkage), strict=True))
    good = _first(network, held_out)
    repeats = math.ceil(max(LEAST_JUDGED, network.affordable(JUDGED)) / len(good))
    copies = np.concatenate([_changed(good, network.config, seed=1 + i) for i in range(repeats)])
    pair = [
        [seen.residuals for seen in network.run(images, keep=images is good)] for images in (good, copies)
    ]
    fitted: dict[str, Tensor] = {}
    for weight in CHANGE_WEIGHTS:
        both = [m + weight * change for m, change in zip(learned.moments, learned.changes, strict=True)]
        fitted = dict(zip(network.terms, whitening(both, shrinkage), strict=True))
        scores, changed = (_image_scores(network, fitted, batches) for batches in pair)
        threshold = np.quantile(scores, 1 - DEFAULT_FALSE_ALARM_RATE, method="higher")
        alarms = np.mean(changed > threshold)
        if alarms <= SUFFICES * DEFAULT_FALSE_ALARM_RATE:
            break
    return fitted


def fit_good_memory(network: Network, learned: Learned, held_out: np.ndarray) -> GoodMemory:
    """Fits a memory to all good images, those of the training and the held-out ones.

    Args:
        network: The network.
        learned: From `learn`.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
    """
    assert learned.patches is not None
    images = held_out[: network.affordable(MOST_REMEMBERED)]
    patches = torch.cat([learned.patches, *(seen.patches for seen in network.run(images, keep=True))])
    changed = patches[:0] if learned.changed_patches is None else learned.changed_patches
    tensors, source = fit_memory(
        patches,
        changed,
        network.config.memory,
        change_weight=MEMORY_CHANGE_WEIGHT if network.config.memory_whitened else PLAIN_CHANGE_WEIGHT,
        shrinkage=learned.shrinkage(MEMORY_SHRINKAGE) if network.config.memory_whitened else 0.0,
        seed=network.config.seed,
        whitened=network.config.memory_whitened,
        candidates=CANDIDATES if network.config.memory_whitened else ALL_CANDIDATES,
    )
    # If not all images of the training are remembered, the held-out ones still follow after all of them.
    source = torch.where(
        source < len(learned.patches), source, source + learned.images - len(learned.patches)
    )
    # As they will be read from the model's file, so that the calibration is of what is used later.
    everything = learned.images + len(held_out) == len(patches)
    return GoodMemory(unpack(pack_memory(tensors)), source, patches if everything else None)


def _first(network: Network, images: np.ndarray) -> np.ndarray:
    """Returns as many images as are copied."""
    return images[: network.affordable(MOST_CHANGED)]


def _changed(images: np.ndarray, config: TrainConfig, seed: int = 0) -> np.ndarray:
    """Returns changed copies of images, none if the settings want none."""
    return changed_copies(images, strength=config.nuisance, seed=seed) if config.nuisance else images[:0]


def _image_scores(network: Network, fitted: dict[str, Tensor], batches: list[list[Tensor]]) -> np.ndarray:
    """Returns the scores of images by the combined map alone, from their residuals by batch and term."""
    calibration = replace(network.neutral(), whitening=fitted)
    graph = network.graph(calibration)
    maps = (graph.maps(residuals)[1][:, 0].cpu().numpy() for residuals in batches)
    return np.array([calibration.image_score({"combined": one}) for batch in maps for one in batch])
