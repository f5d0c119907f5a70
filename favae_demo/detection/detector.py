"""`Detector`: a checkpoint that answers pictures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from favae_demo.checkpoints import Checkpoint, load_checkpoint, read_card
from favae_demo.data.images import resize
from favae_demo.data.masking import foreground
from favae_demo.detection.calibration import (
    DEFAULT_FALSE_ALARM_RATE,
    Calibration,
    Limit,
    calibrate,
    conformal_limit,
)
from favae_demo.detection.engines import Engine, open_engine
from favae_demo.detection.engines.converted import ensure, kept
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph
from favae_demo.detection.regions import find_regions
from favae_demo.detection.residuals import channel_variances, residuals
from favae_demo.detection.scoring import combine, image_score
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
        engine: Runs the model.
        config: Settings of the training.
        calibration: Scales and good scores.
        category: What it was trained on.
    """

    def __init__(self, engine: Engine, config: TrainConfig, calibration: Calibration, category: str = ""):
        self.engine, self.config, self.calibration, self.category = engine, config, calibration, category

    @classmethod
    def of(
        cls,
        model: Favae,
        teacher: Teacher | None,
        config: TrainConfig,
        calibration: Calibration,
        category: str = "",
        device: torch.device | str = "cpu",
    ) -> "Detector":
        """A detector that PyTorch runs.

        Args:
            model: The network.
            teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
            config: Settings of the training.
            calibration: Scales and good scores.
            category: What it was trained on.
            device: Where the network runs.
        """
        channels, scales = list(calibration.channels.values()) or None, list(calibration.scales.values())
        graph = Graph(model, teacher, config, channels, scales)
        return cls(TorchEngine(graph, device), config, calibration, category)

    @classmethod
    def load(
        cls,
        path: Path,
        settings: Settings,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        device: torch.device | str = "cpu",
        engine: str = "torch",
    ) -> "Detector":
        """Loads a checkpoint and its teacher.

        Args:
            path: The file.
            settings: Folders.
            progress: Told how far a download is: source, bytes done, bytes in all.
            device: Where PyTorch runs.
            engine: Key of `ENGINES`; the model is converted for it on first use, which takes some seconds.

        Raises:
            CheckpointError: Not a checkpoint, or made with other teacher weights than those at hand.
            ConfigError: The model cannot be converted for this engine.
            WeightsError: The teacher's weights cannot be had.
        """
        if engine != "torch" and (folder := kept(engine, path, settings.cache_dir)).is_dir():
            card = read_card(path)
            return cls(open_engine(engine, folder), card.config, card.calibration, card.category)
        found = cls.from_checkpoint(load_checkpoint(path), settings, progress=progress, device=device)
        return found if engine == "torch" else found.converted(engine, kept(engine, path, settings.cache_dir))

    def converted(self, engine: str, folder: Path) -> "Detector":
        """The same detector run by another engine; its converted graph is kept in `folder`.

        Raises:
            ConfigError: The model cannot be converted for it.
        """
        return Detector(
            ensure(engine, self.engine.graph, folder), self.config, self.calibration, self.category
        )

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
        return cls.of(checkpoint.build_model(), teacher, config, card.calibration, card.category, device)

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
        terms, rebuilt = self.engine.run(small)
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
        channels = channel_variances([_residuals(model, teacher, part, config, device) for part in parts])
    engine = TorchEngine(Graph(model, teacher, config, channels), device)
    maps = [engine.run(part)[0] for part in parts]
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
) -> list[Tensor]:
    """What the model missed, by term."""
    x = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float().div_(255)
    features = [] if teacher is None else teacher.features(x)
    return residuals(model(x), x, features, centre=config.centre)
