"""How rare the patches of each good image are among the other good images.

Several images with the same defect resemble one another, so the nearest of all other patches says little. Here a patch is compared with each other
image, and what counts is the distance within which a share of the images has one like it.
"""

import torch
from torch import Tensor

from favae_demo.model.memory import fit_patch_whitening

SHARE = 0.3  # of the other images: more than a contamination, fewer than a usual variant of a part
MOST_COMPARED = 48  # other images that each is compared with
SAMPLE = 20_000  # patches of which the covariance is taken
SHRINKAGE = 0.05  # of the covariance towards its diagonal
TOP = 10  # patches of an image that count


def rarity(patches: Tensor, *, seed: int = 0) -> Tensor:
    """Returns how rare the rarest patches of each image are, N.

    Args:
        patches: Features N×P×C of good images, N ≥ 2.
        seed: Seed of the random choice of images that each is compared with.
    """
    count, places, channels = patches.shape
    generator = torch.Generator().manual_seed(seed)
    rows = patches.reshape(-1, channels)
    sample = rows[torch.randperm(len(rows), generator=generator)[:SAMPLE]].float()
    mean, whitening = fit_patch_whitening(sample, SHRINKAGE)
    points = (patches.float() - mean) @ whitening.T
    squares = (points * points).sum(2)
    scores = torch.empty(count)
    for i in range(count):
        others = torch.randperm(count - 1, generator=generator)[:MOST_COMPARED]
        others += others >= i
        apart = squares[others].reshape(1, -1) - 2 * points[i] @ points[others].reshape(-1, channels).T
        nearest = apart.view(places, len(others), places).amin(2) + squares[i][:, None]
        within = nearest.kthvalue(max(round(SHARE * len(others)), 1), 1).values
        scores[i] = within.clamp(min=0).div(channels).sqrt().topk(min(TOP, places)).values.mean()
    return scores
