"""What the model missed: residuals by term, and their usual size."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from favae_demo.model.favae import Output

CHANNEL_FLOOR = 0.01  # of the mean over a term's channels
SHRINKAGE = 0.05  # of a covariance towards its diagonal
RIDGE = 1e-6  # of the mean variance, added to all: a channel that is never wrong has none


def residuals(
    output: Output, target: Tensor, features: Sequence[Tensor], *, centre: bool = False
) -> list[Tensor]:
    """What the model missed, one tensor a term: pixels first, then the feature layers, each N×C×H×W.

    Args:
        output: What the model rebuilt.
        target: N×3×S×S in [0, 1].
        features: The teacher's standardised features, finest first.
        centre: Whether each channel's mean over the image is taken out: a shift that the whole image shares has no place, so
            it cannot locate a defect. For textures, whose position the model cannot know.
    """
    pairs = zip((output.image, *output.features), (target, *features), strict=True)
    missed = [guess - truth for guess, truth in pairs]
    return [one - one.mean((2, 3), keepdim=True) for one in missed] if centre else missed


def with_neighbours(missed: Tensor) -> Tensor:
    """Residuals N×C×H×W, each averaged with its eight neighbours' by binomial weights; outside there is no error.

    A defect errs alike at neighbouring places, good parts less so; after Roth et al. 2022 (PatchCore, arXiv 2106.08265), who average features.
    """
    # Two squares of four make the binomial nine.
    return F.avg_pool2d(F.avg_pool2d(missed, 2, 1, padding=1), 2, 1)


def channel_variances(missed: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Mean square of each channel's residual over held-out good images, one vector a term.

    With these as divisors a map is the negative log likelihood of a normal distribution with a variance of its own for each channel. A
    channel that is almost never wrong is not trusted below a hundredth of its term's mean.

    Args:
        missed: What `residuals` gave for each batch.
    """
    found = []
    for parts in zip(*missed, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        mean = sum((part.double() ** 2).sum((0, 2, 3)) for part in parts) / count
        found.append(mean.clamp(min=max(float(mean.mean()) * CHANNEL_FLOOR, 1e-12)).float())
    return found


def whitening(missed: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """For each term the C×C matrix W with W·r uncorrelated and of variance 1, where r are residuals of good images.

    ‖W·r‖² is the squared Mahalanobis distance of a residual from none. The covariance is shrunk towards its diagonal, because
    neighbouring places are much alike and so tell less than their number.

    Args:
        missed: What `residuals` gave for each batch.
    """
    found = []
    for parts in zip(*missed, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        rows = (part.cpu().transpose(0, 1).flatten(1).double() for part in parts)
        covariance = sum(row @ row.T for row in rows) / count
        variances = covariance.diagonal()
        floor = max(float(variances.mean()) * RIDGE, 1e-12)
        shrunk = torch.lerp(covariance, variances.diag(), SHRINKAGE) + floor * torch.eye(len(variances))
        found.append(torch.linalg.inv(torch.linalg.cholesky(shrunk)).float())
    return found
