"""Passes of a trained network, which has no calibration yet, over good images and copies of them."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

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

KEPT_BYTES = 200_000_000  # of passes over good images, which a calibration needs several times


@dataclass(frozen=True)
class Pass:
    """What the network makes of one batch of images, in the pose of the training.

    Attributes:
        residuals: N×C×H×W for each term.
        motions: Motions into the pose, N×2×3; None if the images were not moved.
        patches: The features that a memory compares, N×P×C in half precision on the CPU; N×0×0 if no memory is wanted.
    """

    residuals: list[Tensor]
    motions: np.ndarray | None
    patches: Tensor

    def split(self) -> list["Pass"]:
        """Returns a pass for each image, its tensors in half precision on the CPU."""
        count = len(self.residuals[0])
        residuals = zip(*(values.half().cpu().split(1) for values in self.residuals), strict=True)
        motions = repeat(None, count) if self.motions is None else np.split(self.motions, count)
        parts = zip(residuals, motions, self.patches.split(1), strict=False)
        return [Pass(list(own), motion, patches) for own, motion, patches in parts]

    @classmethod
    def joined(cls, passes: Sequence["Pass"], device: torch.device | str) -> "Pass":
        """Returns the pass of several images from those of each, its residuals in single precision on a device."""
        parts = zip(*(one.residuals for one in passes), strict=True)
        residuals = [torch.cat(values).float().to(device) for values in parts]
        moved = [one.motions for one in passes if one.motions is not None]
        patches = torch.cat([one.patches for one in passes])
        return cls(residuals, np.concatenate(moved) if moved else None, patches)

    @property
    def nbytes(self) -> int:
        """Size of its tensors."""
        return sum(values.nbytes for values in (*self.residuals, self.patches))


class PassStore:
    """What a network makes of good images, so that it runs on each of them once.

    Args:
        most_bytes: Size of what is kept at most; other images are run again each time.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES):
        self._passes: dict[bytes, Pass] = {}
        self._free = most_bytes

    def get(self, image: np.ndarray) -> Pass | None:
        """Returns the pass of an image H×W×3 uint8, None if it is not kept."""
        return self._passes.get(_digest(image))

    def add(self, image: np.ndarray, seen: Pass) -> None:
        """Keeps the pass of an image, if there is room."""
        if seen.nbytes <= self._free:
            self._free -= seen.nbytes
            self._passes[_digest(image)] = seen


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
        store: Keeps passes over good images, also for another network of the same model; None keeps none.
    """

    def __init__(
        self,
        model: MethodNetwork,
        teacher: Teacher | None,
        config: TrainConfig,
        reference: np.ndarray | None,
        device: torch.device | str,
        store: PassStore | None = None,
    ):
        self.model, self.teacher, self.config, self.reference = model, teacher, config, reference
        self.engine = TorchEngine(Graph(model, teacher, config), device)
        self.terms = list(config.terms(() if teacher is None else teacher.channels))
        self.batch = images_per_pass(*config.shape)
        self.store = store

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

    def run(self, images: np.ndarray, stored: Tensor | None = None, *, keep: bool = False) -> Iterator[Pass]:
        """Runs the network on images batch by batch.

        Args:
            images: N×H×W×3 uint8.
            stored: Patches N×P×C of all of them, with which the network need not run.
            keep: Whether the passes are kept for the next time, as those of good images are and those of copies are not.
        """
        keep = keep and self.store is not None and bool(self.terms)
        for start in range(0, len(images), self.batch):
            batch = images[start : start + self.batch]
            if stored is not None:
                yield Pass([], self._posed(batch)[1], stored[start : start + self.batch])
            else:
                yield self._kept(batch) if keep else self._pass(batch)

    def _posed(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        return to_pose(images, upright=self.config.align, reference=self.reference)

    def _pass(self, images: np.ndarray) -> Pass:
        posed, motions = self._posed(images)
        residuals, features = self.engine.residuals(posed)
        patches = torch.empty(len(images), 0, 0)
        if self.config.memory:
            compared = patch_features(features, self.config.memory_layer)
            patches = compared.flatten(2).transpose(1, 2).half().cpu()
        return Pass(residuals, motions, patches)

    def _kept(self, images: np.ndarray) -> Pass:
        """Returns the pass of images, of which the store knows some or all; it keeps the others."""
        assert self.store is not None
        passes = [self.store.get(image) for image in images]
        new = [row for row, known in enumerate(passes) if known is None]
        for row, seen in zip(new, self._pass(images[new]).split() if new else (), strict=True):
            self.store.add(images[row], seen)
            passes[row] = seen
        return Pass.joined([one for one in passes if one is not None], self.engine.device)

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
        passes = self.run(images, stored, keep=not copies)
        return self.maps_of(calibration, passes, images.shape[1:3], memory, owners)

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
                own = None if owners is None else owners[start : start + len(seen.patches)]
                distance = distances(memory.tensors, seen.patches, self.grid, own, memory.source)
                start += len(seen.patches)
                distance = distance.to(self.engine.device)
            maps = graph.maps(seen.residuals, distance)[0].cpu().numpy()
            if seen.motions is not None:
                maps_from_pose(maps, seen.motions, shape, upright=self.config.align)
            yield maps


def _digest(image: np.ndarray) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
