"""Residuals of a reconstruction by term, and their statistics over good images."""

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
    """Returns reconstruction minus target, one tensor for each term.

    Args:
        output: The model's reconstruction of the image and the features.
        target: The image, N×3×S×S in [0, 1].
        features: The teacher's standardised features, finest first.
        centre: Whether each channel's mean over the image is subtracted. An error that all places share cannot locate a defect; this is
            for textures, whose exact position the model cannot know.

    Returns:
        The pixels' residual, then one for each feature layer, each N×C×H×W.
    """
    pairs = zip((output.image, *output.features), (target, *features), strict=True)
    differences = [reconstruction - truth for reconstruction, truth in pairs]
    return [one - one.mean((2, 3), keepdim=True) for one in differences] if centre else differences


def with_neighbours(residual: Tensor) -> Tensor:
    """Averages residuals N×C×H×W with those of the eight neighbouring places, by binomial weights; the border is padded with 0.

    Errors at a defect agree between neighbouring places more than errors on good parts do; after Roth et al. 2022 (PatchCore,
    arXiv 2106.08265), who average features.
    """
    # Two 2×2 averages in a row are the 3×3 binomial average.
    return F.avg_pool2d(F.avg_pool2d(residual, 2, 1, padding=1), 2, 1)


def channel_variances(batches: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Returns the mean squared residual of each channel over held-out good images.

    Divided by it, a squared residual is the negative log likelihood of a normal distribution with one variance for each channel, up to a
    constant. Values below a hundredth of the term's mean are raised to it, so that a channel with hardly any error does not dominate.

    Args:
        batches: Result of `residuals` for each batch.

    Returns:
        One vector of C values for each term.
    """
    fitted = []
    for parts in zip(*batches, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        mean = sum((part.double() ** 2).sum((0, 2, 3)) for part in parts) / count
        fitted.append(mean.clamp(min=max(float(mean.mean()) * CHANNEL_FLOOR, 1e-12)).float())
    return fitted


def whitening(batches: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Fits the matrices that make the residuals r of good images uncorrelated with variance 1.

    ‖W·r‖² is the squared Mahalanobis distance of a residual from 0. The covariance is shrunk towards its diagonal, because neighbouring
    places are correlated and so carry less information than their number suggests.

    Args:
        batches: Result of `residuals` for each batch.

    Returns:
        One C×C matrix W for each term.
    """
    fitted = []
    for parts in zip(*batches, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        rows = (part.cpu().transpose(0, 1).flatten(1).double() for part in parts)
        covariance = sum(row @ row.T for row in rows) / count
        variances = covariance.diagonal()
        floor = max(float(variances.mean()) * RIDGE, 1e-12)
        shrunk = torch.lerp(covariance, variances.diag(), SHRINKAGE) + floor * torch.eye(len(variances))
        fitted.append(torch.linalg.inv(torch.linalg.cholesky(shrunk)).float())
    return fitted
