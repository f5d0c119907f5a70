"""Autoencoders as a baseline (Bergmann et al. 2018, arXiv 1807.02011): squared error, or structural similarity (Wang et al. 2004).

Encoder and decoder are those of the VAE, whose layout is that of Bergmann et al., with batch normalisation and a factor on the channels.
Images larger than a patch, such as textures, are rebuilt patch by patch, with patches that overlap by half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from favae_demo.config.train_config import MAP_SIDE, TrainConfig
from favae_demo.model.losses import masked_sum
from favae_demo.model.network import MethodNetwork
from favae_demo.model.vae import Decoder, Encoder

PATCH = MAP_SIDE  # height and width of what is rebuilt at a time
WINDOW = 11  # side of the window of the structural similarity, in pixels
C1, C2 = 0.01**2, 0.03**2  # of Wang et al., for values in [0, 1]


@dataclass(frozen=True)
class Rebuilt:
    """A reconstruction, N×3×h×w in [0, 1]."""

    image: Tensor


class AutoEncoder(MethodNetwork):
    """Rebuilds images from a short code; the residual is the difference of the pixels.

    Args:
        latent: Numbers of the code, even.
        width: Factor on the channels of every layer.
    """

    def __init__(self, latent: int, width: float):
        super().__init__()
        self.encoder = Encoder(
            latent // 2, width
        )  # its two halves, mean and variance in a VAE, are one code here
        self.decoder = Decoder(2 * (latent // 2), width)

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> AutoEncoder:
        """See `MethodNetwork.from_config`."""
        return cls(config.latent, config.width)

    def forward(self, x: Tensor, features: Sequence[Tensor] = (), noise: Tensor | None = None) -> Rebuilt:
        """Rebuilds images N×3×h×w in [0, 1], of the size of a patch or larger."""
        return Rebuilt(patchwise(self._rebuild, x))

    def error(self, rebuilt: Tensor, x: Tensor) -> Tensor:
        """Returns the error of each pixel and channel, N×3×h×w, ≥ 0."""
        return (rebuilt - x) ** 2

    def loss_terms(
        self, output: Rebuilt, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """See `MethodNetwork.loss_terms`."""
        return {"pixels": masked_sum(self.error(output.image, x), foreground)}

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: the root of the error of each pixel and channel."""
        rebuilt = self(x).image
        return rebuilt, [self.error(rebuilt, x).sqrt()]

    def _rebuild(self, x: Tensor) -> Tensor:
        return self.decoder(torch.cat(self.encoder(x), 1))[0]


class SsimAutoEncoder(AutoEncoder):
    """As `AutoEncoder`, trained and judged by the structural similarity of each pixel's surroundings."""

    def error(self, rebuilt: Tensor, x: Tensor) -> Tensor:
        """See `AutoEncoder.error`: 1 − SSIM."""
        return (1 - ssim_map(rebuilt, x)).clamp(min=0)


def ssim_map(x: Tensor, y: Tensor, window: int = WINDOW) -> Tensor:
    """Returns the structural similarity (Wang et al. 2004) of the surroundings of each pixel.

    Args:
        x: Images N×C×h×w in [0, 1].
        y: Images of the same shape.
        window: Side of the square of pixels that are compared, odd; at the border those that there are.

    Returns:
        N×C×h×w in [−1, 1], 1 where they are equal.
    """

    def mean(values: Tensor) -> Tensor:
        for sides in ((1, window), (window, 1)):  # rows, then columns: a fifth of the sums of a square window
            around = [side // 2 for side in sides]
            values = F.avg_pool2d(values, sides, 1, around, count_include_pad=False)
        return values

    mean_x, mean_y = mean(x), mean(y)
    variances = mean(x * x) - mean_x**2 + mean(y * y) - mean_y**2
    covariance = mean(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
    return light * (2 * covariance + C2) / (variances + C2)


def patchwise(rebuild: Callable[[Tensor], Tensor], x: Tensor, patch: int = PATCH) -> Tensor:
    """Rebuilds images patch by patch, half a patch apart, and averages where they overlap.

    Args:
        rebuild: Maps N×3×patch×patch to reconstructions of the same shape.
        x: Images N×3×h×w.
        patch: Height and width of a patch.
    """
    height, width = x.shape[-2:]
    if height == width == patch:
        return rebuild(x)
    total, count = torch.zeros_like(x), torch.zeros_like(x[:1, :1])
    for top in _starts(height, patch):
        for left in _starts(width, patch):
            around = (left, width - left - patch, top, height - top - patch)
            part = rebuild(x[..., top : top + patch, left : left + patch])
            total = total + F.pad(part, around)
            count = count + F.pad(torch.ones_like(part[:1, :1]), around)
    return total / count


def _starts(side: int, patch: int) -> list[int]:
    """Returns where patches begin along a side; the last one ends with it."""
    return [*range(0, side - patch, patch // 2), side - patch]
