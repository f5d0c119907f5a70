"""A discriminator beside the training: it learns to tell rebuilt features from the teacher's, and the model to mislead it."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN = 64
LEARNING_RATE = 2e-4


class Adversary:
    """One patch discriminator a layer of the teacher, with the hinge loss (Lim and Ye 2017, arXiv 1705.02894).

    Args:
        channels: Of the teacher's layers.
        seed: Of its weights.
    """

    def __init__(self, channels: Sequence[int], seed: int):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.nets = nn.ModuleList(_discriminator(count) for count in channels)
        self.optimiser = torch.optim.Adam(self.nets.parameters(), LEARNING_RATE, betas=(0.5, 0.999))

    def misled(self, guesses: Sequence[Tensor]) -> Tensor:
        """The model's loss, a mean over places summed over pictures: lower as rebuilt features pass for real ones."""
        with _frozen(self.nets):
            return sum(-net(one).mean() * len(one) for net, one in zip(self.nets, guesses, strict=True))

    def learn(self, guesses: Sequence[Tensor], features: Sequence[Tensor]) -> None:
        """One step of the discriminators."""
        loss = sum(
            F.relu(1 - net(real)).mean() + F.relu(1 + net(rebuilt.detach())).mean()
            for net, rebuilt, real in zip(self.nets, guesses, features, strict=True)
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()


class _frozen:
    def __init__(self, nets: nn.Module):
        self.nets = nets

    def __enter__(self):
        self.nets.requires_grad_(False)

    def __exit__(self, *_):
        self.nets.requires_grad_(True)


def _discriminator(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.utils.spectral_norm(nn.Conv2d(channels, HIDDEN, 3, 1, 1)),
        nn.LeakyReLU(0.2),
        nn.utils.spectral_norm(nn.Conv2d(HIDDEN, HIDDEN, 4, 2, 1)),
        nn.LeakyReLU(0.2),
        nn.utils.spectral_norm(nn.Conv2d(HIDDEN, 1, 3, 1, 1)),
    )
