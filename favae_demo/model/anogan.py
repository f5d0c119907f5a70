"""AnoGAN (Schlegl et al. 2017, arXiv 1703.05921) with the encoder of f-AnoGAN (Schlegl et al. 2019).

A generator learns to make good images, against a discriminator (DCGAN, with the layers of the VAE). An image is compared with the nearest one
that the generator makes, by its pixels and by the discriminator's features. The nearest one is found by an encoder (f-AnoGAN), or by a search
in the latent space (AnoGAN). Unlike there, all three networks learn side by side in one step of Adam, each from its own loss, and the discriminator's
slope at real images is kept small (R1, Mescheder et al. 2018, arXiv 1801.04406), without which some trainings end with the same noise for each image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.losses import masked_sum
from favae_demo.model.network import MethodNetwork
from favae_demo.model.vae import SLOPE, Decoder, Encoder, scaled

CHANNELS = (128, 256, 512, 512)  # of the discriminator, each with half the size of the one before
FEATURES = 3  # layers after which its features are compared: 16×16 of an image of 128×128
CRITIC_SHARE = 0.1  # λ of AnoGAN: weight of the discriminator's features in the search
SEARCH_RATE = 0.05
SLOPE_WEIGHT = 5.0  # γ of R1


@dataclass(frozen=True)
class Adversaries:
    """What one step compares.

    Attributes:
        image: What the generator makes of the encoder's code, N×3×h×w.
        fake: What it makes of noise; empty where there is none.
    """

    image: Tensor
    fake: Tensor


class Discriminator(nn.Module):
    """Tells images from made ones.

    Args:
        width: Factor on the channels of every layer.
    """

    def __init__(self, width: float):
        super().__init__()
        before, self.blocks = 3, nn.ModuleList()
        for channels in CHANNELS:
            out = scaled(channels, width)
            self.blocks.append(
                nn.Sequential(
                    nn.Conv2d(before, out, 4, 2, 1), nn.BatchNorm2d(out), nn.LeakyReLU(SLOPE, inplace=True)
                )
            )
            before = out
        self.head = nn.Conv2d(before, 1, 8)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the logit of each image N×3×128×128 being real, N, and the features that are compared."""
        features = x
        for number, block in enumerate(self.blocks, 1):
            x = block(x)
            if number == FEATURES:
                features = x
        return self.head(x).flatten(), features


class AnoGan(MethodNetwork):
    """Generator, discriminator and encoder.

    Args:
        latent: Numbers of the code.
        width: Factor on the channels of every layer.
        search: Steps of the search in the latent space; 0 takes the encoder's code.
    """

    def __init__(self, latent: int, width: float, search: int = 0):
        super().__init__()
        self.latent, self.search = latent, search
        self.generator = Decoder(latent, width)
        self.discriminator = Discriminator(width)
        self.encoder = Encoder(latent, width)

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> AnoGan:
        """See `MethodNetwork.from_config`."""
        return cls(config.latent, config.width, config.search)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """See `MethodNetwork.draw`: codes of the images that the generator makes."""
        return torch.randn(count, self.latent, 1, 1, generator=generator)

    def forward(self, x: Tensor, features: Sequence[Tensor] = (), noise: Tensor | None = None) -> Adversaries:
        """Makes the images that stand for images N×3×128×128, and those of noise N×latent×1×1."""
        rebuilt = _frozen(self.generator, self.encoder(x)[0])[0]
        return Adversaries(rebuilt, x[:0] if noise is None else self.generator(noise)[0])

    def loss_terms(
        self, output: Adversaries, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """See `MethodNetwork.loss_terms`: the encoder's, and those of the two adversaries where there is noise."""
        real, rebuilt = (_frozen(self.discriminator, image)[1] for image in (x, output.image))
        terms = {
            "pixels": masked_sum((output.image - x) ** 2, foreground) / x[0].numel(),
            "critic": (real.detach() - rebuilt).square().sum() / real[0].numel(),
        }
        if len(output.fake):
            real_image = x.detach().requires_grad_()
            logits, made = self.discriminator(real_image)[0], self.discriminator(output.fake.detach())[0]
            (slope,) = torch.autograd.grad(logits.sum(), real_image, create_graph=True)
            terms["discriminator"] = F.softplus(-logits).sum() + F.softplus(made).sum()
            terms["slope"] = SLOPE_WEIGHT / 2 * slope.square().sum()
            terms["generator"] = F.softplus(-_frozen(self.discriminator, output.fake)[0]).sum()
        return terms

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: of the pixels, and the length of that of the discriminator's features."""
        code = self.find(x) if self.search else self.encoder(x)[0]
        rebuilt = self.generator(code)[0]
        difference = self.discriminator(x)[1] - self.discriminator(rebuilt)[1]
        return rebuilt, [(x - rebuilt) / 3**0.5, difference.square().mean(1, keepdim=True).sqrt()]

    def find(self, x: Tensor) -> Tensor:
        """Returns the codes whose images are nearest, N×latent×1×1: `search` steps of Adam from the middle of the latent space."""
        with torch.inference_mode(False), torch.enable_grad():
            x = x.clone()
            code = torch.zeros(len(x), self.latent, 1, 1, device=x.device, requires_grad=True)
            optimiser = torch.optim.Adam([code], lr=SEARCH_RATE)
            wanted = _frozen(self.discriminator, x)[1]
            for _ in range(self.search):
                image = _frozen(self.generator, code)[0]
                pixels = (image - x).abs().mean((1, 2, 3))
                critic = (_frozen(self.discriminator, image)[1] - wanted).abs().mean((1, 2, 3))
                loss = ((1 - CRITIC_SHARE) * pixels + CRITIC_SHARE * critic).sum()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            return code.detach()


def _frozen(module: nn.Module, x: Tensor) -> Any:
    """Returns a module's output for x; gradients reach x, and not the module's weights."""
    weights = {name: value.detach() for name, value in module.named_parameters()}
    return functional_call(module, weights, (x,))
