"""A teacher that needs no weights: pooled colours at the three depths of the real ones."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SimpleTeacher(nn.Module):
    """Colours at a half, a quarter and an eighth of the size, shifted by a mean that is fitted as the real one is.

    Deviations are there, as in the real one, but stay 1.
    """

    channels = (3, 3, 3)
    fingerprint = "simple"
    source = "tests"

    def __init__(self) -> None:
        super().__init__()
        for layer, count in enumerate(self.channels):
            self.register_buffer(f"mean{layer}", torch.zeros(count))
            self.register_buffer(f"std{layer}", torch.ones(count))

    def features(self, x: Tensor) -> list[Tensor]:
        shifted = x - self.mean0.view(1, 3, 1, 1)  # pooling keeps the mean, so one will do
        return [F.avg_pool2d(shifted, step) for step in (2, 4, 8)]

    def fit_standardisation(self, batches: Iterable[Tensor]) -> None:
        self.mean0.copy_(torch.cat(list(batches)).mean(dim=(0, 2, 3)))

    def standardisation(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.named_buffers()}

    def load_standardisation(self, values: dict[str, Tensor]) -> None:
        for name, value in values.items():
            self.get_buffer(name).copy_(value)


class LargeTeacher(SimpleTeacher):
    """Its features have the decoder's sizes for pictures of 256."""

    def features(self, x: Tensor) -> list[Tensor]:
        return super().features(F.avg_pool2d(x, 2))
