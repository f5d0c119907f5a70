"""Statistics of residuals over good images; there is one tensor of them for each term."""

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

CHANNEL_FLOOR = 0.01  # lowest variance of a channel, as a share of the mean over the term's channels
RIDGE = 1e-6  # share of the mean variance that is added to all variances: one of 0 has no inverse


def with_neighbours(residual: Tensor) -> Tensor:
    """Averages residuals N×C×H×W over 3×3 neighbourhoods with binomial weights; the border is padded with 0.

    Errors at a defect are more similar at neighbouring positions than errors on good parts; after Roth et al. 2022 (PatchCore,
    arXiv 2106.08265), who average features.
    """
    # Two 2×2 averages one after the other are equal to the 3×3 binomial average.
    return F.avg_pool2d(F.avg_pool2d(residual, 2, 1, padding=1), 2, 1)


def channel_variances(batches: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Returns the mean squared residual of each channel over held-out good images.

    Divided by it, a squared residual is the negative log likelihood of a normal distribution with one variance for each channel, up to a
    constant. Values below a hundredth of the term's mean are raised to it, so that a channel with hardly any error does not dominate.

    Args:
        batches: Residuals of each batch, by term.

    Returns:
        One vector of C values for each term.
    """
    fitted = []
    for parts in zip(*batches, strict=True):
        count = sum(part.numel() // part.shape[1] for part in parts)
        mean = sum((part.double() ** 2).sum((0, 2, 3)) for part in parts) / count
        fitted.append(mean.clamp(min=max(float(mean.mean()) * CHANNEL_FLOOR, 1e-12)).float())
    return fitted


def second_moments(batches: Iterable[Sequence[Tensor]]) -> list[Tensor]:
    """Returns the mean of r·rᵀ over the residuals r at all positions, one C×C matrix in double precision for each term.

    Args:
        batches: Residuals of each batch, by term; only one at a time is kept in memory.
    """
    totals: list[Tensor] = []
    counts: list[int] = []
    for parts in batches:
        rows = [part.cpu().transpose(0, 1).flatten(1).double() for part in parts]
        totals = totals or [row.new_zeros(len(row), len(row)) for row in rows]
        counts = counts or [0] * len(rows)
        for term, row in enumerate(rows):
            totals[term] += row @ row.T
            counts[term] += row.shape[1]
    return [total / count for total, count in zip(totals, counts, strict=True)]


def whitening(moments: Sequence[Tensor], shrinkage: float = 0.05) -> list[Tensor]:
    """Fits the matrices that make the residuals r of good images uncorrelated with variance 1.

    ‖W·r‖² is the squared Mahalanobis distance of a residual from 0. The covariance is shrunk towards its diagonal, because the residuals at
    neighbouring positions are correlated and therefore carry less information than their number suggests.

    Args:
        moments: Result of `second_moments`.
        shrinkage: Weight of the diagonal, in [0, 1].

    Returns:
        One C×C matrix W for each term.
    """
    fitted = []
    for covariance in moments:
        variances = covariance.diagonal()
        floor = max(float(variances.mean()) * RIDGE, 1e-12)
        shrunk = torch.lerp(covariance, variances.diag(), shrinkage) + floor * torch.eye(len(variances))
        fitted.append(torch.linalg.inv(torch.linalg.cholesky(shrunk)).float())
    return fitted


def unwhitened(matrix: Tensor) -> Tensor:
    """Returns the covariance C×C, in double precision, that a matrix of `whitening` was fitted to, as far as it was shrunk there."""
    inverse = torch.linalg.inv(matrix.double())
    return inverse @ inverse.T
