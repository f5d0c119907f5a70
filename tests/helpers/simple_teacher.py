"""Teachers without weights, whose features are pooled colours at three sizes."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SimpleTeacher(nn.Module):
    """Returns colours at 1/2, 1/4 and 1/8 of the image's size as features, minus their means over the fitted images.

    The standard deviations exist as in a real teacher, but stay 1.
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
        shifted = x - self.mean0.view(1, 3, 1, 1)  # pooling preserves the mean, so all layers share one
        return [F.avg_pool2d(shifted, step) for step in (2, 4, 8)]

    def fit_standardisation(self, batches: Iterable[Tensor]) -> None:
        self.mean0.copy_(torch.cat(list(batches)).mean(dim=(0, 2, 3)))

    def standardisation(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.named_buffers()}

    def load_standardisation(self, values: dict[str, Tensor]) -> None:
        for name, value in values.items():
            self.get_buffer(name).copy_(value)


class LargeTeacher(SimpleTeacher):
    """A variant for images of 256×256 pixels; its features have the sizes of the decoder's layers."""

    def features(self, x: Tensor) -> list[Tensor]:
        return super().features(F.avg_pool2d(x, 2))
