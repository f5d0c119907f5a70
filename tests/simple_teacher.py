"""A teacher that needs no weights: pooled colours at the three depths of the real ones."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SimpleTeacher(nn.Module):
    """Colours at a half, a quarter and an eighth of the size, shifted by a mean that is fitted as the real one is."""

    channels = (3, 3, 3)
    fingerprint = "simple"
    source = "tests"

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean0", torch.zeros(3))

    def features(self, x: Tensor) -> list[Tensor]:
        shifted = x - self.mean0.view(1, 3, 1, 1)
        return [F.avg_pool2d(shifted, step) for step in (2, 4, 8)]

    def fit_standardisation(self, batches: Iterable[Tensor]) -> None:
        self.mean0.copy_(torch.cat(list(batches)).mean(dim=(0, 2, 3)))

    def standardisation(self) -> dict[str, Tensor]:
        return {"mean0": self.mean0.clone()}

    def load_standardisation(self, values: dict[str, Tensor]) -> None:
        self.mean0.copy_(values["mean0"])


class LargeTeacher(SimpleTeacher):
    """Its features have the decoder's sizes for pictures of 256."""

    def features(self, x: Tensor) -> list[Tensor]:
        return super().features(F.avg_pool2d(x, 2))
