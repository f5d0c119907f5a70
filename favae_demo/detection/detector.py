"""`Detector`: a checkpoint that answers pictures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from favae_demo.checkpoints import Checkpoint, load_checkpoint
from favae_demo.data.images import resize
from favae_demo.data.masking import foreground
from favae_demo.detection.calibration import (
    DEFAULT_FALSE_ALARM_RATE,
    Calibration,
    Limit,
    calibrate,
    conformal_limit,
)
from favae_demo.detection.regions import find_regions
from favae_demo.detection.residuals import channel_variances, error_maps, residuals
from favae_demo.detection.scoring import combine, image_score, smooth
from favae_demo.detection.types import Detection
from favae_demo.errors import CheckpointError
from favae_demo.model.favae import Favae
from favae_demo.model.terms import term_names
from favae_demo.presets import TrainConfig
from favae_demo.settings import Settings
from favae_demo.teacher.networks import Teacher, load_teacher

BATCH = 16


class Detector:
    """Scores pictures with one trained model. Safe to use from several threads: nothing changes after construction.

    Args:
        model: The network.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        config: Settings of the training.
        calibration: Scales and good scores.
        category: What it was trained on.
        device: Where the network runs.
    """

    def __init__(
        self,
        model: Favae,
        teacher: Teacher | None,
        config: TrainConfig,
        calibration: Calibration,
        category: str = "",
        device: torch.device | str = "cpu",
    ):
        self.model = model.to(device).eval()
        self.teacher = None if teacher is None else teacher.to(device)
        self.config, self.calibration, self.category, self.device = config, calibration, category, device
        divisors = calibration.channels.values()
        self._channels = [torch.tensor(values, device=device) for values in divisors] or None

    @classmethod
    def load(
        cls,
        path: Path,
        settings: Settings,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        device: torch.device | str = "cpu",
    ) -> "Detector":
        """Loads a checkpoint and its teacher.

        Raises:
            CheckpointError: Not a checkpoint, or made with other teacher weights than those at hand.
            WeightsError: The teacher's weights cannot be had.
        """
        return cls.from_checkpoint(load_checkpoint(path), settings, progress=progress, device=device)

    @classmethod
    def from_checkpoint(
        cls,
        checkpoint: Checkpoint,
        settings: Settings,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        device: torch.device | str = "cpu",
    ) -> "Detector":
        """As `load`, from a checkpoint in memory."""
        card, config, teacher = checkpoint.card, checkpoint.config, None
        if config.teacher != "none":
            teacher = load_teacher(
                config.teacher, settings, tap=config.tap, progress=progress, expected=card.teacher_fingerprint
            )
            if teacher.fingerprint != card.teacher_fingerprint:
                raise CheckpointError(
                    f"This model was trained with other {config.teacher} weights than those on this machine "
                    f"({teacher.source}); train it again, or fetch the weights it names: {card.teacher_source}."
                )
            teacher.load_standardisation(checkpoint.standardisation)
        return cls(checkpoint.build_model(), teacher, config, card.calibration, card.category, device)

    def detect(
        self,
        images: Sequence[np.ndarray],
        *,
        rate: float = DEFAULT_FALSE_ALARM_RATE,
        masked: bool | None = None,
        names: Sequence[str] = (),
    ) -> list[Detection]:
        """Scores pictures of any size.

        Args:
            images: H×W×3 uint8 RGB each.
            rate: Wanted false-alarm rate, in (0, 1); sets the limits.
            masked: Whether the background is left out; None takes the model's own setting.
            names: Names of the pictures, where they have some.

        Returns:
            One `Detection` a picture, in order.
        """
        names = names or [""] * len(images)
        found: list[Detection] = []
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            found += self._detect_batch(images[part], names[part], rate, masked)
        return found

    def judge(self, detection: Detection, *, rate: float, masked: bool | None = None) -> Detection:
        """The same picture under another false-alarm rate or mask; the model does not run again."""
        masked = self.config.mask_score if masked is None else masked
        kind = self.config.background if masked else "none"
        side = detection.reconstruction.shape[0]
        part = foreground(resize(detection.image, side), kind)
        limits = self.limits(rate, masked)
        combined = detection.maps["combined"] * part
        return replace(
            detection,
            foreground=part,
            score=image_score(combined, self.calibration.score),
            threshold=limits["image"].value,
            pixel_threshold=limits["combined"].value,
            map_limits={name: limit.value for name, limit in limits.items() if name != "image"},
            regions=find_regions(combined, limits["combined"].value),
        )

    def limits(self, rate: float, masked: bool | None = None) -> dict[str, Limit]:
        """Limit of the image score (`image`) and of every map, for a false-alarm rate."""
        good = self.calibration.good(self.config.mask_score if masked is None else masked)
        limits = {"image": conformal_limit(good.images, rate)}
        return limits | {name: conformal_limit(peaks, rate) for name, peaks in good.peaks.items()}

    def _detect_batch(
        self, images: Sequence[np.ndarray], names: Sequence[str], rate: float, masked: bool | None
    ) -> list[Detection]:
        start = time.perf_counter()
        small = np.stack([resize(image, self.config.image_size) for image in images])
        prepared = time.perf_counter()
        terms, rebuilt = term_maps(self.model, self.teacher, small, self.config, self._channels, self.device)
        scales = list(self.calibration.scales.values())
        combined = combine(terms, scales)
        modelled = time.perf_counter()
        found = []
        for i, image in enumerate(images):
            maps = {"combined": combined[i]}
            maps |= {name: terms[i, t] / scales[t] for t, name in enumerate(self.calibration.scales)}
            raw = Detection(
                image, rebuilt[i], maps, np.ones(combined[i].shape, bool), 0.0, 0.0, 0.0, name=names[i]
            )
            found.append(self.judge(raw, rate=rate, masked=masked))
        milliseconds = 1000 / len(images)
        timings = {
            "prepare": (prepared - start) * milliseconds,
            "model": (modelled - prepared) * milliseconds,
            "total": (time.perf_counter() - start) * milliseconds,
        }
        return [replace(one, timings=timings) for one in found]


@torch.inference_mode()
def term_maps(
    model: Favae,
    teacher: Teacher | None,
    pictures: np.ndarray,
    config: TrainConfig,
    channels: Sequence[Tensor] | None = None,
    device: torch.device | str = "cpu",
) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed error maps and reconstructions of pictures at the model's size.

    Args:
        model: The network, in evaluation mode.
        teacher: The standardised teacher or None.
        pictures: N×S×S×3 uint8.
        config: Settings of the training.
        channels: Divisors of the channels' squared residuals, one vector a term, or None.
        device: Where the network runs.

    Returns:
        (N×T×S×S float32 maps, N×S×S×3 uint8 reconstructions).
    """
    missed, picture = _residuals(model, teacher, pictures, config, device)
    maps = smooth(error_maps(missed, pictures.shape[1:3], channels).cpu().numpy(), config.blur)
    rebuilt = picture.mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return maps, np.ascontiguousarray(rebuilt)


@torch.inference_mode()
def calibrate_model(
    model: Favae,
    teacher: Teacher | None,
    held_out: np.ndarray,
    config: TrainConfig,
    device: torch.device | str = "cpu",
) -> Calibration:
    """Calibration of a freshly trained model on N×S×S×3 uint8 held-out good pictures."""
    model = model.to(device).eval()
    parts = [held_out[i : i + BATCH] for i in range(0, len(held_out), BATCH)]
    names = term_names(0 if teacher is None else len(teacher.channels))
    channels = None
    if config.score == "channels":
        channels = channel_variances([_residuals(model, teacher, part, config, device)[0] for part in parts])
    maps = [term_maps(model, teacher, part, config, channels, device)[0] for part in parts]
    parts_of = np.stack([foreground(picture, config.background) for picture in held_out])
    found = calibrate(np.concatenate(maps), parts_of, names, config.score == "scaled", config.image_score)
    divisors = zip(names, channels or (), strict=False)
    return replace(found, channels={name: tuple(values.tolist()) for name, values in divisors})


def _residuals(
    model: Favae,
    teacher: Teacher | None,
    pictures: np.ndarray,
    config: TrainConfig,
    device: torch.device | str,
) -> tuple[list[Tensor], Tensor]:
    """What the model missed, and its reconstruction in [0, 1]."""
    x = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float().div_(255)
    output = model(x)
    features = [] if teacher is None else teacher.features(x)
    return residuals(output, x, features, centre=config.centre), output.picture
