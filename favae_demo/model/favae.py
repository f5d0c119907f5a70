"""The feature-augmented VAE (Dehaene & Eline 2020, arXiv 2008.05369; report chapter 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from favae_demo.model.adapters import adapter
from favae_demo.model.vae import Decoder, Encoder
from favae_demo.presets import TrainConfig


@dataclass(frozen=True)
class Output:
    """One pass of the model.

    Attributes:
        picture: Reconstruction, N×3×H×W in [0, 1].
        features: Guesses of the teacher's features, finest first; empty for the plain VAE.
        mean: Latent mean, N×latent.
        log_variance: Latent log variance, N×latent.
    """

    picture: Tensor
    features: list[Tensor]
    mean: Tensor
    log_variance: Tensor


class Favae(nn.Module):
    """A VAE whose decoder also rebuilds the features of a frozen teacher, one adapter a tap.

    Args:
        teacher_channels: Channels of the teacher's feature maps, finest first; empty gives the plain VAE.
        latent: Latent dimensions.
        width: Factor on the channels of every layer; 1 is the report's network.
        narrow_adapters: See `adapters.adapter`.
    """

    def __init__(
        self,
        teacher_channels: Sequence[int] = (),
        latent: int = 100,
        width: float = 1.0,
        *,
        narrow_adapters: bool = False,
    ):
        super().__init__()
        self.encoder = Encoder(latent, width)
        self.decoder = Decoder(latent, width)
        taps = self.decoder.tap_channels
        if len(teacher_channels) not in (0, len(taps)):
            raise ValueError(f"The decoder has {len(taps)} taps, the teacher {len(teacher_channels)} layers.")
        pairs = zip(taps, teacher_channels, strict=False)
        self.adapters = nn.ModuleList(
            adapter(tap, channels, narrow=narrow_adapters) for tap, channels in pairs
        )

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> "Favae":
        """The network that a training's settings describe, with random weights."""
        return cls(teacher_channels, config.latent, config.width, narrow_adapters=config.narrow_adapters)

    def forward(self, x: Tensor, noise: Tensor | None = None) -> Output:
        """Rebuilds N×3×128×128 in [0, 1].

        Args:
            x: The pictures.
            noise: ε of the reparameterisation z = μ + ε·σ, N×latent; None decodes the mean, as in detection.
        """
        mean, log_variance = self.encoder(x)
        z = mean if noise is None else mean + noise * torch.exp(0.5 * log_variance)
        picture, taps = self.decoder(z)
        features = [adapt(tap) for adapt, tap in zip(self.adapters, taps, strict=False)]
        return Output(picture, features, mean, log_variance)
