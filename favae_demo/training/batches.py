"""Batches of training views with the teacher's features of them."""

import math
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from favae_demo.config.train_config import MAP_SIDE, TrainConfig
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.events import Event, Preparing
from favae_demo.training.feature_bank import (
    FeatureBank,
    FeatureSource,
    LiveFeatures,
    NoFeatures,
    bank_path,
    fit_standardisation,
    fits,
)
from favae_demo.training.precision import memory_format
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.views import (
    Split,
    foreground_masks,
    prepare_images,
    shrink_images,
    to_float,
    to_tensor,
)

VALIDATION_BATCH = 8  # for reconstructions of 128×128; larger ones are fewer at a time
CROP = MAP_SIDE  # height and width, in pixels of the reconstruction, of the crops of larger images that a step is taken on
PLACE = 16  # pixels of the reconstruction along each side for one place of the spatial code


class TrainingBatch(NamedTuple):
    """What a training step gets.

    Attributes:
        images: N×3×h×w in [0, 1], of the reconstruction's size.
        features: The teacher's standardised features, finest first; empty for the plain VAE.
        foreground: N×1×h×w in {0, 1}, or None where everything counts in the loss.
    """

    images: Tensor
    features: list[Tensor]
    foreground: Tensor | None = None


class ViewBatches:
    """Views with their features and foreground, picked by index.

    Args:
        config: Settings of the training.
        views: n×3×H×W uint8.
        source: Gives the teacher's features of the views.
        device: Where the batches are needed.
    """

    def __init__(self, config: TrainConfig, views: Tensor, source: FeatureSource, device: torch.device | str):
        self.config, self.source, self.device = config, source, torch.device(device)
        views = shrink_images(views)  # the features were computed from the larger ones
        self.views = views.to(device) if fits(self.device, [views]) else views
        self.foreground = (
            foreground_masks(views, config).to(self.views.device) if config.mask_training else None
        )

    def shuffled(self, epoch: int) -> list[Tensor]:
        """Returns the batches of one epoch as tensors of indices, shuffled by seed and epoch; an incomplete last batch is left out."""
        size = min(self.config.batch_size, len(self.views))
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + epoch)
        whole = torch.randperm(len(self.views), generator=generator)[: len(self.views) // size * size]
        return list(whole.split(size))

    def in_order(self) -> list[Tensor]:
        """Returns batches of all views in order, as tensors of indices."""
        size = max(1, round(VALIDATION_BATCH * CROP**2 / math.prod(self.config.map_shape)))
        return list(torch.arange(len(self.views)).split(min(size, VALIDATION_BATCH)))

    def get(self, index: Tensor, generator: torch.Generator | None = None) -> TrainingBatch:
        """Returns the views at `index`, an int64 tensor of their positions.

        Args:
            index: Positions of the views.
            generator: Chooses a crop of `CROP` in each view that is larger; None returns whole views.
        """
        batch = self._whole(index)
        if generator is None or max(self.config.map_shape) <= CROP:
            return batch
        return _cropped(batch, self.config, generator)

    def _whole(self, index: Tensor) -> TrainingBatch:
        at = index.to(self.views.device)
        mask = None if self.foreground is None else self.foreground[at].to(self.device).float()
        images = to_float(self.views[at], self.device).contiguous(memory_format=memory_format(self.device))
        return TrainingBatch(images, self.source.features(index), mask)


def _cropped(batch: TrainingBatch, config: TrainConfig, generator: torch.Generator) -> TrainingBatch:
    """Returns a random crop of each image, at a place of the spatial code, with the same area of its features and foreground."""
    places = [
        torch.randint(1 + (side - CROP) // PLACE, (len(batch.images),), generator=generator).tolist()
        for side in config.map_shape
    ]

    def crop(values: Tensor) -> Tensor:
        size = CROP * values.shape[-1] // config.map_shape[1]
        step = PLACE * size // CROP
        parts = (
            one[:, step * top :, step * left :][:, :size, :size]
            for one, top, left in zip(values, *places, strict=True)
        )
        return torch.stack(list(parts)).contiguous(memory_format=memory_format(values.device))

    mask = None if batch.foreground is None else crop(batch.foreground)
    return TrainingBatch(crop(batch.images), [crop(layer) for layer in batch.features], mask)


def feature_sources(
    config: TrainConfig,
    category: str,
    teacher: Teacher | None,
    split: Split,
    view_sets: Sequence[Tensor],
    folder: RunFolder,
    device: torch.device | str,
    cache_dir: Path | None,
) -> Generator[Event, None, Sequence[FeatureSource]]:
    """Fits the teacher's standardisation, and returns a source of its features for each set of views n×3×H×W uint8."""
    if teacher is None:
        return [NoFeatures() for _ in view_sets]
    basis = to_tensor(prepare_images(split.train, config, split.reference)) if config.standardise else None
    if not config.bank:
        fit_standardisation(teacher, basis, device)
        return [LiveFeatures(teacher, views, device) for views in view_sets]
    banks: list[FeatureBank] = []
    for views in view_sets:
        path = cache_dir and bank_path(category, teacher, config.tap, views, basis, cache_dir, device)
        fit_on = None if banks else basis  # the first bank fits the standardisation, or brings it along
        bank = FeatureBank(teacher, views, config.bank_mb, folder.path, device, basis=fit_on, path=path)
        banks.append(bank)
        for done in bank.fill():
            yield Preparing("features", done, len(views))
    return banks
