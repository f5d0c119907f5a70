"""Encoders and decoder of the VAE, written as tables; `ENCODER` and `DECODER` are the report's (section 5.1)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of every LeakyReLU


class ConvSpec(NamedTuple):
    """One convolution: output channels at width 1, kernel, stride, padding.

    `tap` says of a decoder's row that its raw output is a tap, of an encoder's that the teacher's next layer joins its output.
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
# From the teacher's finest features (64²) to 8²; the other two layers join on the way.
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
BOTTLENECK = 8  # side of the feature map that the 8×8 head turns into the latent vector


def scaled(channels: int, width: float) -> int:
    """Channels of a layer at a width factor; never below 4."""
    return max(4, round(channels * width))


class Encoder(nn.Module):
    """Image → mean and log variance of the latent normal distribution.

    Args:
        latent: Latent numbers at each place.
        width: Factor on the channels of every layer.
        side: Places of the code along each side, 1 or 8.
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
        """Encodes N×3×128×128 in [0, 1] to (mean, log variance), each N×latent×side×side."""
        mean, log_variance = self.head(self.body(x)).chunk(2, dim=1)
        return mean, log_variance


class FeatureEncoder(nn.Module):
    """The teacher's features → mean and log variance.

    Args:
        teacher_channels: Channels of the features, finest first.
        latent: Latent numbers at each place.
        width: Factor on the channels of every layer.
        side: Places of the code along each side, 1 or 8.
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
        """Encodes features N×C×64², 32², 16² to (mean, log variance), each N×latent×side×side."""
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
    """Latent code → image, with the raw outputs of the three up-sampling layers as taps.

    Args:
        latent: Latent numbers at each place.
        width: Factor on the channels of every layer.
        side: Places of the code along each side: 1, or 8, where the first layer, which makes 8² of 1, is left out.
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
        """Decodes N×latent×side×side to (image N×3×128×128 in [0, 1], taps at 64², 32², 16², before normalisation)."""
        x = z
        taps: list[Tensor] = []
        for row, block in zip(self.rows, self.blocks, strict=True):
            convolution, activation = block.children()
            x = convolution(x)
            if row.tap:
                taps.insert(0, x)
            x = activation(x)
        return torch.sigmoid(self.to_picture(x)), taps
