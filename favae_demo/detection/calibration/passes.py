"""Passes of a trained network, which has no calibration yet, over good images and copies of them."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import MAP_SIDE, TrainConfig
from favae_demo.core.device import images_per_pass
from favae_demo.data.transforms.pose import maps_from_pose, to_pose
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph
from favae_demo.model.memory import PATCH_LEVELS, distances, patch_features
from favae_demo.model.network import MethodNetwork
from favae_demo.scoring.calibration import Calibration
from favae_demo.teacher.teacher import Teacher


@dataclass(frozen=True)
class Pass:
    """What the network makes of one batch of images, in the pose of the training.

    Attributes:
        residuals: N×C×H×W for each term.
        features: The teacher's standardised features, finest layer first.
        motions: Motions into the pose, N×2×3; None if the images were not moved.
        layer: The layer of the memory's patches, see `memory.patch_features`.
        stored: The patches, where they are known and the network did not run.
    """

    residuals: list[Tensor]
    features: list[Tensor]
    motions: np.ndarray | None
    layer: str = "coarse"
    stored: Tensor | None = None

    def patches(self) -> Tensor:
        """Returns the features that a memory compares, N×P×C in half precision."""
        if self.stored is not None:
            return self.stored
        return patch_features(self.features, self.layer).flatten(2).transpose(1, 2).half().cpu()


@dataclass(frozen=True)
class GoodMemory:
    """A memory of patches that knows which good image each is from, so that an image's own can be left out.

    Attributes:
        tensors: As `model.memory.fit_memory` returns them.
        source: The good image of each patch: those of the training first, then the held-out ones.
        patches: Features N×P×C of all good images, by the same number; None if only some of them are remembered.
    """

    tensors: dict[str, Tensor]
    source: Tensor
    patches: Tensor | None = None


class Network:
    """A trained network without a calibration.

    Args:
        model: The network, in evaluation mode.
        teacher: The frozen teacher with the training's standardisation, or None for the plain VAE.
        config: Settings of the training.
        reference: Mean image of the training's parts, see `registration.fit_reference`; None if images are not registered.
        device: Where the network runs.
    """

    def __init__(
        self,
        model: MethodNetwork,
        teacher: Teacher | None,
        config: TrainConfig,
        reference: np.ndarray | None,
        device: torch.device | str,
    ):
        self.model, self.teacher, self.config, self.reference = model, teacher, config, reference
        self.engine = TorchEngine(Graph(model, teacher, config), device)
        self.terms = list(config.terms(() if teacher is None else teacher.channels))
        self.batch = images_per_pass(*config.shape)

    def affordable(self, images: int) -> int:
        """Returns how many images of the settings' size take the memory of so many whose maps are 128×128; at least 1."""
        return max(1, round(images * MAP_SIDE**2 / math.prod(self.config.map_shape)))

    def neutral(self) -> Calibration:
        """Returns a calibration that knows the settings, but no image."""
        method = METHODS[self.config.method]
        return replace(
            Calibration.neutral(self.terms),
            score=self.config.image_score,
            share=self.config.top_share,
            weights={"pixels": self.config.pixel_weight} | dict(method.weights),
            exponents=dict(method.exponents),
            geometric=self.config.score == "whitened",
            reference=self.reference,
        )

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of the memory's places."""
        level = PATCH_LEVELS[self.config.memory_layer]
        height, width = self.config.map_shape
        return height >> level, width >> level

    def run(self, images: np.ndarray, stored: Tensor | None = None) -> Iterator[Pass]:
        """Runs the network on images N×H×W×3 uint8, batch by batch; with stored patches N×P×C of all of them it need not run."""
        for start in range(0, len(images), self.batch):
            batch = images[start : start + self.batch]
            posed, motions = to_pose(batch, upright=self.config.align, reference=self.reference)
            if stored is not None:
                known = stored[start : start + self.batch]
                yield Pass([], [], motions, self.config.memory_layer, known)
                continue
            yield Pass(*self.engine.residuals(posed), motions, self.config.memory_layer)

    def graph(self, calibration: Calibration) -> Graph:
        """Returns the graph that scores with a calibration."""
        return Graph(self.model, self.teacher, self.config, calibration).to(self.engine.device)

    def maps(
        self,
        calibration: Calibration,
        images: np.ndarray,
        memory: GoodMemory | None,
        owners: Tensor,
        *,
        copies: bool = False,
    ) -> Iterator[np.ndarray]:
        """Yields the smoothed error maps of good images or copies of them, N×T×h×w, batch by batch.

        Args:
            calibration: How residuals are weighed.
            images: N×H×W×3 uint8.
            memory: The memory, of which each image's own patches are left out.
            owners: For each image, the good image that it is or is a copy of, by its number in `GoodMemory.source`.
            copies: Whether the images are changed copies.
        """
        known = None if memory is None or self.terms or copies else memory.patches
        stored = None if known is None else known[owners]
        return self.maps_of(calibration, self.run(images, stored), images.shape[1:3], memory, owners)

    def maps_of(
        self,
        calibration: Calibration,
        passes: Iterable[Pass],
        shape: tuple[int, ...],
        memory: GoodMemory | None = None,
        owners: Tensor | None = None,
    ) -> Iterator[np.ndarray]:
        """Yields the maps of images that the network has seen already; see `maps`.

        Args:
            calibration: How residuals are weighed.
            passes: What the network made of the images.
            shape: Height and width of the images.
            memory: As for `maps`; None takes the calibration's own, if it has one.
            owners: As for `maps`; None leaves no patches out, for images that are not in memory.
        """
        if memory is None and calibration.memory:
            memory = GoodMemory(calibration.memory, torch.empty(0))
        graph, start = self.graph(calibration), 0
        for seen in passes:
            distance = None
            if memory:
                patches = seen.patches()
                own = None if owners is None else owners[start : start + len(patches)]
                distance = distances(memory.tensors, patches, self.grid, own, memory.source)
                start += len(patches)
                distance = distance.to(self.engine.device)
            maps = graph.maps(seen.residuals, distance)[0].cpu().numpy()
            if seen.motions is not None:
                maps_from_pose(maps, seen.motions, shape, upright=self.config.align)
            yield maps
