"""PatchCore (Roth et al. 2022, arXiv 2106.08265): nothing but a memory of good patches, see `model.memory`."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.model.network import MethodNetwork


class PatchCore(MethodNetwork):
    """Has no weights and no residual: the calibration's memory gives the only map."""

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> PatchCore:
        """See `MethodNetwork.from_config`."""
        return cls()

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """See `MethodNetwork.residuals`: the image itself, and no residual."""
        return x, []
