"""`calibrate_model`: the calibration of a trained model."""

from dataclasses import replace

import numpy as np
import torch

from favae_demo.config.term_names import MEMORY
from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import resize
from favae_demo.data.transforms.masking import foreground
from favae_demo.data.transforms.nuisance import changed_copies
from favae_demo.detection.calibration.joining import (
    DEFECTS,
    damaged_copies,
    fit_joining,
    fit_map_weight,
    paint_defects,
)
from favae_demo.detection.calibration.passes import GoodMemory, Network, PassStore
from favae_demo.detection.calibration.statistics import fit_good_memory, fit_whitening, learn
from favae_demo.model.network import MethodNetwork
from favae_demo.scoring.calibration import TENSORS, Calibration, calibrate, fit_scales, good_scores
from favae_demo.scoring.residuals import channel_variances
from favae_demo.scoring.thresholds import GoodScores
from favae_demo.teacher.teacher import Teacher

MOST_SCORED = 500  # images of the training whose scores count for the thresholds


@torch.inference_mode()
def calibrate_model(
    model: MethodNetwork,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
    *,
    trained_on: np.ndarray | None = None,
    reference: np.ndarray | None = None,
    store: PassStore | None = None,
) -> Calibration:
    """Computes the calibration of a trained model on good images.

    Args:
        model: The network.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        held_out: Good images N×H×W×3 uint8 that it was not trained on.
        config: Settings of the training.
        device: Where the network runs.
        trained_on: The training's images N×H×W×3 uint8; None if they are not at hand, and the held-out ones stand for them.
        reference: Mean image of the training's parts, see `registration.fit_reference`; None if images are not registered.
        store: Keeps what this network makes of good images for another calibration of it; None is a new one.
    """
    store = store or PassStore()
    network = Network(model.to(device).eval(), teacher, config, reference, device, store)
    basis = held_out if trained_on is None else trained_on
    known, memory = _fit(network, basis, held_out)
    own = torch.arange(len(basis), len(basis) + len(held_out))
    maps = np.concatenate(list(network.maps(known, held_out, memory, own)))
    calibration = calibrate(
        maps,
        foregrounds(held_out, config),
        list(known.scales),
        config.score,
        config.image_score,
        share=config.top_share,
        weights=known.weights,
        exponents=known.exponents,
        usual=known.usual,
    )
    calibration = replace(
        calibration, channels=known.channels, **{name: getattr(known, name) for name in TENSORS}
    )
    return calibration if trained_on is None else _with_training(network, calibration, memory, trained_on)


def scored_of_training(count: int) -> np.ndarray:
    """Returns the rows of the training's images whose scores count for the thresholds, which follow those of the held-out images."""
    return np.unique(np.linspace(0, count - 1, MOST_SCORED).round().astype(int))


@torch.inference_mode()
def synthetic_auroc(
    model: MethodNetwork,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
    *,
    trained_on: np.ndarray,
    reference: np.ndarray | None = None,
) -> float:
    """Returns how well a model tells good images from synthetic defects: a figure for choosing settings without test images and labels.

    It is the image AUROC of held-out good images and changed copies of them (light, sharpness, noise, compression) against copies with a small
    synthetic defect. The defects are not those by which the calibration joined its scores.

    The arguments are those of `calibrate_model`.
    """
    from sklearn.metrics import roc_auc_score  # takes a second, and no training needs it

    network = Network(model.to(device).eval(), teacher, config, reference, device, PassStore())
    known, memory = _fit(network, trained_on, held_out)
    own = torch.arange(len(trained_on), len(trained_on) + len(held_out))
    damaged, copied = damaged_copies(held_out, network.affordable(DEFECTS), seed=DEFECTS)
    sets = ((held_out, own, False), (changed_copies(held_out), own, True), (damaged, own[copied], True))
    good, changed, bad = (
        np.concatenate(
            [
                good_scores(maps, np.ones_like(maps[:, 0], bool), known).images
                for maps in network.maps(known, images, memory, owners, copies=copies)
            ]
        )
        for images, owners, copies in sets
    )
    labels = np.repeat([0, 1], [len(good) + len(changed), len(bad)])
    return float(roc_auc_score(labels, np.concatenate([good, changed, bad])))


def _fit(network: Network, basis: np.ndarray, held_out: np.ndarray) -> tuple[Calibration, GoodMemory | None]:
    """Returns a calibration with all that is learned from the training's images, but no scores, and the memory if one is wanted."""
    config, known = network.config, network.neutral()
    if config.score == "channels":
        variances = channel_variances([seen.residuals for seen in network.run(held_out, keep=True)])
        divisors = zip(network.terms, variances, strict=True)
        known = replace(known, channels={name: tuple(values.tolist()) for name, values in divisors})
    memory = None
    if config.score == "whitened" or config.memory:
        learned = learn(network, basis)
        if config.score == "whitened":
            known = replace(known, whitening=fit_whitening(network, learned, held_out))
        if config.memory:
            memory = fit_good_memory(network, learned, held_out)
            own_map = float(not network.terms)
            scales, weights = known.scales | {MEMORY: 1.0}, known.weights | {MEMORY: own_map}
            known = replace(known, memory=memory.tensors, scales=scales, weights=weights)
            if network.terms:
                known = _joined(network, known, memory, held_out, len(basis))
    return known, memory


def _joined(
    network: Network, known: Calibration, memory: GoodMemory, held_out: np.ndarray, first: int
) -> Calibration:
    """Returns a calibration that says how error maps and memory count together, see `joining`."""
    own = torch.arange(first, first + len(held_out))
    good = np.concatenate(list(network.maps(known, held_out, memory, own)))
    painted = paint_defects(network, known, memory, held_out, first)
    # A memory draws textures coarsely, whatever synthetic defects say of it.
    if known.geometric and not network.config.centre:
        known = replace(known, weights=known.weights | {MEMORY: fit_map_weight(known, painted)})
    scaled = replace(known, scales=fit_scales(good, list(known.scales), network.config.score))
    exponents, usual = fit_joining(network, scaled, memory, good, painted)
    return replace(known, exponents=exponents, usual=usual)


def _with_training(
    network: Network, calibration: Calibration, memory: GoodMemory | None, images: np.ndarray
) -> Calibration:
    """Returns the calibration with the scores of the training's images beside those of the held-out ones."""
    chosen = scored_of_training(len(images))
    batches: list[tuple[GoodScores, GoodScores]] = []
    start = 0
    for maps in network.maps(calibration, images[chosen], memory, torch.from_numpy(chosen)):
        parts = foregrounds(images[chosen[start : start + len(maps)]], network.config)
        start += len(maps)
        batches.append(
            (good_scores(maps, np.ones_like(parts), calibration), good_scores(maps, parts, calibration))
        )
    plain, masked = (GoodScores.concatenated(one) for one in zip(*batches, strict=True))
    return replace(
        calibration,
        plain=calibration.plain.joined_by(plain),
        masked=calibration.masked.joined_by(masked),
    )


def foregrounds(images: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Returns the foregrounds of images at the size of the maps, N×h×w bool."""
    return np.stack([foreground(resize(image, config.map_shape), config.background) for image in images])
