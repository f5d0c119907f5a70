"""Deep SVDD (Ruff et al. 2018, ICML): a network that draws all that is good to one centre.

The layers are those of the paper for images: convolutions 5×5 without bias, batch normalisation without shift, and pooling. The final
dense layer is a 1×1 convolution, so that each place has its own distance from the centre. There is no pretraining as an autoencoder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.losses import masked_sum
from favae_demo.model.network import MethodNetwork
from favae_demo.model.vae import scaled

CHANNELS = (32, 64, 128)  # each is followed by pooling
NEAREST = 0.1  # a centre nearer to 0 could be reached by weights of 0


@dataclass(frozen=True)
class Distances:
    """Squared distances from the centre, N×1×h×w."""

    squared: Tensor


class DeepSvdd(MethodNetwork):
    """Maps images to representations, whose distance from a fixed centre is the error.

    Args:
        size: Numbers of a representation.
        width: Factor on the channels of every layer.
        soft: Whether the boundary is soft: a share `nu` of the good places may lie outside of the sphere.
        nu: That share.
    """

    centre: Tensor
    radius: Tensor

    def __init__(self, size: int, width: float, *, soft: bool = False, nu: float = 0.1):
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for channels in CHANNELS:
            channels = scaled(channels, width)
            layers += [
                nn.Conv2d(before, channels, 5, padding=2, bias=False),
                nn.BatchNorm2d(channels, eps=1e-4, affine=False),
                nn.LeakyReLU(inplace=True),
                nn.MaxPool2d(2),
            ]
            before = channels
        self.body = nn.Sequential(*layers, nn.Conv2d(before, size, 1, bias=False))
        self.soft, self.nu = soft, nu
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("radius", torch.zeros(()))

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> DeepSvdd:
        """See `MethodNetwork.from_config`."""
        return cls(config.latent, config.width, soft=config.boundary == "soft", nu=config.nu)

    @torch.no_grad()
    def prepare(self, batches: Iterable[tuple[Tensor, list[Tensor]]]) -> None:
        """See `MethodNetwork.prepare`: the centre is the mean of the first representations, away from 0."""
        self.eval()
        means = [self.body(x).mean((0, 2, 3)) for x, _ in batches]
        centre = torch.stack(means).mean(0)
        sign = torch.where(centre < 0, -1.0, 1.0)
        self.centre.copy_(torch.where(centre.abs() < NEAREST, sign * NEAREST, centre))

    def forward(self, x: Tensor, features: Sequence[Tensor] = (), noise: Tensor | None = None) -> Distances:
        """Returns the squared distance of each place of images N×3×h×w from the centre."""
        return Distances((self.body(x) - self.centre.view(1, -1, 1, 1)).square().sum(1, keepdim=True))

    def loss_terms(
        self, output: Distances, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """See `MethodNetwork.loss_terms`: the mean of the squared distances, or with a soft boundary R² + mean of what exceeds it ÷ ν."""
        squared = output.squared
        places = squared.shape[-2] * squared.shape[-1]
        if not self.soft:
            return {"sphere": masked_sum(squared, foreground) / places}
        if self.training:
            self.radius.copy_(soft_radius(squared.detach(), self.nu))
        outside = masked_sum((squared - self.radius**2).clamp(min=0), foreground) / places
        return {"sphere": len(x) * self.radius**2 + outside / self.nu}

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: the image itself, and the distance of each place."""
        return x, [self(x).squared.sqrt()]


def soft_radius(squared: Tensor, nu: float) -> Tensor:
    """Returns the radius that a share `nu` of the squared distances lies outside of."""
    return torch.quantile(squared.sqrt().flatten(), 1 - nu)
