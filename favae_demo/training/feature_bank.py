"""Teacher features of a set of views: computed once (the bank) or at every step.

The teacher is frozen, so the features of one view never change. A compact model trains several times faster when they are
looked up instead of computed.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from favae_demo.teacher.networks import Teacher
from favae_demo.training.views import to_float

CHUNK = 16  # views a teacher pass; larger ones are no faster on a CPU


class FeatureSource(Protocol):
    """Gives the teacher's features of some views."""

    def features(self, index: Tensor) -> list[Tensor]:
        """Standardised features of the views at `index`, finest first, float32 n×C×H×W."""


class NoFeatures:
    """The plain VAE's source: there is no teacher."""

    def features(self, index: Tensor) -> list[Tensor]:
        """An empty list."""
        return []


class LiveFeatures:
    """Runs the teacher at every step; for long schedules whose views do not fit a bank."""

    def __init__(self, teacher: Teacher, views: Tensor, device: torch.device | str = "cpu"):
        self.teacher, self.views, self.device = teacher, views, device

    @torch.no_grad()
    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        return self.teacher.features(to_float(self.views[index], self.device))


class FeatureBank:
    """Half-precision features of every view, in memory or, past the budget, in a file that vanishes with the process.

    Args:
        teacher: The frozen teacher, already standardised.
        views: n×3×S×S uint8.
        budget_mb: Memory allowed for the features; a larger bank goes to `folder`.
        folder: Where a bank past its budget is put.
        device: Where the teacher runs.
    """

    def __init__(
        self,
        teacher: Teacher,
        views: Tensor,
        budget_mb: int,
        folder: Path,
        device: torch.device | str = "cpu",
    ):
        self.teacher, self.views, self.device = teacher, views, device
        self.layers: list[np.ndarray] = []
        self._budget, self._folder, self._files = budget_mb * 1e6, folder, []

    @torch.no_grad()
    def fill(self) -> Iterator[int]:
        """Computes the features and yields how many views are done after each chunk."""
        for start in range(0, len(self.views), CHUNK):
            found = self.teacher.features(to_float(self.views[start : start + CHUNK], self.device))
            if not self.layers:
                self._allocate(found)
            for layer, values in zip(self.layers, found, strict=True):
                layer[start : start + len(values)] = values.half().cpu().numpy()
            yield min(start + CHUNK, len(self.views))

    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        rows = index.numpy()
        return [torch.from_numpy(layer[rows]).to(self.device).float() for layer in self.layers]

    def _allocate(self, sample: list[Tensor]) -> None:
        shapes = [(len(self.views), *values.shape[1:]) for values in sample]
        in_memory = sum(2 * np.prod(shape) for shape in shapes) <= self._budget
        self.layers = [np.empty(shape, np.float16) if in_memory else self._on_disk(shape) for shape in shapes]

    def _on_disk(self, shape: tuple[int, ...]) -> np.memmap:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - lives as long as the bank
        self._files.append(file)
        return np.memmap(file, np.float16, "w+", shape=shape)
