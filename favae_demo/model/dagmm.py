"""DAGMM (Zong et al. 2018, ICLR): an autoencoder of features, and a mixture of normal distributions of its codes, learned together.

What it compresses are the teacher's features of each patch, so all layers are 1×1 convolutions, with the sizes of the paper. The error of
the reconstruction gives the map, the energy of the codes (their negative log likelihood) the image score. The mixture that is used
later is a running average over the batches of the training, as in batch normalisation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.memory import patch_features
from favae_demo.model.network import MethodNetwork

HIDDEN = (60, 30, 10)  # of the encoder; the decoder's are the same, backwards
COMPONENTS = 4
ESTIMATION = 10  # hidden layer of the network that estimates the component of a code
DROPOUT = 0.5
ENERGY_WEIGHT, PENALTY_WEIGHT = 0.1, 0.005  # λ₁ and λ₂
RIDGE = 1e-3  # added to the variances; 1e-12 in the paper's code, too small for codes of nearly equal patches in single precision
MOMENTUM = 0.1


@dataclass(frozen=True)
class Codes:
    """Output of one pass.

    Attributes:
        rebuilt: Features of the patches, N×C×h×w.
        codes: N×3×h×w: the code, and the relative Euclidean and the cosine distance of the reconstruction.
        membership: Share of each component, N×K×h×w.
        patches: The features that were rebuilt.
    """

    rebuilt: Tensor
    codes: Tensor
    membership: Tensor
    patches: Tensor


class Dagmm(MethodNetwork):
    """Compression network, estimation network, and the mixture.

    Args:
        channels: Features of a patch.
    """

    phi: Tensor
    mu: Tensor
    sigma: Tensor

    def __init__(self, channels: int):
        super().__init__()
        self.encoder = _layers(channels, *HIDDEN, 1)
        self.decoder = _layers(1, *reversed(HIDDEN), channels)
        self.estimation = nn.Sequential(
            nn.Conv2d(3, ESTIMATION, 1), nn.Tanh(), nn.Dropout(DROPOUT), nn.Conv2d(ESTIMATION, COMPONENTS, 1)
        )
        self.register_buffer("phi", torch.full((COMPONENTS,), 1 / COMPONENTS))
        self.register_buffer("mu", torch.zeros(COMPONENTS, 3))
        self.register_buffer("sigma", torch.eye(3).repeat(COMPONENTS, 1, 1))

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> Dagmm:
        """See `MethodNetwork.from_config`."""
        return cls(sum(teacher_channels[-2:]))

    def forward(self, x: Tensor, features: Sequence[Tensor] = (), noise: Tensor | None = None) -> Codes:
        """Compresses and rebuilds the features of each patch."""
        patches = patch_features(features)
        code = self.encoder(patches)
        rebuilt = self.decoder(code)
        length = patches.norm(dim=1, keepdim=True).clamp(min=1e-6)
        apart = (patches - rebuilt).norm(dim=1, keepdim=True) / length
        cosine = F.cosine_similarity(patches, rebuilt, dim=1)[:, None]
        codes = torch.cat([code, apart, cosine], 1)
        return Codes(rebuilt, codes, self.estimation(codes).softmax(1), patches)

    def loss_terms(
        self, output: Codes, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """See `MethodNetwork.loss_terms`: reconstruction, energy, and a penalty on small variances, each a mean over the patches of an image."""
        patches = output.patches
        places = patches.shape[-2] * patches.shape[-1]
        codes, membership = _rows(output.codes), _rows(output.membership)
        mixture = (self.phi, self.mu, self.sigma)
        if self.training:
            mixture = fit_mixture(codes, membership)
            for buffer, value in zip((self.phi, self.mu, self.sigma), mixture, strict=True):
                buffer.lerp_(value.detach(), MOMENTUM)
        return {
            "rebuilt": (output.rebuilt - patches).square().sum() / places,
            "energy": energy(codes, *mixture).sum() / places,
            "penalty": len(x) * (1 / mixture[2].diagonal(dim1=1, dim2=2)).sum(),
        }

    def term_weights(self, config: TrainConfig, features: Sequence[Tensor]) -> dict[str, float]:
        """See `MethodNetwork.term_weights`."""
        return {"energy": ENERGY_WEIGHT, "penalty": PENALTY_WEIGHT}

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: the length of that of the features, and the root of the energy above the lowest there is."""
        output = self(x, features)
        count, _, height, width = output.codes.shape
        above = energy(_rows(output.codes), self.phi, self.mu, self.sigma) - lowest_energy(
            self.phi, self.sigma
        )
        lengths = (output.rebuilt - output.patches).norm(dim=1, keepdim=True)
        return x, [lengths, above.clamp(min=0).sqrt().view(count, 1, height, width)]


def fit_mixture(codes: Tensor, membership: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Returns share K, mean K×D and covariance K×D×D of each component, from codes M×D and memberships M×K (equation 5 of the paper)."""
    weight = membership.sum(0).clamp(min=1e-6)
    mu = membership.T @ codes / weight[:, None]
    apart = codes[:, None] - mu
    sigma = torch.einsum("mk,mkd,mke->kde", membership, apart, apart) / weight[:, None, None]
    return weight / len(codes), mu, sigma + RIDGE * torch.eye(codes.shape[1], device=codes.device)


def energy(codes: Tensor, phi: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """Returns the negative log likelihood of codes M×D under a mixture, M (equation 6 of the paper)."""
    factor = torch.linalg.cholesky(sigma)
    apart = (codes[:, None] - mu)[..., None]
    white = torch.linalg.solve_triangular(factor, apart, upper=False)[..., 0]
    return -torch.logsumexp(_peaks(phi, factor) - 0.5 * white.square().sum(-1), 1)


def lowest_energy(phi: Tensor, sigma: Tensor) -> Tensor:
    """Returns a bound that no energy is below: that of a code in the middle of all components at once."""
    return -torch.logsumexp(_peaks(phi, torch.linalg.cholesky(sigma)), 0)


def _peaks(phi: Tensor, factor: Tensor) -> Tensor:
    """Returns the log density of each component at its mean, times its share, K."""
    determinant = factor.diagonal(dim1=1, dim2=2).log().sum(1)
    return phi.clamp(min=1e-12).log() - determinant - 0.5 * factor.shape[-1] * math.log(2 * math.pi)


def _rows(values: Tensor) -> Tensor:
    """Returns values N×C×h×w as rows (N·h·w)×C."""
    return values.permute(0, 2, 3, 1).flatten(0, 2)


def _layers(*channels: int) -> nn.Sequential:
    """Returns 1×1 convolutions with a tanh between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(channels):
        layers += [nn.Conv2d(before, after, 1), nn.Tanh()]
    return nn.Sequential(*layers[:-1])
