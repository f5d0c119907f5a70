"""`Detector`: scores images with a trained model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint, read_card
from favae_demo.checkpoints.model_names import model_path
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import images_per_pass
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings
from favae_demo.data.image_properties import image_properties
from favae_demo.data.io.images import DecodedImage, read_image, resize
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.transforms.grey import without_colour
from favae_demo.data.transforms.masking import foreground
from favae_demo.detection.engines import AUTO, Engine, open_engine
from favae_demo.detection.inference import run_engine
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.likeness import ANY_PART, compare
from favae_demo.scoring.regions import find_regions
from favae_demo.scoring.score_maps import combine
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE, Threshold
from favae_demo.scoring.visibility import reduction

if TYPE_CHECKING:  # the class is part of the public API, whose import must not wait for torch
    import torch

    from favae_demo.detection.graph import Graph
    from favae_demo.model.network import MethodNetwork
    from favae_demo.teacher.teacher import Teacher


class Detector:
    """Scores images with one trained model. Safe to use from several threads: nothing changes after construction.

    Args:
        engine: Runs the networks.
        config: Settings of the training.
        calibration: Scales of the error maps, and scores of held-out good images.
        category: Name of the category that the model was trained on.
        levels: Black and white level of images with more than 8 bits.

    Examples:
        >>> from favae_demo import Detector
        >>> from favae_demo.data.synthetic import render_part
        >>> detector = Detector.load("sample_bottle-efficientnet-lite0-extended")
        >>> good, _ = render_part("sample_bottle", seed=7)
        >>> broken, _ = render_part("sample_bottle", seed=7, defect="broken_lip")
        >>> [detection.verdict for detection in detector.detect([good, broken])]
        ['good', 'defect']
    """

    def __init__(
        self,
        engine: Engine,
        config: TrainConfig,
        calibration: Calibration,
        category: str = "",
        levels: Levels = TYPE_LEVELS,
    ):
        self.engine, self.config, self.calibration, self.category = engine, config, calibration, category
        self.levels = levels

    @classmethod
    def load(
        cls,
        model: Path | str,
        settings: Settings | None = None,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        device: torch.device | str = "cpu",
        engine: str = "torch",
    ) -> Detector:
        """Loads a model file and the teacher that it needs.

        Args:
            model: Path of the file, or a name that `list_models` returns.
            settings: Folders of the teacher weights and the cache; None reads them from the environment.
            progress: Called while teacher weights are downloaded, with the source, the bytes done and the bytes in all.
            device: Where PyTorch runs.
            engine: Key of `ENGINES`, or `auto` for the one that is the fastest here; the model is converted on first use, which takes some seconds for each.

        Raises:
            CheckpointError: The file is no model of this app, or was trained with other teacher weights than those available.
            ConfigError: The model cannot be converted for this engine.
            WeightsError: The teacher's weights can neither be found nor downloaded.
        """
        from favae_demo.detection.engines import fastest
        from favae_demo.detection.engines.conversion import converted_folder

        settings = settings or Settings.from_env()
        path = model_path(model, settings.checkpoint_dir)
        if engine == AUTO and (found := fastest.known(path, settings.cache_dir)):
            engine = found
        elif engine == AUTO:
            engine = cls.load(path, settings, progress=progress).measure_engines(path, settings.cache_dir)
        if engine != "torch" and (folder := converted_folder(engine, path, settings.cache_dir)).is_dir():
            card = read_card(path)
            return cls(open_engine(engine, folder), card.config, card.calibration, card.category, card.levels)
        detector = cls.from_checkpoint(load_checkpoint(path), settings, progress=progress, device=device)
        return (
            detector
            if engine == "torch"
            else detector.convert(engine, converted_folder(engine, path, settings.cache_dir))
        )

    @classmethod
    def from_checkpoint(
        cls,
        checkpoint: Checkpoint,
        settings: Settings | None = None,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        device: torch.device | str = "cpu",
    ) -> Detector:
        """Builds a detector, run by PyTorch, from a checkpoint in memory; see `load`."""
        card, settings = checkpoint.card, settings or Settings.from_env()
        teacher = checkpoint.build_teacher(settings.cache_dir, settings.teacher_dir, progress=progress)
        return cls.from_model(
            checkpoint.build_model(),
            teacher,
            card.config,
            card.calibration,
            card.category,
            device,
            card.levels,
        )

    @classmethod
    def from_model(
        cls,
        model: MethodNetwork,
        teacher: Teacher | None,
        config: TrainConfig,
        calibration: Calibration,
        category: str = "",
        device: torch.device | str = "cpu",
        levels: Levels = TYPE_LEVELS,
    ) -> Detector:
        """Builds a detector, run by PyTorch, from networks in memory.

        Args:
            model: The network.
            teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
            config: Settings of the training.
            calibration: Scales of the error maps, and scores of held-out good images.
            category: Name of the category that the model was trained on.
            device: Where the networks run.
            levels: Black and white level of images with more than 8 bits.
        """
        from favae_demo.detection.engines.torch_engine import TorchEngine
        from favae_demo.detection.graph import Graph

        graph = Graph(model, teacher, config, calibration)
        return cls(TorchEngine(graph, device), config, calibration, category, levels)

    @property
    def graph(self) -> Graph:
        """The networks as PyTorch runs them.

        Raises:
            ConfigError: Another engine runs this model.
        """
        from favae_demo.detection.engines.torch_engine import TorchEngine

        if not isinstance(self.engine, TorchEngine):
            raise ConfigError("This model was opened for another engine; open it with PyTorch.")
        return self.engine.graph

    def convert(self, engine: str, folder: Path) -> Detector:
        """Returns the same detector run by another engine.

        Args:
            engine: Key of `ENGINES`, other than `torch`.
            folder: Where the converted model is kept; it is converted first if the folder does not exist.

        Raises:
            ConfigError: The model cannot be converted for this engine.
        """
        from favae_demo.detection.engines.conversion import ensure_converted

        return Detector(
            ensure_converted(engine, self.graph, folder),
            self.config,
            self.calibration,
            self.category,
            self.levels,
        )

    def measure_engines(self, checkpoint: Path, cache_dir: Path) -> str:
        """Converts this model, which PyTorch runs, for all installed engines, and returns the one that is the fastest on this machine.

        Args:
            checkpoint: The file that it was loaded from.
            cache_dir: Where the converted model and the choice are kept.
        """
        from favae_demo.detection.engines import fastest
        from favae_demo.detection.engines.conversion import converted_folder, ensure_converted

        def convert(name: str) -> None:
            ensure_converted(name, self.graph, converted_folder(name, checkpoint, cache_dir))

        fastest.convert_all(convert, checkpoint, cache_dir)
        return fastest.measure(self.graph, checkpoint, cache_dir)

    def detect(
        self,
        images: Sequence[np.ndarray | DecodedImage | Path | str],
        *,
        rate: float = DEFAULT_FALSE_ALARM_RATE,
        masked: bool | None = None,
        names: Sequence[str] = (),
    ) -> list[Detection]:
        """Scores images of any size.

        Args:
            images: H×W×3 uint8 RGB each, images that `read_image` returned, or paths of image files.
            rate: Wanted false-alarm rate, in (0, 1); sets the thresholds.
            masked: Whether the background is left out; None takes the model's own setting.
            names: Names of the images; by default those of the files, and empty for arrays.

        Returns:
            One `Detection` for each image, in order.

        Raises:
            ImageError: A file cannot be read as an image.
        """
        names = names or [Path(image).name if isinstance(image, Path | str) else "" for image in images]
        detections: list[Detection] = []
        size = images_per_pass(*self.config.shape)
        for start in range(0, len(images), size):
            batch = [self._decoded(image) for image in images[start : start + size]]
            detections += self._detect_batch(batch, names[start : start + size], rate, masked)
        return detections

    def judge(self, detection: Detection, *, rate: float, masked: bool | None = None) -> Detection:
        """Returns the detection with the thresholds of another false-alarm rate or mask; the model does not run again.

        Args:
            detection: A detection by this model.
            rate: Wanted false-alarm rate, in (0, 1).
            masked: Whether the background is left out; None takes the model's own setting.
        """
        masked = self.config.mask_score if masked is None else masked
        if masked:
            part = foreground(resize(detection.image, self.config.map_shape), self.config.background)
        else:  # without a look at the image: making a large one small takes as long as the model
            part = np.ones(self.config.map_shape, bool)
        thresholds = self.thresholds(rate, masked)
        maps = {name: score_map * part for name, score_map in detection.maps.items()}
        return replace(
            detection,
            foreground=part,
            score=self.calibration.image_score(maps),
            threshold=thresholds["image"].value,
            support=thresholds["image"].support,
            floor=self.calibration.good(masked).floor(),
            pixel_threshold=thresholds["combined"].value,
            map_thresholds={
                name: threshold.value for name, threshold in thresholds.items() if name != "image"
            },
            regions=find_regions(maps["combined"], thresholds["combined"].value),
        )

    def thresholds(self, rate: float, masked: bool | None = None) -> dict[str, Threshold]:
        """Returns the threshold of the image score (`image`) and of each map for a false-alarm rate, by name.

        Args:
            rate: Wanted false-alarm rate, in (0, 1).
            masked: Whether the background is left out; None takes the model's own setting.
        """
        good = self.calibration.good(self.config.mask_score if masked is None else masked)
        return {"image": good.threshold(rate)} | {name: good.threshold(rate, name) for name in good.peaks}

    def _decoded(self, image: np.ndarray | DecodedImage | Path | str) -> DecodedImage:
        if isinstance(image, np.ndarray):
            return DecodedImage(image)
        return image if isinstance(image, DecodedImage) else read_image(image, self.levels)

    def _detect_batch(
        self, images: Sequence[DecodedImage], names: Sequence[str], rate: float, masked: bool | None
    ) -> list[Detection]:
        start = time.perf_counter()
        small = np.stack([resize(image.pixels, self.config.shape) for image in images])
        prepared = time.perf_counter()
        seen = without_colour(small) if self.calibration.grey else small
        terms, rebuilt = run_engine(self.engine, seen, self.config, self.calibration.reference)
        scales = list(self.calibration.scales.values())
        combined = combine(terms, self.calibration.factors, geometric=self.calibration.geometric)
        modelled = time.perf_counter()
        detections = []
        for i, image in enumerate(images):
            maps = {"combined": combined[i]}
            maps |= {name: terms[i, t] / scales[t] for t, name in enumerate(self.calibration.scales)}
            properties = image_properties(small[i], image.size)
            far = self.calibration.far_share(maps)
            unlike, remarks = compare(properties, self.calibration.ranges or ANY_PART, far)
            raw = Detection(
                image.pixels, rebuilt[i], maps, np.ones(combined[i].shape, bool), 0.0, 0.0, 0.0,
                name=names[i], remarks=(*image.remarks, *remarks), unlike=unlike, properties=properties,
                original=image.size, reduction=reduction(image.size, self.config.shape),
            )  # fmt: skip
            detections.append(self.judge(raw, rate=rate, masked=masked))
        milliseconds = 1000 / len(images)
        timings = {
            "prepare": (prepared - start) * milliseconds,
            "model": (modelled - prepared) * milliseconds,
            "total": (time.perf_counter() - start) * milliseconds,
        }
        return [replace(detection, timings=timings) for detection in detections]
