"""PaDiM (Defard et al. 2021, arXiv 2011.08785): a normal distribution of features at each place of the image.

As there: channels of all layers drawn at random, and the Mahalanobis distance from the mean, with .01 added to the variances. Unlike there,
the places are those of the middle layer (32×32 of an image of 256×256), a quarter as many, so that a model takes 10 MB and not 40.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.network import MethodNetwork

RIDGE = 0.01  # of the paper: added to the variances
LEVEL = 2  # of the places: the sides of the map, halved twice


class Padim(MethodNetwork):
    """Holds the mean and the inverse factor of the covariance at each place.

    Args:
        channels: Channels of the teacher's layers.
        shape: Height and width of the places.
        dimensions: Number of channels that are compared.
        seed: Seed of the choice of channels.
    """

    observes = True
    selection: Tensor
    mean: Tensor
    triangle: Tensor
    kernel: Tensor
    bias: Tensor

    def __init__(self, channels: Sequence[int], shape: tuple[int, int], dimensions: int, seed: int = 0):
        super().__init__()
        generator = torch.Generator(device="cpu").manual_seed(seed)
        total, places = sum(channels), math.prod(shape)
        self.shape, self.dimensions = shape, min(dimensions, total)
        with torch.device("cpu"):  # also where a plan of the network is made that takes no memory
            chosen = torch.randperm(total, generator=generator)[: self.dimensions].sort().values
            selection = torch.eye(total)[chosen]
        self.register_buffer("selection", selection[..., None, None], persistent=False)
        self.register_buffer("mean", torch.zeros(places, self.dimensions))
        self.register_buffer("triangle", torch.zeros(places, self.dimensions * (self.dimensions + 1) // 2))
        self.register_buffer(
            "kernel", torch.zeros(places * self.dimensions, self.dimensions, 1, 1), persistent=False
        )
        self.register_buffer("bias", torch.zeros(places * self.dimensions), persistent=False)
        self.register_load_state_dict_post_hook(lambda module, keys: module._expand())
        self._count, self._sum, self._products = 0, torch.zeros(0), torch.zeros(0)

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> Padim:
        """See `MethodNetwork.from_config`."""
        height, width = config.map_shape
        return cls(teacher_channels, (height >> LEVEL, width >> LEVEL), config.dimensions, config.seed)

    def embed(self, features: Sequence[Tensor]) -> Tensor:
        """Returns the chosen channels of all layers at each place, N×d×h×w: finer layers averaged, coarser ones enlarged."""
        fine, middle, coarse = features
        maps = [F.avg_pool2d(fine, 2), middle, F.interpolate(coarse, scale_factor=2.0, mode="bilinear")]
        return F.conv2d(torch.cat(maps, 1), self.selection)

    def observe(self, features: Sequence[Tensor]) -> None:
        """See `MethodNetwork.observe`."""
        rows = self.embed(features).flatten(2).permute(2, 0, 1)  # place, image, channel
        if not self._count:
            square = self.kernel.view(len(self.mean), self.dimensions, self.dimensions)
            self._sum, self._products = torch.zeros_like(self.mean), torch.zeros_like(square)
        self._count += rows.shape[1]
        self._sum += rows.sum(1)
        self._products.baddbmm_(rows.transpose(1, 2), rows)

    def fit(self) -> None:
        """See `MethodNetwork.fit`."""
        mean = self._sum / self._count
        scatter = self._products - self._count * mean[:, :, None] * mean[:, None]
        covariance = scatter / max(self._count - 1, 1) + RIDGE * torch.eye(
            self.dimensions, device=mean.device
        )
        factor = torch.linalg.cholesky(covariance)
        identity = torch.eye(self.dimensions, device=mean.device).expand_as(factor)
        inverse = torch.linalg.solve_triangular(factor, identity, upper=False)
        rows, columns = torch.tril_indices(self.dimensions, self.dimensions, device=mean.device)
        self.mean.copy_(mean)
        self.triangle.copy_(inverse[:, rows, columns])
        self._expand()

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: the image itself, and the root of the Mahalanobis distance of each place, N×1×h×w."""
        # One convolution with a group for each place, which every engine has.
        places = self.embed(features).permute(0, 2, 3, 1).reshape(-1, len(self.bias), 1, 1)
        white = F.conv2d(places, self.kernel, self.bias, groups=len(self.mean))
        squared = (white * white).reshape(-1, len(self.mean), self.dimensions).sum(2)
        return x, [squared.reshape(-1, 1, *self.shape).sqrt().sqrt()]

    def _expand(self) -> None:
        """Fills kernel and bias, with which a place's channels become uncorrelated, from mean and lower triangle."""
        rows, columns = torch.tril_indices(self.dimensions, self.dimensions, device=self.triangle.device)
        whitening = self.triangle.new_zeros(len(self.mean), self.dimensions, self.dimensions)
        whitening[:, rows, columns] = self.triangle
        self.bias.copy_(-torch.bmm(whitening, self.mean[..., None]).flatten())
        self.kernel.copy_(whitening.view_as(self.kernel))
