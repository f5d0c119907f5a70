"""All of a detection that a network can do, as one network: pictures in, score maps and reconstructions out."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from favae_demo.detection.residuals import residuals
from favae_demo.detection.scoring import kernel_side
from favae_demo.model.favae import Favae
from favae_demo.presets import TrainConfig
from favae_demo.teacher.networks import Teacher


class Graph(nn.Module):
    """Model, teacher, residuals, enlargement and smoothing. Only layers that every engine knows are used.

    Enlarging a map and smoothing it are linear along each axis, so both together are one matrix for the rows and the same for the
    columns; a 1×1 convolution over an axis that was made the channels is that product.

    Args:
        model: The network, in evaluation mode.
        teacher: The standardised teacher or None.
        config: Settings of the training.
        channels: Divisors of the channels' squared residuals, one vector a term, or None.
        scales: Divisors of the terms in the score map; None adds them up as they are.
    """

    def __init__(
        self,
        model: Favae,
        teacher: Teacher | None,
        config: TrainConfig,
        channels: Sequence[Sequence[float]] | None = None,
        scales: Sequence[float] | None = None,
    ):
        super().__init__()
        self.model, self.teacher, self.centre = model, teacher, config.centre
        counts = (3, *(() if teacher is None else teacher.channels))
        self.terms, self.side = len(counts), config.image_size
        for term, count in enumerate(counts):
            divisors = torch.ones(count) if channels is None else torch.as_tensor(channels[term])
            self.register_buffer(f"weight{term}", (1 / divisors).view(1, -1, 1, 1))
            spread = _spread(self.side >> term, self.side, config.blur)
            self.register_buffer(f"spread{term}", spread[..., None, None])
        parts = torch.ones(self.terms) if scales is None else torch.tensor(scales, dtype=torch.float32)
        self.register_buffer("parts", (1 / parts).view(1, -1, 1, 1))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Judges float RGB pictures N×3×S×S in [0, 1].

        Returns:
            Smoothed error maps by term N×T×S×S, reconstructions N×3×S×S in [0, 1], score maps N×1×S×S.
        """
        output = self.model(pictures)
        features = [] if self.teacher is None else self.teacher.features(pictures)
        missed = residuals(output, pictures, features, centre=self.centre)
        maps = torch.cat([self._map(term, one) for term, one in enumerate(missed)], 1)
        return maps, output.picture, F.conv2d(maps, self.parts)

    def _map(self, term: int, missed: Tensor) -> Tensor:
        error = F.conv2d(missed * missed, self.get_buffer(f"weight{term}"))
        spread = self.get_buffer(f"spread{term}")
        rows = F.conv2d(error.permute(0, 2, 1, 3), spread)  # N×S×1×w: rows are the channels
        both = F.conv2d(rows.permute(0, 3, 2, 1), spread)  # N×S×1×S: now the columns
        return both.permute(0, 2, 3, 1)


def _spread(side: int, wanted: int, sigma: float) -> Tensor:
    """The matrix wanted×side that enlarges bilinearly and then smooths a column, borders reflected as in `scoring.smooth`."""
    column = torch.eye(side)[None, None]
    matrix = F.interpolate(column, size=(wanted, side), mode="bilinear", align_corners=False)[0, 0].numpy()
    if sigma:
        kernel = cv2.getGaussianKernel(kernel_side(sigma), sigma, cv2.CV_32F)
        matrix = cv2.sepFilter2D(matrix, -1, np.ones(1, np.float32), kernel, borderType=cv2.BORDER_REFLECT)
    return torch.from_numpy(matrix)
