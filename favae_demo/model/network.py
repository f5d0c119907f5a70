"""What training, calibration and detection ask of a method's network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from favae_demo.config.train_config import TrainConfig


class MethodNetwork(nn.Module):
    """A network that says how far an image is from what good images let expect.

    A method that learns by steps of Adam has `draw`, `prepare`, `forward`, `loss_terms` and `term_weights`; one that is fitted in a single
    pass has `observe` and `fit`. Each has `residuals`.
    """

    observes = False
    """Whether `observe` needs the features of good images."""

    @classmethod
    def from_config(cls, config: TrainConfig, teacher_channels: Sequence[int]) -> Self:
        """Returns the network that a training's settings describe, with random weights."""
        raise NotImplementedError

    def residuals(
        self, x: Tensor, features: Sequence[Tensor], *, centre: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """Compares images with what the network expects. The squared length of a residual is the error at its place.

        Args:
            x: Images of the map's size, N×3×h×w in [0, 1].
            features: The teacher's standardised features, finest layer first; empty without a teacher.
            centre: Whether what a whole image shares is taken out, if the residuals have a sign.

        Returns:
            What is shown as expected, N×3×h×w in [0, 1], and one residual N×C×H×W for each of the method's terms.
        """
        raise NotImplementedError

    def draw(self, count: int, generator: torch.Generator) -> Tensor | None:
        """Draws the random numbers of a training step with `count` images, the last argument of `forward`; None needs none."""
        return None

    def prepare(self, batches: Iterable[tuple[Tensor, list[Tensor]]]) -> None:
        """Sets what must be known before the first step, from batches of good images and their features."""

    def loss_terms(
        self, output: Any, x: Tensor, features: Sequence[Tensor], foreground: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Returns the terms of the loss by name, each a sum over the batch.

        Args:
            output: What `forward` returned.
            x: Images N×3×h×w in [0, 1].
            features: The teacher's features.
            foreground: Mask N×1×h×w in {0, 1}; errors where it is 0 do not count. None counts all errors.
        """
        raise NotImplementedError

    def term_weights(self, config: TrainConfig, features: Sequence[Tensor]) -> dict[str, float]:
        """Returns the weights of the loss terms that are not 1."""
        return {}

    def observe(self, features: Sequence[Tensor]) -> None:
        """Takes in the features of a batch of good images."""

    def fit(self) -> None:
        """Ends the pass over all good images."""
