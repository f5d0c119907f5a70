"""How error maps and memory count together, in the combined map and in the image score, by copies of good images with a small synthetic defect."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.term_names import MEMORY
from favae_demo.data.io.images import resize_mask
from favae_demo.data.synthetic.cut_paste import cut_paste
from favae_demo.data.synthetic.defects import paint
from favae_demo.data.transforms.alignment import find_part
from favae_demo.detection.calibration.passes import GoodMemory, Network
from favae_demo.model.memory import distances
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.score_maps import combine, image_score
from favae_demo.scoring.thresholds import MAD_TO_DEVIATION

DEFECTS = 60  # images with a synthetic defect
FEW = 20  # held-out images: by the memory, the training's count too where there are no more
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
MAP_WEIGHTS = (
    0.0,
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
)  # of the memory in the combined map, where all error maps together have weight 1
LEAST_GAIN = 0.001  # in pixel AUROC, for which the memory is worth its coarse map
VISIBLE = 8  # grey levels by which a pixel of a synthetic defect differs at least
TINY = 1e-12


@dataclass(frozen=True)
class PaintedDefects:
    """Copies of held-out good images with a synthetic defect, as a network sees them.

    Attributes:
        maps: Their smoothed maps, N×T×h×w; the last is that of the memory.
        masks: Where the defects are, N×h×w bool.
    """

    maps: np.ndarray
    masks: np.ndarray


def paint_defects(
    network: Network, known: Calibration, memory: GoodMemory, held_out: np.ndarray, first: int
) -> PaintedDefects:
    """Returns copies of held-out images with synthetic defects.

    Args:
        network: The network.
        known: The calibration as far as it is known.
        memory: The memory.
        held_out: Good images N×H×W×3 uint8 that the network was not trained on.
        first: The number of the first of them in `GoodMemory.source`.
    """
    damaged, owners = damaged_copies(held_out, network.affordable(DEFECTS))
    own = torch.arange(first, first + len(held_out))[owners]
    maps = np.concatenate(list(network.maps(known, damaged, memory, own, copies=True)))
    changes = np.abs(damaged.astype(np.int16) - held_out[owners]).max(axis=-1) > VISIBLE
    return PaintedDefects(maps, np.stack([resize_mask(change, maps.shape[-2:]) for change in changes]))


def fit_map_weight(known: Calibration, painted: PaintedDefects) -> float:
    """Returns the weight of the memory in the combined map: that by which a synthetic defect stands out best of its own image, as pixel AUROC.

    Error maps point more exactly where the network rebuilds good parts well. Where it does not, as from a few pictures of parts that differ
    much, the memory's coarse map is the better one. Each image counts for itself: a few held-out ones differ more among each other than by
    these weights.

    Args:
        known: The calibration as far as it is known; its combined map must be a geometric mean.
        painted: Images with synthetic defects.
    """
    visible = painted.masks.any(axis=(1, 2)) & ~painted.masks.all(axis=(1, 2))
    if not visible.any():
        return 0.0
    masks, maps = painted.masks[visible], painted.maps[visible]
    whole = sum(known.weight(name) for name in known.scales if name != MEMORY)

    def told_apart(weight: float) -> float:
        weighed = replace(known, weights=known.weights | {MEMORY: weight * whole})
        return float(pixel_aurocs(masks, combine(maps, weighed.factors, geometric=True)).mean())

    found = {weight: told_apart(weight) for weight in MAP_WEIGHTS}
    best = max(MAP_WEIGHTS, key=found.__getitem__)
    return best * whole if found[best] >= found[0.0] + LEAST_GAIN else 0.0


def pixel_aurocs(masks: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Returns the pixel AUROC of each map, by the ranks of its pixels (Mann and Whitney 1947): the same as scikit-learn's in less than half the time.

    Args:
        masks: N×h×w bool, each with pixels of both kinds.
        maps: N×h×w float.
    """
    from scipy.stats import rankdata  # takes a second

    defective = masks.reshape(len(masks), -1)
    ranks = rankdata(maps.reshape(len(maps), -1), axis=1)
    count = defective.sum(axis=1)
    above = (ranks * defective).sum(axis=1) - count * (count + 1) / 2
    return above / (count * (defective.shape[1] - count))


def fit_joining(
    network: Network, known: Calibration, memory: GoodMemory, good: np.ndarray, painted: PaintedDefects
) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the exponents and the usual scores by which the combined map and the memory are joined, see `Calibration.image_score`.

    Each counts by how far it is from what it usually is on good images, in standard deviations of its logarithm: it is enough that one
    of the two is far. The one that is less far on copies of good images with a small synthetic defect counts less, by the square of the ratio.

    Args:
        network: The network.
        known: The calibration as far as it is known, with the scales of its maps.
        memory: The memory.
        good: Maps N×T×h×w of good images that the network was not trained on; the last is that of the memory.
        painted: Copies of these images with synthetic defects.
    """
    usually, bad = _scores(known, good), _scores(known, painted.maps)
    if len(good) < FEW and memory.patches is not None:
        usually[MEMORY] = _memory_scores(network, known, memory, memory.patches)
    usual = {name: float(np.median(scores)) for name, scores in usually.items()}
    deviations = {name: _deviation(usually[name], usual[name], *USUAL_DEVIATIONS[name]) for name in usual}
    apart = {
        name: max(float(np.median(bad[name])) - usual[name], 0.0) / deviations[name] + HEAD_START
        for name in usual
    }
    most = max(apart.values())
    exponents = {name: (apart[name] / most) ** 2 / deviations[name] for name in usual}
    return exponents, {name: float(np.exp(value)) for name, value in usual.items()}


def _scores(known: Calibration, maps: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the logarithms of the scores of images by the combined map and by the memory, from their maps N×T×h×w."""
    combined = combine(maps, known.factors, geometric=known.geometric)
    remembered = maps[:, -1] / known.scales[MEMORY]
    return {name: _logarithms(known, one) for name, one in (("combined", combined), (MEMORY, remembered))}


def _logarithms(known: Calibration, maps: np.ndarray) -> np.ndarray:
    return np.log([image_score(one, known.score, known.share) + TINY for one in maps])


def _memory_scores(network: Network, known: Calibration, memory: GoodMemory, patches: Tensor) -> np.ndarray:
    """Returns the logarithms of the scores of all good images by the memory of the others: it was not trained, so none is known to it."""
    every = torch.arange(len(patches))
    apart = distances(memory.tensors, patches, network.grid, every, memory.source)
    maps = network.graph(known).distance_map(apart.to(network.engine.device))
    return _logarithms(known, maps[:, 0].cpu().numpy() / known.scales[MEMORY])


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
