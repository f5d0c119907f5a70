"""Calibration of a trained model: what it answers for held-out good images."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.data.io.images import resize
from favae_demo.data.transforms.alignment import align
from favae_demo.data.transforms.masking import foreground
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph
from favae_demo.detection.inference import batches, run_engine
from favae_demo.model.favae import Favae
from favae_demo.model.term_names import term_names
from favae_demo.scoring.calibration import Calibration, calibrate
from favae_demo.scoring.residuals import channel_variances, whitening
from favae_demo.teacher.teacher import Teacher


@torch.inference_mode()
def calibrate_model(
    model: Favae,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
    *,
    basis: np.ndarray | None = None,
) -> Calibration:
    """Computes the calibration of a trained model on held-out good images.

    Args:
        model: The network.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        held_out: Good images N×S×S×3 uint8 that it was not trained on.
        config: Settings of the training.
        device: Where the network runs.
        basis: Good images on which the whitening of the residuals is fitted; None takes the held-out ones.
    """
    model = model.to(device).eval()
    names = term_names(0 if teacher is None else len(teacher.channels))
    plain = TorchEngine(Graph(model, teacher, config), device)
    known = Calibration.neutral(names)
    if config.score == "channels":
        variances = channel_variances(_residuals(plain, held_out, config))
        divisors = zip(names, variances, strict=True)
        known = replace(known, channels={name: tuple(values.tolist()) for name, values in divisors})
    elif config.score == "whitened":
        matrices = whitening(_residuals(plain, held_out if basis is None else basis, config))
        known = replace(known, whitening=dict(zip(names, matrices, strict=True)))
    engine = TorchEngine(Graph(model, teacher, config, known), device)
    maps = np.concatenate([run_engine(engine, part, config)[0] for part in batches(held_out)])
    parts = np.stack([foreground(resize(image, maps.shape[-1]), config.background) for image in held_out])
    calibration = calibrate(
        maps,
        parts,
        names,
        config.score,
        config.image_score,
        share=config.top_share,
        weights={"pixels": config.pixel_weight},
    )
    return replace(calibration, channels=known.channels, whitening=known.whitening)


def _residuals(engine: TorchEngine, images: np.ndarray, config: TrainConfig) -> list[list[Tensor]]:
    """Returns the unscaled residuals by batch and term."""
    inputs = align(list(images))[0] if config.align else images
    return [engine.residuals(batch) for batch in batches(inputs)]
