"""How the score map and the memory count together in the image score; and copies of good images with a small synthetic defect."""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.term_names import MEMORY
from favae_demo.data.synthetic.cut_paste import cut_paste
from favae_demo.data.synthetic.defects import paint
from favae_demo.data.transforms.alignment import find_part
from favae_demo.detection.calibration.passes import GoodMemory, Network
from favae_demo.model.memory import distances
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.score_maps import combine, image_score

DEFECTS = 60  # images with a synthetic defect
FEW = 20  # held-out images: by the memory, the training's count too where there are no more
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
HEAD_START = 0.1  # in deviations, so that neither is left out for nothing
TINY = 1e-12


def fit_joining(
    network: Network, known: Calibration, memory: GoodMemory, held_out: np.ndarray, first: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the exponents and the usual scores by which the combined map and the memory are joined, see `Calibration.image_score`.

    Each counts by how far it is from what it usually is on good images, in standard deviations of its logarithm: it is enough that one
    of the two is far. The one that is less far on copies of good images with a small synthetic defect counts less, by the square of the ratio.

    Args:
        network: The network.
        known: The calibration as far as it is known.
        memory: The memory.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
        first: The number of the first of them in `GoodMemory.source`.
    """
    own = torch.arange(first, first + len(held_out))
    damaged, copied = damaged_copies(held_out, network.affordable(DEFECTS))
    good = _scores(known, network.maps(known, held_out, memory, own))
    bad = _scores(known, network.maps(known, damaged, memory, own[copied], copies=True))
    if len(held_out) < FEW and memory.patches is not None:
        good[MEMORY] = _memory_scores(network, known, memory, memory.patches)
    usual = {name: float(np.median(scores)) for name, scores in good.items()}
    deviations = {name: _deviation(good[name], usual[name], *USUAL_DEVIATIONS[name]) for name in usual}
    apart = {
        name: max(float(np.median(bad[name])) - usual[name], 0.0) / deviations[name] + HEAD_START
        for name in usual
    }
    most = max(apart.values())
    exponents = {name: (apart[name] / most) ** 2 / deviations[name] for name in usual}
    return exponents, {name: float(np.exp(value)) for name, value in usual.items()}


def _scores(known: Calibration, batches: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the logarithms of the scores of images by the combined map and by the memory, from their maps N×T×h×w by batch."""
    maps = np.concatenate(list(batches))
    combined = combine(maps, known.factors, geometric=known.geometric)
    return {name: _logarithms(known, one) for name, one in (("combined", combined), (MEMORY, maps[:, -1]))}


def _logarithms(known: Calibration, maps: np.ndarray) -> np.ndarray:
    return np.log([image_score(one, known.score, known.share) + TINY for one in maps])


def _memory_scores(network: Network, known: Calibration, memory: GoodMemory, patches: Tensor) -> np.ndarray:
    """Returns the logarithms of the scores of all good images by the memory of the others: it was not trained, so none is known to it."""
    every = torch.arange(len(patches))
    apart = distances(memory.tensors, patches, network.grid, every, memory.source)
    maps = network.graph(known).distance_map(apart.to(network.engine.device))
    return _logarithms(known, maps[:, 0].cpu().numpy())


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
