"""Model, teacher and scoring as one network: images in, score maps and reconstructions out."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from favae_demo.config.term_names import MEMORY
from favae_demo.config.train_config import TrainConfig
from favae_demo.model.favae import to_map_size
from favae_demo.model.memory import PATCH_LEVELS, FeatureMemory
from favae_demo.model.network import MethodNetwork
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.residuals import with_neighbours
from favae_demo.scoring.score_maps import kernel_side
from favae_demo.teacher.teacher import Teacher


class Graph(nn.Module):
    """Computes reconstruction, residuals, and error maps enlarged and smoothed. It uses only layers that every engine supports.

    Enlarging and smoothing a map are linear along each axis, so both together are one matrix, applied to rows and columns; a 1×1
    convolution over an axis that was permuted to the channels computes the product.

    Args:
        model: The network, in evaluation mode.
        teacher: The standardised teacher or None.
        config: Settings of the training.
        calibration: Divisors and whitening of the residuals, divisors and weights of the terms; None adds up all terms unscaled.
    """

    parts: Tensor

    def __init__(
        self,
        model: MethodNetwork,
        teacher: Teacher | None,
        config: TrainConfig,
        calibration: Calibration | None = None,
    ):
        super().__init__()
        self.model, self.teacher = model, teacher
        self.centre, self.neighbours = config.centre, config.neighbours
        terms = config.terms(() if teacher is None else teacher.channels)
        known = calibration or Calibration.neutral(list(terms))
        self.shape, self.whitened = config.shape, bool(known.whitening)
        height, width = config.map_shape
        for term, (name, (count, level)) in enumerate(terms.items()):
            divisors = torch.as_tensor(known.channels.get(name, (1.0,) * count))
            if self.whitened:
                self.register_buffer(f"whitening{term}", known.whitening[name].float()[..., None, None])
                # The mean over the channels is 1 on average for good parts.
                divisors = torch.full((count,), float(count))
            self.register_buffer(f"weight{term}", (1 / divisors).view(1, -1, 1, 1))
            self._add_spread(str(term), (height >> level, width >> level), config)
        self.memory = FeatureMemory(known.memory, config.memory_layer) if known.memory else None
        if self.memory:
            level = PATCH_LEVELS[config.memory_layer]
            self._add_spread(MEMORY, (height >> level, width >> level), config)
        self.register_buffer("parts", torch.tensor(known.factors).view(1, -1, 1, 1))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores images.

        Args:
            images: N×3×H×W float RGB in [0, 1], of the settings' shape.

        Returns:
            Smoothed error maps by term N×T×h×w, reconstructions N×3×h×w in [0, 1], score maps N×1×h×w, of the settings' map shape.
        """
        features = self.features(images)
        rebuilt, missed = self.residuals(images, features)
        maps, score = self.maps(missed, self.memory(features) if self.memory else None)
        return maps, rebuilt, score

    def features(self, images: Tensor) -> list[Tensor]:
        """Returns the teacher's standardised features of images N×3×H×W, finest layer first; none for the plain VAE."""
        return [] if self.teacher is None else self.teacher.features(images)

    def residuals(self, images: Tensor, features: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Returns the reconstruction of images N×3×H×W, and its residuals, one tensor N×C×H×W for each term, the coarsest last."""
        small = to_map_size(images)
        rebuilt, missed = self.model.residuals(small, features, centre=self.centre)
        if self.neighbours:  # a place of the coarsest layer covers a neighbourhood already
            missed = [*map(with_neighbours, missed[:-1]), missed[-1]]
        return rebuilt, missed

    def maps(self, missed: Sequence[Tensor], distance: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Returns smoothed error maps by term N×T×h×w and score maps N×1×h×w.

        Args:
            missed: Residuals by term.
            distance: Distances from the memory, one for each place of the coarsest layer, N×1×H×W, if the model has one; they become the last map.
        """
        logarithms = [self._map(term, one) for term, one in enumerate(missed)]
        if distance is not None:
            logarithms.append(self._distance(distance))
        maps = torch.cat(logarithms, 1)
        score = F.conv2d(maps, self.parts)
        if self.whitened:  # back from the logarithm, so that good areas stay low beside a defect
            maps, score = torch.exp(maps) - 1, torch.exp(score) - 1
        return maps, score

    def distance_map(self, distance: Tensor) -> Tensor:
        """Returns the smoothed map of distances from the memory alone, as `maps` returns it."""
        enlarged = self._distance(distance)
        return torch.exp(enlarged) - 1 if self.whitened else enlarged

    def _distance(self, distance: Tensor) -> Tensor:
        return self._enlarge(MEMORY, torch.log(1 + distance) if self.whitened else distance)

    def _map(self, term: int, missed: Tensor) -> Tensor:
        if self.whitened:
            missed = F.conv2d(missed, self.get_buffer(f"whitening{term}"))
        error = F.conv2d(missed * missed, self.get_buffer(f"weight{term}"))
        if self.whitened:
            # Negative log likelihood of a Student-t distribution: residuals of good parts have heavy tails as well.
            error = torch.log(1 + error)
        return self._enlarge(str(term), error)

    def _add_spread(self, name: str, shape: tuple[int, int], config: TrainConfig) -> None:
        for axis, side, wanted in zip(("rows", "columns"), shape, config.map_shape, strict=True):
            self.register_buffer(f"{axis}{name}", _spread(side, wanted, config.blur)[..., None, None])

    def _enlarge(self, name: str, error: Tensor) -> Tensor:
        # N×H×1×w: rows are the channels
        rows = F.conv2d(error.permute(0, 2, 1, 3), self.get_buffer(f"rows{name}"))
        # N×W×1×H: now the columns
        both = F.conv2d(rows.permute(0, 3, 2, 1), self.get_buffer(f"columns{name}"))
        return both.permute(0, 2, 3, 1)


def _spread(side: int, wanted: int, sigma: float) -> Tensor:
    """Returns the matrix wanted×side that enlarges a column bilinearly, then smooths it with borders as in `score_maps.smooth`."""
    column = torch.eye(side)[None, None]
    matrix = F.interpolate(column, size=(wanted, side), mode="bilinear", align_corners=False)[0, 0].numpy()
    if sigma:
        kernel = cv2.getGaussianKernel(kernel_side(sigma), sigma, cv2.CV_32F)
        matrix = cv2.sepFilter2D(matrix, -1, np.ones(1, np.float32), kernel, borderType=cv2.BORDER_REFLECT)
    return torch.from_numpy(matrix)
