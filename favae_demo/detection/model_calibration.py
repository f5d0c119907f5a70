"""Calibration of a trained model: how its errors vary on good images, and how much each score counts.

No test image and no label is used. What must be chosen is chosen on held-out good images, changed copies of them (`transforms.nuisance`),
and copies with a small synthetic defect (`synthetic.cut_paste`).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from favae_demo.checkpoints.weight_format import pack_memory, unpack
from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import resize
from favae_demo.data.synthetic.cut_paste import cut_paste
from favae_demo.data.synthetic.defects import paint
from favae_demo.data.transforms.alignment import find_part
from favae_demo.data.transforms.masking import foreground
from favae_demo.data.transforms.nuisance import changed_copies
from favae_demo.data.transforms.pose import maps_from_pose, to_pose
from favae_demo.data.transforms.registration import is_texture
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph
from favae_demo.detection.inference import BATCH
from favae_demo.model.favae import Favae
from favae_demo.model.memory import distances, fit_memory, patch_features
from favae_demo.model.term_names import MEMORY, term_names
from favae_demo.scoring.calibration import (
    DEFAULT_FALSE_ALARM_RATE,
    TENSORS,
    Calibration,
    calibrate,
)
from favae_demo.scoring.residuals import channel_variances, second_moments, whitening
from favae_demo.scoring.score_maps import combine, image_score
from favae_demo.teacher.teacher import Teacher

MOST_CHANGED = 300  # images that are copied, at most
MOST_REMEMBERED = 2000  # images whose patches may enter the memory
CHANGE_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 6.0)  # tried weights of the covariance of the changes
LEAST_JUDGED = 60  # changed copies of held-out images by which that weight is chosen
SUFFICES = 3.0  # false alarms on changed good images, as a multiple of the nominal rate
MEMORY_CHANGE_WEIGHT = 0.5
DEFECTS = 60  # images with a synthetic defect
MAD_TO_DEVIATION = 1.4826  # of a normal distribution
LEAST_DEVIATION = 0.02  # of the logarithm of good scores: a few images may have nearly equal scores by chance
HEAD_START = 1.0  # in standard deviations
DAMAGES: tuple[Callable[[np.ndarray, np.ndarray, int], np.ndarray], ...] = (
    cut_paste,
    lambda image, part, seed: paint(image, "scratch", seed, part),
    cut_paste,
    lambda image, part, seed: paint(image, "blob", seed, part),
)
TINY = 1e-12


@torch.inference_mode()
def calibrate_model(
    model: Favae,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
    *,
    basis: np.ndarray | None = None,
    reference: np.ndarray | None = None,
) -> Calibration:
    """Computes the calibration of a trained model on held-out good images.

    Args:
        model: The network.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        held_out: Good images N×S×S×3 uint8 that it was not trained on.
        config: Settings of the training.
        device: Where the network runs.
        basis: Good images on which the whitening of the residuals is fitted; None takes the held-out ones.
        reference: Mean image of the training's parts, see `registration.fit_reference`; None if images are not registered.
    """
    network = _Network(model.to(device).eval(), teacher, config, reference, device)
    known = network.neutral()
    basis = held_out if basis is None else basis
    if config.score == "channels":
        variances = channel_variances([seen.residuals for seen in network.look(held_out)])
        divisors = zip(network.terms, variances, strict=True)
        known = replace(known, channels={name: tuple(values.tolist()) for name, values in divisors})
    memory = None
    if config.score == "whitened" or config.memory:
        learned = _learn(network, basis)
        if config.score == "whitened":
            known = replace(known, whitening=_fit_whitening(network, learned, held_out))
        if config.memory:
            memory = _fit_memory(network, learned, held_out)
            scales, weights = known.scales | {MEMORY: 1.0}, known.weights | {MEMORY: 0.0}
            known = replace(known, memory=memory.tensors, scales=scales, weights=weights)
            known = replace(known, exponents=_exponents(network, known, memory, held_out))
    maps = np.concatenate(list(network.maps(known, held_out, memory)))
    parts = np.stack([foreground(resize(image, maps.shape[-1]), config.background) for image in held_out])
    calibration = calibrate(
        maps,
        parts,
        list(known.scales),
        config.score,
        config.image_score,
        share=config.top_share,
        weights=known.weights,
        exponents=known.exponents,
    )
    return replace(calibration, channels=known.channels, **{name: getattr(known, name) for name in TENSORS})


@dataclass(frozen=True)
class _Seen:
    """What the network makes of one batch of images, in the pose of the training."""

    residuals: list[Tensor]
    features: list[Tensor]
    motions: np.ndarray | None


@dataclass(frozen=True)
class _Memory:
    """A memory of patches, the good image that each patch is from, and the number of the first held-out one."""

    tensors: dict[str, Tensor]
    source: Tensor
    first_held_out: int


class _Network:
    """A trained network without a calibration."""

    def __init__(
        self,
        model: Favae,
        teacher: Teacher | None,
        config: TrainConfig,
        reference: np.ndarray | None,
        device: torch.device | str,
    ):
        self.model, self.teacher, self.config, self.reference = model, teacher, config, reference
        self.engine = TorchEngine(Graph(model, teacher, config), device)
        self.terms = term_names(0 if teacher is None else len(teacher.channels))

    def neutral(self) -> Calibration:
        """Returns a calibration that knows the settings, but no image."""
        return replace(
            Calibration.neutral(self.terms),
            score=self.config.image_score,
            share=self.config.top_share,
            weights={"pixels": self.config.pixel_weight},
            geometric=self.config.score == "whitened",
            reference=self.reference,
        )

    def look(self, images: np.ndarray) -> Iterator[_Seen]:
        """Runs the network on images N×S×S×3 uint8, batch by batch."""
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            posed, motions = to_pose(batch, upright=self.config.align, reference=self.reference)
            yield _Seen(*self.engine.residuals(posed), motions)

    def graph(self, calibration: Calibration) -> Graph:
        """Returns the graph that scores with a calibration."""
        return Graph(self.model, self.teacher, self.config, calibration).to(self.engine.device)

    def maps(
        self,
        calibration: Calibration,
        images: np.ndarray,
        memory: _Memory | None,
        owners: Tensor | None = None,
    ) -> Iterator[np.ndarray]:
        """Yields the smoothed error maps of good images or copies of them, N×T×128×128, batch by batch.

        Args:
            calibration: How residuals are weighed.
            images: N×S×S×3 uint8.
            memory: The memory, of which each image's own patches are left out.
            owners: The held-out image that each one is a copy of; None for the held-out images themselves.
        """
        graph, start = self.graph(calibration), 0
        for seen in self.look(images):
            count = len(seen.residuals[0])
            distance = None
            if memory:
                own = torch.arange(start, start + count) if owners is None else owners[start : start + count]
                without = own + memory.first_held_out
                distance = distances(memory.tensors, _patches(seen), without, memory.source)
                distance = distance.to(self.engine.device)
            maps = graph.maps(seen.residuals, distance)[0].cpu().numpy()
            if seen.motions is not None:
                maps_from_pose(maps, seen.motions, images.shape[1], upright=self.config.align)
            yield maps
            start += count


@dataclass(frozen=True)
class _Learned:
    """What is learned from the training images and their changed copies.

    Attributes:
        moments: Second moments of the residuals by term.
        changes: Second moments of the difference between the residuals of a copy and its original; empty if there are no copies.
        patches: Patch features N×P×C, in half precision; None if no memory is wanted.
        changed_patches: The same of the copies of the first images.
    """

    moments: list[Tensor]
    changes: list[Tensor]
    patches: Tensor | None
    changed_patches: Tensor | None


def _learn(network: _Network, images: np.ndarray) -> _Learned:
    """Runs the network once on each training image, and on changed copies of the first ones.

    There are no copies of a texture: defects of a texture look like changes of sharpness or grain, and would be hidden with them.
    """
    texture = not network.config.align and is_texture(images)
    changed = images[:0] if texture else _changed(images[:MOST_CHANGED], network.config)
    originals: list[list[Tensor]] = []
    patches: list[Tensor] = []
    changed_patches: list[Tensor] = []

    def first() -> Iterator[list[Tensor]]:
        for seen in network.look(images):
            if len(originals) * BATCH < len(changed):
                originals.append([part.half() for part in seen.residuals])
            if network.config.memory and len(patches) * BATCH < MOST_REMEMBERED:
                patches.append(_patches(seen))
            yield seen.residuals

    def differences() -> Iterator[list[Tensor]]:
        for before, after in zip(originals, network.look(changed), strict=True):
            if network.config.memory:
                changed_patches.append(_patches(after))
            yield [new - old[: len(new)].float() for old, new in zip(before, after.residuals, strict=True)]

    moments = second_moments(first())
    changes = second_moments(differences())
    return _Learned(
        moments,
        changes,
        torch.cat(patches) if patches else None,
        torch.cat(changed_patches) if changed_patches else None,
    )


def _changed(images: np.ndarray, config: TrainConfig, seed: int = 0) -> np.ndarray:
    """Returns changed copies of images, none if the settings want none."""
    return changed_copies(images, strength=config.nuisance, seed=seed) if config.nuisance else images[:0]


def _patches(seen: _Seen) -> Tensor:
    """Returns the features that a memory compares, N×P×C in half precision."""
    return patch_features(seen.features).flatten(2).transpose(1, 2).half().cpu()


def _fit_whitening(network: _Network, learned: _Learned, held_out: np.ndarray) -> dict[str, Tensor]:
    """Returns the whitening of the residuals by term, for which changes of light and camera count less.

    The covariance of the changes is added to that of the residuals, with the smallest weight that keeps the rate of false alarms on changed
    held-out images within `SUFFICES` times the nominal one: a larger weight also hides defects.
    """
    if not learned.changes:
        return dict(zip(network.terms, whitening(learned.moments), strict=True))
    good = held_out[:MOST_CHANGED]
    repeats = math.ceil(LEAST_JUDGED / len(good))
    copies = np.concatenate([_changed(good, network.config, seed=1 + i) for i in range(repeats)])
    pair = [[seen.residuals for seen in network.look(images)] for images in (good, copies)]
    fitted: dict[str, Tensor] = {}
    for weight in CHANGE_WEIGHTS:
        both = [m + weight * change for m, change in zip(learned.moments, learned.changes, strict=True)]
        fitted = dict(zip(network.terms, whitening(both), strict=True))
        scores, changed = (_image_scores(network, fitted, batches) for batches in pair)
        threshold = np.quantile(scores, 1 - DEFAULT_FALSE_ALARM_RATE, method="higher")
        alarms = np.mean(changed > threshold)
        if alarms <= SUFFICES * DEFAULT_FALSE_ALARM_RATE:
            break
    return fitted


def damaged_copies(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns good images with a synthetic defect, in turn of each kind, and the index of the image that each is a copy of."""
    owners = np.arange(DEFECTS) % len(images)
    damaged = []
    for seed, owner in enumerate(owners):
        image, damage = images[owner], DAMAGES[seed % len(DAMAGES)]
        damaged.append(damage(image, find_part(image), seed))
    return np.stack(damaged), owners


def _image_scores(network: _Network, fitted: dict[str, Tensor], batches: list[list[Tensor]]) -> np.ndarray:
    """Returns the scores of images by the combined map alone, from their residuals by batch and term."""
    calibration = replace(network.neutral(), whitening=fitted)
    graph = network.graph(calibration)
    maps = (graph.maps(residuals)[1][:, 0].cpu().numpy() for residuals in batches)
    return np.array([calibration.image_score({"combined": one}) for batch in maps for one in batch])


def _fit_memory(network: _Network, learned: _Learned, held_out: np.ndarray) -> _Memory:
    """Fits a memory to all good images; in `_Memory.source` the training's come first, then the held-out ones."""
    assert learned.patches is not None
    own = torch.cat([_patches(seen) for seen in network.look(held_out[:MOST_REMEMBERED])])
    patches = torch.cat([learned.patches, own])
    changed = patches[:0] if learned.changed_patches is None else learned.changed_patches
    tensors, source = fit_memory(
        patches,
        changed,
        network.config.memory,
        change_weight=MEMORY_CHANGE_WEIGHT,
        seed=network.config.seed,
    )
    # As they will be read from the model's file, so that the calibration is of what is used later.
    return _Memory(unpack(pack_memory(tensors)), source, len(learned.patches))


def _exponents(
    network: _Network, known: Calibration, memory: _Memory, held_out: np.ndarray
) -> dict[str, float]:
    """Returns how much the scores of the combined map and of the memory count in the image score.

    Both are set by how well they tell held-out good images from copies with a small synthetic defect: d²/σ, with d the distance between the
    medians of the logarithm of the score, in standard deviations σ on good images. Where one score fails, the other decides. The combined
    map's d is raised by `HEAD_START`, so that it decides where neither finds the synthetic defects.
    """
    damaged, owners = damaged_copies(held_out)
    weights = []
    good = np.concatenate(list(network.maps(known, held_out, memory)))
    bad = np.concatenate(list(network.maps(known, damaged, memory, torch.from_numpy(owners))))
    for maps_of, head_start in ((_combined(known), HEAD_START), (lambda maps: maps[:, -1], 0.0)):
        before, after = (
            np.log([image_score(one, known.score, known.share) + TINY for one in maps_of(maps)])
            for maps in (good, bad)
        )
        median = np.median(before)
        deviation = MAD_TO_DEVIATION * np.median(np.abs(before - median)) + LEAST_DEVIATION
        distance = max((np.median(after) - median) / deviation, 0.0) + head_start
        weights.append(distance**2 / deviation)
    return {name: float(w / sum(weights)) for name, w in zip(("combined", MEMORY), weights, strict=True)}


def _combined(known: Calibration) -> Callable[[np.ndarray], np.ndarray]:
    return lambda maps: combine(maps, known.factors, geometric=known.geometric)
