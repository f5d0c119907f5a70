"""Encoders and decoder of the VAE, with their layers in tables; `ENCODER` and `DECODER` are the report's (section 5.1)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of every LeakyReLU


class ConvSpec(NamedTuple):
    """One convolution: output channels at width 1, kernel size, stride and padding.

    In the decoder, `tap` marks a layer whose raw output is passed to an adapter. In the feature encoder, it marks a layer to whose
    output the next layer of teacher features is concatenated.
    """

    channels: int
    kernel: int
    stride: int
    padding: int
    tap: bool = False


ENCODER = (
    ConvSpec(128, 4, 2, 1),
    ConvSpec(128, 4, 2, 1),
    ConvSpec(256, 3, 1, 1),
    ConvSpec(256, 4, 2, 1),
    ConvSpec(512, 3, 1, 1),
    ConvSpec(512, 4, 2, 1),
    ConvSpec(512, 3, 1, 1),
    ConvSpec(32, 3, 1, 1),
)
# From the teacher's finest features (64²) to 8²; the other two layers are concatenated where their sizes match.
FEATURE_ENCODER = (
    ConvSpec(128, 4, 2, 1, tap=True),
    ConvSpec(256, 3, 1, 1),
    ConvSpec(256, 4, 2, 1, tap=True),
    ConvSpec(512, 3, 1, 1),
    ConvSpec(512, 4, 2, 1),
    ConvSpec(512, 3, 1, 1),
)
DECODER = (
    ConvSpec(32, 8, 1, 0),
    ConvSpec(512, 3, 1, 1),
    ConvSpec(512, 3, 1, 1),
    ConvSpec(512, 4, 2, 1, tap=True),
    ConvSpec(256, 3, 1, 1),
    ConvSpec(256, 4, 2, 1, tap=True),
    ConvSpec(128, 3, 1, 1),
    ConvSpec(128, 4, 2, 1, tap=True),
)
BOTTLENECK = 8  # height and width of the feature map that the head's convolution reduces to the latent code


def scaled(channels: int, width: float) -> int:
    """Returns the number of channels of a layer at a width factor, at least 4."""
    return max(4, round(channels * width))


class Encoder(nn.Module):
    """Encodes images as mean and log variance of a normal distribution of latent codes.

    Args:
        latent: Channels of the latent code.
        width: Factor on the channels of every layer.
        side: Height and width of the latent code, 1 or 8.
    """

    def __init__(self, latent: int, width: float, side: int = 1):
        super().__init__()
        channels = 3
        layers: list[nn.Module] = []
        for row in ENCODER:
            layers += _convolution(channels, row, width)
            channels = scaled(row.channels, width)
        self.body = nn.Sequential(*layers)
        self.head = nn.Conv2d(channels, 2 * latent, BOTTLENECK // side)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Encodes images N×3×128×128 in [0, 1], or larger ones with side 8; returns mean and log variance, each N×latent×side×side."""
        mean, log_variance = self.head(self.body(x)).chunk(2, dim=1)
        return mean, log_variance


class FeatureEncoder(nn.Module):
    """Encodes the teacher's features as mean and log variance of a normal distribution of latent codes.

    Args:
        teacher_channels: Channels of the features, finest layer first.
        latent: Channels of the latent code.
        width: Factor on the channels of every layer.
        side: Height and width of the latent code, 1 or 8.
    """

    def __init__(self, teacher_channels: Sequence[int], latent: int, width: float, side: int):
        super().__init__()
        channels, *joining = teacher_channels
        self.blocks = nn.ModuleList()
        for row in FEATURE_ENCODER:
            self.blocks.append(nn.Sequential(*_convolution(channels, row, width)))
            channels = scaled(row.channels, width) + (joining.pop(0) if row.tap else 0)
        self.head = nn.Conv2d(channels, 2 * latent, BOTTLENECK // side)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Encodes features N×C×64×64, N×C×32×32 and N×C×16×16, or larger ones with side 8; returns mean and log variance, N×latent×side×side."""
        x, *joining = features
        for row, block in zip(FEATURE_ENCODER, self.blocks, strict=True):
            x = block(x)
            if row.tap:
                x = torch.cat([x, joining.pop(0)], 1)
        mean, log_variance = self.head(x).chunk(2, dim=1)
        return mean, log_variance


def _convolution(channels: int, row: ConvSpec, width: float) -> list[nn.Module]:
    out = scaled(row.channels, width)
    return [
        nn.Conv2d(channels, out, row.kernel, row.stride, row.padding),
        nn.BatchNorm2d(out),
        nn.LeakyReLU(SLOPE, inplace=True),
    ]


class Decoder(nn.Module):
    """Decodes latent codes to images, and returns the raw outputs of three up-sampling layers as taps.

    Args:
        latent: Channels of the latent code.
        width: Factor on the channels of every layer.
        side: Height and width of the latent code: 1, or 8, for which the first layer (from 1² to 8²) is left out.
    """

    def __init__(self, latent: int, width: float, side: int = 1):
        super().__init__()
        channels = latent
        self.rows = DECODER if side == 1 else DECODER[1:]
        self.blocks = nn.ModuleList()
        for row in self.rows:
            out = scaled(row.channels, width)
            convolution = nn.ConvTranspose2d(channels, out, row.kernel, row.stride, row.padding)
            activation = nn.Sequential(nn.BatchNorm2d(out), nn.LeakyReLU(SLOPE, inplace=True))
            self.blocks.append(nn.ModuleList((convolution, activation)))
            channels = out
        self.to_picture = nn.ConvTranspose2d(channels, 3, 4, 2, 1)
        # Finest first, as the teacher's taps are numbered.
        self.tap_channels = tuple(scaled(row.channels, width) for row in reversed(DECODER) if row.tap)

    def forward(self, z: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Decodes latent codes N×latent×side×side.

        Returns:
            Images, N×3×128×128 in [0, 1], and the taps of 64², 32² and 16² pixels, before batch normalisation; larger for a larger code.
        """
        x = z
        taps: list[Tensor] = []
        for row, block in zip(self.rows, self.blocks, strict=True):
            convolution, activation = block.children()
            x = convolution(x)
            if row.tap:
                taps.insert(0, x)
            x = activation(x)
        return torch.sigmoid(self.to_picture(x)), taps
