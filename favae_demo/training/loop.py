"""The training loop: an iterator of events over one config, one set of good images, one teacher.

Reads like the method: part the images, make the views, look up the teacher's features, and for each batch one pass, one
loss, one step; after each epoch validate on held-out good images and keep the best weights.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import TrainingError
from favae_demo.data.io.images import save_png
from favae_demo.model.favae import Favae, Output, to_map_side
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.batches import Batches, feature_sources
from favae_demo.training.events import DIVERGED, EpochDone, Event, Snapshot, Started, StepDone
from favae_demo.training.losses import loss_terms, term_weights, total_loss
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import Clock, TrainState, save_tensors
from favae_demo.training.views import Split, seen, to_float, to_tensor, training_views, validation_views

SNAPSHOT_IMAGES = 6


def build_model(config: TrainConfig, teacher: Teacher | None) -> Favae:
    """The network of a config, initialised from its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return Favae.from_config(config, teacher.channels if teacher else ())


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
) -> Iterator[Event]:
    """Trains, or goes on where `folder.last` left off, and leaves the best weights in `folder.best`.

    Args:
        config: Settings.
        category: Name that the events carry.
        split: Good images to train on and to hold out.
        teacher: The frozen teacher, or None for the plain VAE. Its standardisation is fitted here.
        folder: Where state, best weights and snapshots go.
        samples: More images to show reconstructions of, by kind, each N×S×S×3 uint8.
        stop: Asked between batches; True ends the training with the best model so far.
        device: Where the network runs.
        cache_dir: The app's cache folder, where the teacher's features of the views are kept for later runs; None keeps none.

    Yields:
        Events; the last one is an `EpochDone`, a `Snapshot` or, when stopped within an epoch, a `StepDone`.

    Returns:
        Why it ended: `epochs`, `steps`, `patience`, `time`, `stopped`, or `diverged` where the loss was no longer a number.

    Raises:
        TrainingError: The loss is not a number before any epoch gave a model, or the saved state does not fit.
    """
    clock = Clock()  # the bank counts: it is the price of the fast steps
    views, held_out = training_views(split, config), validation_views(split, config)
    if teacher is not None:
        teacher.to(device)
    state = TrainState(build_model(config, teacher).to(device), config)
    if folder.last.exists():
        state.load(folder.last)
    folder.rewind(state.progress.step)
    steps_per_epoch = max(1, len(views) // config.batch_size)
    total = config.epochs * steps_per_epoch
    total = min(total, config.max_steps or total)
    yield Started(
        category, config.teacher, config.preset, len(split.train), len(split.held_out), len(views), total,
        state.progress.step,
    )  # fmt: skip
    sources = feature_sources(config, category, teacher, split, (views, held_out), folder, device, cache_dir)
    train_features, held_out_features = yield from sources
    batches = Batches(config, views, train_features, device)
    validation = Batches(config, held_out, held_out_features, device)
    shown = {"held-out good pictures": split.held_out[:SNAPSHOT_IMAGES]} | dict(samples or {})
    shown = {kind: _seen(images, config, teacher, device) for kind, images in shown.items()}

    progress = state.progress
    clock.go_on(progress.seconds)
    while (reason := _end(config, state, total)) is None:
        order = batches.order(progress.epoch)
        for part in order[progress.step - progress.epoch * steps_per_epoch :]:
            if stop() or _out_of_time(config, clock):
                progress.seconds = clock.seconds
                state.save(folder.last)
                if not folder.best.exists():
                    save_best(folder, state, teacher)
                return "stopped" if stop() else "time"
            for group in state.optimiser.param_groups:
                group["lr"] = learning_rate(config, progress.step, total)
            terms = _step(state, batches, part, config, device)
            if not math.isfinite(terms["total"]):
                return _diverged(folder)
            progress.add(terms, len(part))
            yield _step_done(progress, terms, len(part), total, clock)
            if progress.step >= total:
                break
        losses = validate(state, validation, config)
        if not math.isfinite(losses["total"]):
            return _diverged(folder)
        means, is_best = progress.close_epoch(losses["total"])
        progress.seconds = clock.seconds
        if is_best:
            save_best(folder, state, teacher)
        rate = learning_rate(config, progress.step - 1, total)
        yield EpochDone(progress.epoch, progress.step, means, losses, is_best, rate, clock.seconds)
        if progress.epoch % config.snapshot_every == 0 or progress.step >= total:
            for kind, images in shown.items():
                yield _snapshot(state, folder, kind, images)
        # Once all is told: a run killed before it repeats the epoch, and its log has no gap.
        state.save(folder.last)
    return reason


def learning_rate(config: TrainConfig, step: int, total: int) -> float:
    """Learning rate of a step (from 0) of `total`."""
    if config.decay == "cosine":
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * step / total))
    return config.learning_rate


@torch.no_grad()
def validate(state: TrainState, batches: Batches, config: TrainConfig) -> dict[str, float]:
    """Mean loss terms per held-out view, with `total`, of the network that would be kept."""
    model = state.deployed.eval()
    sums: dict[str, float] = {}
    for index in batches.sequence():
        images, features, mask = batches.get(index)
        for name, value in _terms(model(images, features), images, features, mask, config)[1].items():
            sums[name] = sums.get(name, 0.0) + value
    return {name: value / len(batches.views) for name, value in sums.items()}


def save_best(folder: RunFolder, state: TrainState, teacher: Teacher | None) -> None:
    """Writes the weights that would be kept, with the teacher's standardisation beside them."""
    tensors = {f"model.{name}": value for name, value in state.deployed.state_dict().items()}
    if teacher is not None:
        tensors |= {f"teacher.{name}": value for name, value in teacher.standardisation().items()}
    save_tensors(folder.best, tensors)


def _step(
    state: TrainState, batches: Batches, index: Tensor, config: TrainConfig, device: torch.device | str
) -> dict[str, float]:
    images, features, mask = batches.get(index)
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + state.progress.step)
    noise = torch.randn(len(index), *state.model.code_shape, generator=generator).to(device)
    state.model.train()
    with precision(device):
        output = state.model(images, features, noise)
    loss, values = _terms(_full(output), images, features, mask, config)
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    state.optimiser.step()
    state.after_step()
    return values


def precision(device: torch.device | str) -> AbstractContextManager:
    """Mixed precision on a graphics card that computes with it; full precision on the processor, where it is slower."""
    if torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def _full(output: Output) -> Output:
    """The output in single precision: the loss sums up a million squares."""
    features = [value.float() for value in output.features]
    return replace(
        output,
        image=output.image.float(),
        features=features,
        mean=output.mean.float(),
        log_variance=output.log_variance.float(),
    )


def _terms(output, images, features, mask, config: TrainConfig) -> tuple[Tensor, dict[str, float]]:
    terms = loss_terms(output, images, features, mask)
    loss = total_loss(terms, term_weights(config, features))
    values = torch.stack(
        [*terms.values(), loss]
    ).tolist()  # read at once: a graphics card waits for each reading
    return loss, dict(zip([*terms, "total"], values, strict=True))


def _step_done(progress, terms, images: int, total: int, clock: Clock) -> StepDone:
    means = {name: value / images for name, value in terms.items()}
    per_step = clock.lap()
    return StepDone(
        progress.step, total, progress.epoch + 1, means, images / per_step, clock.seconds,
        (total - progress.step) * per_step,
    )  # fmt: skip


@torch.no_grad()
def _snapshot(
    state: TrainState, folder: RunFolder, kind: str, shown: tuple[Tensor, list[Tensor]]
) -> Snapshot:
    images, features = shown
    rebuilt = state.deployed.eval()(images, features).image
    rows = [_to_bytes(part) for part in (images, rebuilt)]
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
    path = f"snapshots/epoch-{state.progress.epoch:05d}-{kind.replace(' ', '-')}.png"
    save_png(folder.path / path, sheet)
    return Snapshot(state.progress.epoch, state.progress.step, kind, path)


@torch.no_grad()
def _seen(
    images: np.ndarray, config: TrainConfig, teacher: Teacher | None, device: torch.device | str
) -> tuple[Tensor, list[Tensor]]:
    """Sample images N×S×S×3 uint8 as the network gets them, with their features if it looks at those."""
    x = to_float(to_tensor(seen(images, config)), device)
    return to_map_side(x), teacher.features(x) if config.encoder == "features" else []


def _to_bytes(images: Tensor) -> np.ndarray:
    return images.mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def _end(config: TrainConfig, state: TrainState, total: int) -> str | None:
    if state.progress.step >= total:
        return "steps" if config.max_steps and total == config.max_steps else "epochs"
    return "patience" if state.progress.epochs_since_best >= config.patience else None


def _diverged(folder: RunFolder) -> str:
    """Ends a run whose loss is not a number, which no later step mends: with the best model so far, if there is one."""
    if not folder.best.exists():
        raise TrainingError(
            "The training diverged: its loss is no longer a number. Start it anew with a lower learning rate."
        )
    return DIVERGED


def _out_of_time(config: TrainConfig, clock: Clock) -> bool:
    return bool(config.max_seconds) and clock.seconds >= config.max_seconds
