"""Feature memory: patch features of good images, and the distance of any image's patches from the nearest of them.

After Roth et al. 2022 (PatchCore, arXiv 2106.08265): features of two layers, averaged over their neighbourhood, and a coreset of them.
Unlike there, distances are measured in a space in which the features of good parts, and how they change with light and camera, vary alike.
"""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CANDIDATES = 20_000  # random patches that the coreset is chosen from
FURTHER_CANDIDATES = 5000  # random patches of further images that may enter a memory
FLOOR = 1e-2  # added to squared distances: those near 0 are differences of nearly equal numbers, and hold rounding only
STEP = 1024  # patches compared at a time
PATCH_LEVELS = {"middle": 2, "coarse": 3}  # how often the sides of the map are halved to those of a layer
POOL = 4096  # points that are searched for the next farthest ones


class FeatureMemory(nn.Module):
    """Measures how far the patches of an image are from those in memory. It uses only layers that every engine supports.

    Args:
        tensors: `mean` C, `whitening` C×C and `bank` K×C, as `fit_memory` returns them.
        layer: See `patch_features`.
    """

    bank: Tensor
    bank_bias: Tensor
    whitening: Tensor
    whitening_bias: Tensor
    ones: Tensor

    def __init__(self, tensors: Mapping[str, Tensor], layer: str = "coarse"):
        super().__init__()
        self.layer = layer
        mean, whitening, bank = (tensors[name].float() for name in ("mean", "whitening", "bank"))
        channels = len(mean)
        # ‖q − b‖² = ‖q‖² − 2·q·b + ‖b‖², each divided by the number of channels: convolutions with kernels of 1×1.
        self.register_buffer("whitening", whitening[..., None, None])
        self.register_buffer("whitening_bias", -whitening @ mean)
        self.register_buffer("bank", (-2 / channels * bank)[..., None, None])
        self.register_buffer("bank_bias", (bank * bank).mean(1))
        self.register_buffer("ones", torch.full((1, channels, 1, 1), 1 / channels))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Returns the distance of each patch from the nearest in memory, N×1×h×w; about 1 for patches unlike any good one.

        Args:
            features: The teacher's standardised features, finest layer first.
        """
        query = F.conv2d(patch_features(features, self.layer), self.whitening, self.whitening_bias)
        nearest = F.conv2d(query, self.bank, self.bank_bias).amin(1, keepdim=True)
        return torch.sqrt(F.relu(F.conv2d(query * query, self.ones) + nearest) + FLOOR)


def patch_features(features: Sequence[Tensor], layer: str = "coarse") -> Tensor:
    """Returns the features of the two coarsest layers by patch, each averaged with its neighbours, N×C×h×w.

    Args:
        features: The teacher's standardised features, finest layer first.
        layer: The layer with a patch for each of its places, key of `PATCH_LEVELS`: finer features are averaged, coarser ones enlarged.
    """
    maps = []
    for level, value in zip(PATCH_LEVELS.values(), features[-2:], strict=True):
        value = F.avg_pool2d(value, 3, 1, padding=1)
        finer = PATCH_LEVELS[layer] - level
        if finer > 0:
            value = F.avg_pool2d(value, 2**finer)
        elif finer < 0:
            value = F.interpolate(value, scale_factor=float(2**-finer), mode="bilinear")
        maps.append(value)
    return torch.cat(maps, 1)


def fit_memory(
    patches: Tensor,
    changed: Tensor,
    size: int,
    *,
    change_weight: float = 0.0,
    shrinkage: float = 0.05,
    seed: int = 0,
    whitened: bool = True,
    candidates: int = CANDIDATES,
) -> tuple[dict[str, Tensor], Tensor]:
    """Fits a memory to the patches of good images.

    Args:
        patches: Features N×P×C of N images.
        changed: Features M×P×C of changed copies of the first M images; M may be 0.
        size: Number of patches in memory, at most.
        change_weight: Weight of the covariance of the changes beside that of the features, or beside their mean variance.
        shrinkage: Weight of the diagonal when the covariance is shrunk towards it, in [0, 1].
        seed: Seed of the random choice of candidates.
        whitened: Whether patches are compared where the features of good images vary alike; else by their plain distance, in which only
            what the changes do counts less.
        candidates: Number of random patches that the coreset is chosen from, at most.

    Returns:
        The tensors of `FeatureMemory`, and the index of the image that each patch in memory is from.
    """
    count, places, channels = patches.shape
    image = torch.arange((count + len(changed)) * places) // places
    image = torch.where(image < count, image, image - count)
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(image), generator=generator)[:candidates]
    points, image = torch.cat([patches, changed]).reshape(-1, channels)[chosen].float(), image[chosen]
    changes = points[:0]
    if len(changed):
        rows = (changed - patches[: len(changed)]).reshape(-1, channels)
        changes = rows[torch.randperm(len(rows), generator=generator)[:CANDIDATES]].float()
    mean, whitening = fit_patch_whitening(points, shrinkage, changes, change_weight, alike=not whitened)
    for part in points.split(STEP):  # in place: they are hundreds of megabytes
        part.copy_((part - mean) @ whitening.T)
    kept = k_centre(points, size)
    return {"mean": mean, "whitening": whitening, "bank": points[kept]}, image[kept]


def fit_patch_whitening(
    rows: Tensor,
    shrinkage: float,
    changes: Tensor | None = None,
    change_weight: float = 0.0,
    *,
    alike: bool = False,
) -> tuple[Tensor, Tensor]:
    """Returns mean C and whitening C×C of patch features.

    Args:
        rows: Features N×C.
        shrinkage: Weight of the diagonal when the covariance is shrunk towards it, in [0, 1].
        changes: Differences M×C between the features of changed copies and of their originals.
        change_weight: Weight of their covariance beside that of the features.
        alike: Whether the features count as if they varied alike in all directions, so that distances stay what they are but for the changes.
    """
    mean = rows.mean(0)
    covariance = _second_moment(rows, mean)
    if alike:
        covariance = covariance.diagonal().mean() * torch.eye(len(covariance))
    if changes is not None and len(changes):
        covariance = covariance + change_weight * _second_moment(changes)
    shrunk = torch.lerp(covariance, covariance.diagonal().diag(), shrinkage)
    ridge = 1e-9 * torch.eye(len(covariance))
    return mean, torch.linalg.inv(torch.linalg.cholesky(shrunk + ridge)).float()


def extend_memory(
    tensors: Mapping[str, Tensor], patches: Tensor, size: int, *, seed: int = 0
) -> tuple[dict[str, Tensor], Tensor]:
    """Chooses anew which patches are in memory, from those that are there and those of further good images.

    Args:
        tensors: The memory.
        patches: Features N×P×C of N further images.
        size: Number of patches in memory, at most.
        seed: Seed of the random choice of candidates.

    Returns:
        The tensors of `FeatureMemory`, and for each patch in memory the index of the further image that it is from; -1 for one that was there.
    """
    bank = tensors["bank"].float()
    rows = patches.reshape(-1, patches.shape[-1])
    image = torch.arange(len(rows)) // patches.shape[1]
    chosen = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))[:FURTHER_CANDIDATES]
    points = (rows[chosen].float() - tensors["mean"]) @ tensors["whitening"].T
    every = torch.cat([bank, points])
    source = torch.cat([torch.full((len(bank),), -1), image[chosen]])
    kept = k_centre(every, size)
    return {**tensors, "bank": every[kept]}, source[kept]


def k_centre(points: Tensor, count: int) -> Tensor:
    """Chooses points greedily, each the farthest from those chosen before (Gonzalez 1985): twice the smallest possible radius at most.

    Distances only shrink as points are chosen, so the farthest point is among the `POOL` farthest ones of some choices before, until all of
    these are nearer than the next one outside was. So a choice searches the pool alone, and all points are compared with many chosen
    ones at once, by one matrix product: the choice is the same as if all points were compared each time, and many times as fast.

    Args:
        points: N×C.
        count: Number of points to choose; all are returned if there are no more.

    Returns:
        Indices of the chosen points, in the order of the choice.
    """
    count = min(count, len(points))
    squares = torch.cat([(part * part).sum(1) for part in points.split(STEP)])
    distance = torch.full((len(points),), float("inf"))
    chosen, done = [0], 0
    while len(chosen) < count:
        _approach(distance, points, squares, chosen[done:])
        done = len(chosen)
        chosen += _farthest(distance, points, squares, count - done)
    return torch.tensor(chosen[:count])


def _approach(distance: Tensor, points: Tensor, squares: Tensor, centres: Sequence[int]) -> None:
    """Lowers the squared distances of all points to those from some centres, in place."""
    product = 2 * points[list(centres)].T
    for start in range(0, len(points), STEP):
        part = slice(start, start + STEP)
        nearest = torch.addmm(squares[list(centres)], points[part], product, alpha=-1).amin(1)
        torch.minimum(distance[part], nearest + squares[part], out=distance[part])


def _farthest(distance: Tensor, points: Tensor, squares: Tensor, count: int) -> list[int]:
    """Returns the next farthest points, at least one and at most `count`, as far as the pool is sure to hold them."""
    values, index = distance.topk(min(POOL + 1, len(distance)))
    outside = float(values[-1]) if len(values) < len(distance) else -float("inf")
    pool, near, mine = points[index], values.clone(), squares[index]
    chosen: list[int] = []
    while len(chosen) < count:
        place = int(near.argmax())
        if chosen and float(near[place]) <= outside:
            break
        chosen.append(int(index[place]))
        torch.minimum(near, mine + mine[place] - 2 * (pool @ pool[place]), out=near)
    return chosen


def distances(
    tensors: Mapping[str, Tensor],
    patches: Tensor,
    shape: tuple[int, int],
    without: Tensor | None = None,
    source: Tensor | None = None,
) -> Tensor:
    """Returns the distances that `FeatureMemory` gives, for patches N×P×C that are computed already.

    Args:
        tensors: The memory.
        patches: Features N×P×C.
        shape: Height and width h×w of the places, with P = h·w.
        without: For each image, the index of a training image whose patches are left out (leave-one-out); needs `source`.
        source: The training image of each patch in memory.

    Returns:
        N×1×h×w.
    """
    bank = tensors["bank"].float()
    squares = (bank * bank).sum(1)
    count, places, channels = patches.shape
    query = (patches.reshape(-1, channels).float() - tensors["mean"]) @ tensors["whitening"].T
    owner = None if without is None else without.repeat_interleave(places)
    nearest = []
    for start in range(0, len(query), STEP):
        part = query[start : start + STEP]
        apart = squares - 2 * part @ bank.T
        if owner is not None and source is not None:
            own = torch.eq(owner[start : start + STEP, None], source)
            # Where all that is remembered is of the image itself, as of equal images, there is nothing else to compare with.
            apart[own & ~own.all(1, keepdim=True)] = float("inf")
        nearest.append(apart.amin(1) + (part * part).sum(1))
    squares = torch.cat(nearest).clamp(min=0) / channels
    return (squares + FLOOR).sqrt().view(count, 1, *shape)


def _second_moment(rows: Tensor, mean: Tensor | float = 0.0) -> Tensor:
    """Returns the second moment C×C of rows N×C about a mean, in double precision, in which only a part of the rows is kept at a time."""
    total = rows.new_zeros(rows.shape[1], rows.shape[1], dtype=torch.double)
    for part in rows.split(STEP):
        apart = (part - mean).double()
        total.addmm_(apart.T, apart)
    return total / len(rows)
