"""How much the score map and the memory count in the image score, settled without labels on small synthetic defects."""

from collections.abc import Callable

import numpy as np
import torch

from favae_demo.config.term_names import MEMORY
from favae_demo.data.synthetic.cut_paste import cut_paste
from favae_demo.data.synthetic.defects import paint
from favae_demo.data.transforms.alignment import find_part
from favae_demo.detection.calibration.passes import GoodMemory, Network
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.score_maps import combine, image_score

DEFECTS = 60  # images with a synthetic defect
MAD_TO_DEVIATION = 1.4826  # of a normal distribution
LEAST_DEVIATION = 0.02  # of the logarithm of good scores: a few images may have nearly equal scores by chance
HEAD_START = 0.1  # in standard deviations
SHARPNESS = 4  # power of the distance: the better score takes the larger part
DAMAGES: tuple[Callable[[np.ndarray, np.ndarray, int], np.ndarray], ...] = (
    cut_paste,
    lambda image, part, seed: paint(image, "scratch", seed, part),
    cut_paste,
    lambda image, part, seed: paint(image, "blob", seed, part),
)
TINY = 1e-12


def fit_exponents(
    network: Network, known: Calibration, memory: GoodMemory, held_out: np.ndarray, first: int
) -> dict[str, float]:
    """Returns the exponents of the scores of the combined map and of the memory in the image score.

    Both are set by how well they tell held-out good images from copies with a small synthetic defect: d⁴/σ, with d the distance between the
    medians of the logarithm of the score, in standard deviations σ on good images. Where one score fails, the other decides;
    where both do, the combined map, whose d is raised by `HEAD_START`.

    Args:
        network: The network.
        known: The calibration as far as it is known.
        memory: The memory.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
        first: The number of the first of them in `GoodMemory.source`.
    """
    damaged, copied = damaged_copies(held_out, network.affordable(DEFECTS))
    own = torch.arange(first, first + len(held_out))
    good = np.concatenate(list(network.maps(known, held_out, memory, own)))
    bad = np.concatenate(list(network.maps(known, damaged, memory, own[copied], copies=True)))
    weights = []
    for maps_of, head_start in ((_combined(known), HEAD_START), (lambda maps: maps[:, -1], 0.0)):
        before, after = (
            np.log([image_score(one, known.score, known.share) + TINY for one in maps_of(maps)])
            for maps in (good, bad)
        )
        median = np.median(before)
        deviation = MAD_TO_DEVIATION * np.median(np.abs(before - median)) + LEAST_DEVIATION
        distance = max((np.median(after) - median) / deviation, 0.0) + head_start
        weights.append(distance**SHARPNESS / deviation)
    return {name: float(w / sum(weights)) for name, w in zip(("combined", MEMORY), weights, strict=True)}


def damaged_copies(
    images: np.ndarray, count: int = DEFECTS, *, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Returns good images with a synthetic defect, in turn of each kind, and the index of the image that each is a copy of.

    Args:
        images: Good images N×H×W×3 uint8.
        count: Number of copies; at least one of each kind is made.
        seed: Seed of the first copy's defect; the others follow.
    """
    owners = np.arange(max(count, len(DAMAGES))) % len(images)
    damaged = []
    for number, owner in enumerate(owners):
        image, damage = images[owner], DAMAGES[number % len(DAMAGES)]
        damaged.append(damage(image, find_part(image), seed + number))
    return np.stack(damaged), owners


def _combined(known: Calibration) -> Callable[[np.ndarray], np.ndarray]:
    return lambda maps: combine(maps, known.factors, geometric=known.geometric)
