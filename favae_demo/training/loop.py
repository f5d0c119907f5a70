"""The training loop, as an iterator of events.

It follows the method (report, chapter 5): make the views and compute the teacher's features of them; for each batch, run the model, compute
the loss and take one step; after each epoch, validate on held-out good images and keep the best weights.
"""

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import TrainingError
from favae_demo.model.losses import total_loss
from favae_demo.model.network import MethodNetwork
from favae_demo.model.networks import build_network
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.batches import TrainingBatch, ViewBatches, feature_sources
from favae_demo.training.events import DIVERGED, STOPPED, EpochDone, Event, Started, StepDone
from favae_demo.training.fitting import fit, save_best
from favae_demo.training.precision import memory_format, precision, single_precision
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.snapshots import SNAPSHOT_IMAGES, sample_batch, write_snapshot
from favae_demo.training.state import Clock, TrainState
from favae_demo.training.views import Split, training_views, validation_views


def build_model(config: TrainConfig, teacher: Teacher | None) -> MethodNetwork:
    """Builds the network of a config, initialised from its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return build_network(config, teacher.channels if teacher else ())


def train(
    config: TrainConfig,
    category: str,
    split: Split,
    teacher: Teacher | None,
    folder: RunFolder,
    *,
    samples: Mapping[str, np.ndarray] | None = None,
    stop: Callable[[], bool] = lambda: False,
    device: torch.device | str = "cpu",
    cache_dir: Path | None = None,
) -> Generator[Event, None, str]:
    """Trains a model, or continues from `folder.last`, and writes the best weights to `folder.best`.

    Args:
        config: Settings of the training.
        category: Name of the category, for the events and the feature cache.
        split: Good images for training and for validation.
        teacher: The frozen teacher, or None for the plain VAE. Its standardisation is fitted here.
        folder: Where state, best weights and snapshots are written.
        samples: Further images whose reconstructions the snapshots show, by kind, each N×H×W×3 uint8.
        stop: Called before every batch; True ends the training with the best model so far.
        device: Device on which the networks run.
        cache_dir: The app's cache folder, where the teacher's features of the views are kept for later runs; None keeps none.

    Yields:
        Events; the last one is an `EpochDone`, a `Snapshot` or, when stopped within an epoch, a `StepDone`.

    Returns:
        Why it ended: `epochs`, `steps`, `patience`, `time`, `stopped`, `fitted`, or `diverged` if the loss became NaN or infinite.

    Raises:
        TrainingError: The loss became NaN or infinite before there was a model, or the saved state does not match the settings.
    """
    if not METHODS[config.method].learns:
        return (yield from fit(config, category, split, teacher, folder, device=device))
    clock = Clock()  # started here because filling the feature bank counts as training time
    views, held_out = training_views(split, config), validation_views(split, config)
    if teacher is not None:
        teacher.to(device)
    layout = memory_format(device)
    model = build_model(config, teacher).to(device, memory_format=layout)  # type: ignore[call-overload]  # not in PyTorch's stub
    state = TrainState(model, config)
    if folder.last.exists():
        state.load(folder.last)
    folder.rewind(state.progress.step)
    steps_per_epoch = max(1, len(views) // config.batch_size)
    total_steps = config.epochs * steps_per_epoch
    total_steps = min(total_steps, config.max_steps or total_steps)
    yield Started(
        category, config.teacher, config.preset, len(split.train), len(split.held_out), len(views), total_steps,
        state.progress.step,
    )  # fmt: skip
    train_features, held_out_features = yield from feature_sources(
        config, category, teacher, split, (views, held_out), folder, device, cache_dir
    )
    snapshot_images = {"held-out good pictures": split.held_out[:SNAPSHOT_IMAGES]} | dict(samples or {})
    if not METHODS[config.method].rebuilds:
        snapshot_images = {}
    training = _Training(
        config,
        state,
        teacher,
        folder,
        clock,
        stop,
        steps_per_epoch,
        total_steps,
        ViewBatches(config, views, train_features, device),
        ViewBatches(config, held_out, held_out_features, device),
        {
            kind: sample_batch(images, config, split.reference, teacher, device)
            for kind, images in snapshot_images.items()
        },
    )
    if not state.progress.step:
        batches = training.batches
        state.model.prepare((batch.images, batch.features) for batch in map(batches.get, batches.in_order()))
    clock.resume(state.progress.seconds)
    return (yield from training.run())


@dataclass(frozen=True)
class _Training:
    """A training with prepared views, features and model.

    Attributes:
        config: Settings of the training.
        state: Model, optimisers and counters.
        teacher: The frozen teacher, or None for the plain VAE.
        folder: Where state, best weights and snapshots are written.
        clock: Training time.
        stop: Called before every batch; True ends the training.
        steps_per_epoch: Number of batches in an epoch.
        total_steps: Largest number of steps.
        batches: Training views.
        validation: Held-out views.
        samples: Images whose reconstructions the snapshots show, by kind.
    """

    config: TrainConfig
    state: TrainState
    teacher: Teacher | None
    folder: RunFolder
    clock: Clock
    stop: Callable[[], bool]
    steps_per_epoch: int
    total_steps: int
    batches: ViewBatches
    validation: ViewBatches
    samples: Mapping[str, TrainingBatch]

    def run(self) -> Generator[Event, None, str]:
        """Trains epoch by epoch; returns why the training ended."""
        reason = self._end_reason()
        while reason is None:
            reason = (
                (yield from self._train_epoch()) or (yield from self._close_epoch()) or self._end_reason()
            )
        return reason

    def _train_epoch(self) -> Generator[Event, None, str | None]:
        """Trains on the remaining batches of the epoch; returns why the training ends within it, or None."""
        progress = self.state.progress
        steps_done = progress.step - progress.epoch * self.steps_per_epoch
        for index in self.batches.shuffled(progress.epoch)[steps_done:]:
            if self.stop():
                return self._interrupt(STOPPED)
            if self.config.max_seconds and self.clock.seconds >= self.config.max_seconds:
                return self._interrupt("time")
            terms = self._step(index)
            if not math.isfinite(terms["total"]):
                return self._diverge()
            progress.add(terms, len(index))
            yield self._step_done(terms, len(index))
            if progress.step >= self.total_steps:
                break
        return None

    def _step(self, index: Tensor) -> dict[str, float]:
        """Takes one step on the views at `index`; returns the loss terms, summed over the batch, with `total`."""
        state, config, device = self.state, self.config, self.batches.device
        generator = torch.Generator().manual_seed(config.seed * 1_000_003 + state.progress.step)
        noise = state.model.draw(len(index), generator)
        noise = noise if noise is None else noise.to(device)
        batch = self.batches.get(index, generator)
        state.model.train()
        with precision(device):
            output = state.model(batch.images, batch.features, noise)
        loss, terms = _loss(state.model, single_precision(output), batch, config)
        state.step(loss, learning_rate(config, state.progress.step, self.total_steps))
        return terms

    def _close_epoch(self) -> Generator[Event, None, str | None]:
        """Validates, keeps the weights if they are the best, and saves the state; returns why the training ends, or None."""
        progress, step = self.state.progress, self.state.progress.step
        losses = self._validate()
        if not math.isfinite(losses["total"]):
            return self._diverge()
        means, is_best = progress.close_epoch(losses["total"])
        progress.seconds = self.clock.seconds
        if is_best or METHODS[self.config.method].keeps_last:
            save_best(self.folder, self.state.deployed, self.teacher)
        rate = learning_rate(self.config, step - 1, self.total_steps)
        yield EpochDone(progress.epoch, step, means, losses, is_best, rate, self.clock.seconds)
        if progress.epoch % self.config.snapshot_every == 0 or step >= self.total_steps:
            for kind, samples in self.samples.items():
                yield write_snapshot(kind, samples, self.state.deployed, progress, self.folder)
        # After all events, so that a run that is killed before this point repeats the epoch, and its log has no gap.
        self.state.save(self.folder.last)
        return None

    @torch.no_grad()
    def _validate(self) -> dict[str, float]:
        """Returns the mean loss terms per held-out view, with `total`, of the network that would be saved."""
        model = self.state.deployed.eval()
        sums: dict[str, float] = {}
        for index in self.validation.in_order():
            batch = self.validation.get(index)
            with precision(self.validation.device):
                output = model(batch.images, batch.features)
            _, terms = _loss(model, single_precision(output), batch, self.config)
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value
        return {name: value / len(self.validation.views) for name, value in sums.items()}

    def _end_reason(self) -> str | None:
        """Returns why the training ends after the epochs so far, or None."""
        progress, config = self.state.progress, self.config
        if progress.step >= self.total_steps:
            return "steps" if config.max_steps and self.total_steps == config.max_steps else "epochs"
        return "patience" if progress.epochs_since_best >= config.patience else None

    def _interrupt(self, reason: str) -> str:
        """Saves the state within an epoch, and the weights if none have been saved as the best; returns the reason."""
        self.state.progress.seconds = self.clock.seconds
        self.state.save(self.folder.last)
        if not self.folder.best.exists():
            save_best(self.folder, self.state.deployed, self.teacher)
        return reason

    def _diverge(self) -> str:
        """Ends a run whose loss is NaN or infinite, from which it cannot recover, with the best model so far.

        Raises:
            TrainingError: There is no model yet.
        """
        if not self.folder.best.exists():
            raise TrainingError(
                "The training diverged: its loss is no longer a number. Start it anew with a lower learning rate."
            )
        return DIVERGED

    def _step_done(self, terms: Mapping[str, float], images: int) -> StepDone:
        progress, total = self.state.progress, self.total_steps
        means = {name: value / images for name, value in terms.items()}
        per_step = self.clock.lap()
        return StepDone(
            progress.step, total, progress.epoch + 1, means, images / per_step, self.clock.seconds,
            (total - progress.step) * per_step,
        )  # fmt: skip


def learning_rate(config: TrainConfig, step: int, total: int) -> float:
    """Returns the learning rate of a step, counted from 0, in a training of `total` steps."""
    if config.decay == "cosine":
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * step / total))
    return config.learning_rate


def _loss(
    model: MethodNetwork, output: Any, batch: TrainingBatch, config: TrainConfig
) -> tuple[Tensor, dict[str, float]]:
    """Returns the loss to minimise, and the terms as numbers, summed over the batch, with `total`."""
    terms = model.loss_terms(output, batch.images, batch.features, batch.foreground)
    loss = total_loss(terms, model.term_weights(config, batch.features))
    values: list[float] = torch.stack([*terms.values(), loss]).tolist()  # a single transfer from the GPU
    return loss, dict(zip([*terms, "total"], values, strict=True))
