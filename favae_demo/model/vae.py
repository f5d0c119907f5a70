"""Encoder and decoder of the VAE, written as the tables of the report (section 5.1)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of every LeakyReLU


class Row(NamedTuple):
    """One convolution: output channels at width 1, kernel, stride, padding, whether its raw output is a tap."""

    channels: int
    kernel: int
    stride: int
    padding: int
    tap: bool = False


ENCODER = (
    Row(128, 4, 2, 1),
    Row(128, 4, 2, 1),
    Row(256, 3, 1, 1),
    Row(256, 4, 2, 1),
    Row(512, 3, 1, 1),
    Row(512, 4, 2, 1),
    Row(512, 3, 1, 1),
    Row(32, 3, 1, 1),
)
DECODER = (
    Row(32, 8, 1, 0),
    Row(512, 3, 1, 1),
    Row(512, 3, 1, 1),
    Row(512, 4, 2, 1, tap=True),
    Row(256, 3, 1, 1),
    Row(256, 4, 2, 1, tap=True),
    Row(128, 3, 1, 1),
    Row(128, 4, 2, 1, tap=True),
)
BOTTLENECK = 8  # side of the feature map that the 8×8 head turns into the latent vector


def scaled(channels: int, width: float) -> int:
    """Channels of a layer at a width factor; never below 4."""
    return max(4, round(channels * width))


class Encoder(nn.Module):
    """Picture → mean and log variance of the latent normal distribution."""

    def __init__(self, latent: int, width: float):
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for row in ENCODER:
            out = scaled(row.channels, width)
            layers += [
                nn.Conv2d(channels, out, row.kernel, row.stride, row.padding),
                nn.BatchNorm2d(out),
                nn.LeakyReLU(SLOPE, inplace=True),
            ]
            channels = out
        self.body = nn.Sequential(*layers)
        self.head = nn.Conv2d(channels, 2 * latent, BOTTLENECK)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Encodes N×3×128×128 in [0, 1] to (mean, log variance), each N×latent."""
        mean, log_variance = self.head(self.body(x)).flatten(1).chunk(2, dim=1)
        return mean, log_variance


class Decoder(nn.Module):
    """Latent vector → picture, with the raw outputs of the three up-sampling layers as taps."""

    def __init__(self, latent: int, width: float):
        super().__init__()
        channels = latent
        self.blocks = nn.ModuleList()
        for row in DECODER:
            out = scaled(row.channels, width)
            convolution = nn.ConvTranspose2d(channels, out, row.kernel, row.stride, row.padding)
            activation = nn.Sequential(nn.BatchNorm2d(out), nn.LeakyReLU(SLOPE, inplace=True))
            self.blocks.append(nn.ModuleList((convolution, activation)))
            channels = out
        self.to_picture = nn.ConvTranspose2d(channels, 3, 4, 2, 1)
        # Finest first, as the teacher's taps are numbered.
        self.tap_channels = tuple(scaled(row.channels, width) for row in reversed(DECODER) if row.tap)

    def forward(self, z: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Decodes N×latent to (picture N×3×128×128 in [0, 1], taps at 64², 32², 16², before normalisation)."""
        x, taps = z[:, :, None, None], []
        for row, (convolution, activation) in zip(DECODER, self.blocks, strict=True):
            x = convolution(x)
            if row.tap:
                taps.insert(0, x)
            x = activation(x)
        return torch.sigmoid(self.to_picture(x)), taps
