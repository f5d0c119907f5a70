"""`calibrate_model`: the calibration of a trained model."""

from dataclasses import replace

import numpy as np
import torch

from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import resize
from favae_demo.data.transforms.masking import foreground
from favae_demo.detection.calibration.exponents import fit_exponents
from favae_demo.detection.calibration.passes import GoodMemory, Network
from favae_demo.detection.calibration.statistics import fit_good_memory, fit_whitening, learn
from favae_demo.model.favae import Favae
from favae_demo.model.term_names import MEMORY
from favae_demo.scoring.calibration import TENSORS, Calibration, GoodScores, calibrate, good_scores
from favae_demo.scoring.residuals import channel_variances
from favae_demo.teacher.teacher import Teacher

MOST_SCORED = 500  # images of the training whose scores count for the thresholds


@torch.inference_mode()
def calibrate_model(
    model: Favae,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
    *,
    trained_on: np.ndarray | None = None,
    reference: np.ndarray | None = None,
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
    """
    network = Network(model.to(device).eval(), teacher, config, reference, device)
    known = network.neutral()
    basis = held_out if trained_on is None else trained_on
    if config.score == "channels":
        variances = channel_variances([seen.residuals for seen in network.run(held_out)])
        divisors = zip(network.terms, variances, strict=True)
        known = replace(known, channels={name: tuple(values.tolist()) for name, values in divisors})
    memory = None
    if config.score == "whitened" or config.memory:
        learned = learn(network, basis)
        if config.score == "whitened":
            known = replace(known, whitening=fit_whitening(network, learned, held_out))
        if config.memory:
            memory = fit_good_memory(network, learned, held_out)
            scales, weights = known.scales | {MEMORY: 1.0}, known.weights | {MEMORY: 0.0}
            known = replace(known, memory=memory.tensors, scales=scales, weights=weights)
            exponents = fit_exponents(network, known, memory, held_out, len(basis))
            known = replace(known, exponents=exponents)
    own = torch.arange(len(basis), len(basis) + len(held_out))
    maps = np.concatenate(list(network.maps(known, held_out, memory, own)))
    calibration = calibrate(
        maps,
        _parts(held_out, config),
        list(known.scales),
        config.score,
        config.image_score,
        share=config.top_share,
        weights=known.weights,
        exponents=known.exponents,
    )
    calibration = replace(
        calibration, channels=known.channels, **{name: getattr(known, name) for name in TENSORS}
    )
    return calibration if trained_on is None else _with_training(network, calibration, memory, trained_on)


def _with_training(
    network: Network, calibration: Calibration, memory: GoodMemory | None, images: np.ndarray
) -> Calibration:
    """Returns the calibration with the scores of the training's images beside those of the held-out ones."""
    chosen = np.unique(np.linspace(0, len(images) - 1, MOST_SCORED).round().astype(int))
    batches: list[tuple[GoodScores, GoodScores]] = []
    start = 0
    for maps in network.maps(calibration, images[chosen], memory, torch.from_numpy(chosen)):
        parts = _parts(images[chosen[start : start + len(maps)]], network.config)
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


def _parts(images: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Returns the foregrounds of images at the size of the maps, N×h×w bool."""
    return np.stack([foreground(resize(image, config.map_shape), config.background) for image in images])
