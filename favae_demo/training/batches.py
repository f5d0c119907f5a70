"""Batches of training views with the teacher's features of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.events import Event, Preparing
from favae_demo.training.feature_bank import (
    FeatureBank,
    FeatureSource,
    LiveFeatures,
    NoFeatures,
    bank_place,
    fit_standardisation,
    fits,
)
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.views import Split, foreground_of, seen, shrunk, to_float, to_tensor

VALIDATION_BATCH = 32


class Batches:
    """Views with their features and foreground, picked by index."""

    def __init__(self, config: TrainConfig, views: Tensor, source: FeatureSource, device: torch.device | str):
        self.config, self.source, self.device = config, source, torch.device(device)
        views = shrunk(views)  # the features were computed from the larger ones
        self.views = views.to(device) if fits(self.device, [views]) else views
        self.foreground = foreground_of(views, config).to(self.views.device) if config.mask_training else None

    def order(self, epoch: int) -> list[Tensor]:
        """Index batches of one epoch, shuffled by seed and epoch; an incomplete last batch is left out."""
        size = min(self.config.batch_size, len(self.views))
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + epoch)
        whole = torch.randperm(len(self.views), generator=generator)[: len(self.views) // size * size]
        return list(whole.split(size))

    def sequence(self) -> list[Tensor]:
        """Index batches over all views in order."""
        return list(torch.arange(len(self.views)).split(VALIDATION_BATCH))

    def get(self, index: Tensor) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """Images in [0, 1], teacher features and foreground (or None) of the views at `index`."""
        at = index.to(self.views.device)
        mask = None if self.foreground is None else self.foreground[at].to(self.device).float()
        return to_float(self.views[at], self.device), self.source.features(index), mask


def feature_sources(
    config: TrainConfig,
    category: str,
    teacher: Teacher | None,
    split: Split,
    parts: Sequence[Tensor],
    folder: RunFolder,
    device: torch.device | str,
    cache_dir: Path | None,
) -> Iterator[Event]:
    """A source of features for each part of the views; fits the teacher's standardisation on the way."""
    if teacher is None:
        return [NoFeatures() for _ in parts]
    basis = to_tensor(seen(split.train, config)) if config.standardise else None
    if not config.bank:
        fit_standardisation(teacher, basis, device)
        return [LiveFeatures(teacher, views, device) for views in parts]
    banks: list[FeatureBank] = []
    for views in parts:
        place = cache_dir and bank_place(category, teacher, config.tap, views, basis, cache_dir, device)
        fit_on = None if banks else basis  # the first bank fits the standardisation, or brings it along
        banks.append(
            FeatureBank(teacher, views, config.bank_mb, folder.path, device, basis=fit_on, place=place)
        )
        for done in banks[-1].fill():
            yield Preparing("features", done, len(views))
    return banks
