"""How the score map and the memory count together in the image score; and copies of good images with a small synthetic defect."""

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
# Standard deviation of the logarithm of good images' scores, as usual of eleven kinds of part, and as how many further images it counts.
# A few held-out images vary less by the map than images to come.
USUAL_DEVIATIONS = {"combined": (0.17, 20), MEMORY: (0.08, 5)}
DAMAGES: tuple[Callable[[np.ndarray, np.ndarray, int], np.ndarray], ...] = (
    cut_paste,
    lambda image, part, seed: paint(image, "scratch", seed, part),
    cut_paste,
    lambda image, part, seed: paint(image, "blob", seed, part),
)
TINY = 1e-12


def fit_joining(
    network: Network, known: Calibration, memory: GoodMemory, held_out: np.ndarray, first: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the exponents and the usual scores by which the combined map and the memory are joined, see `Calibration.image_score`.

    Each counts by how far it is from what it usually is on good images, in standard deviations of its logarithm: it is enough that one
    of the two is far. No defect is needed for that, real or painted.

    Args:
        network: The network.
        known: The calibration as far as it is known.
        memory: The memory.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
        first: The number of the first of them in `GoodMemory.source`.
    """
    own = torch.arange(first, first + len(held_out))
    maps = np.concatenate(list(network.maps(known, held_out, memory, own)))
    by_name = {
        "combined": combine(maps, known.factors, geometric=known.geometric),
        MEMORY: maps[:, -1],
    }
    exponents, usual = {}, {}
    for name, values in by_name.items():
        scores = np.log([image_score(one, known.score, known.share) + TINY for one in values])
        median = np.median(scores)
        usual[name] = float(np.exp(median))
        exponents[name] = 1 / _deviation(scores, float(median), *USUAL_DEVIATIONS[name])
    return exponents, usual


def _deviation(scores: np.ndarray, median: float, usual: float, counts: int) -> float:
    """Returns a robust standard deviation, drawn towards the usual one, which counts as so many further scores."""
    found = MAD_TO_DEVIATION * float(np.median(np.abs(scores - median)))
    return float(np.sqrt((len(scores) * found**2 + counts * usual**2) / (len(scores) + counts)))


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
