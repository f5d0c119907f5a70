"""The state of a training, which can be saved and restored exactly.

It contains no state of random generators: each shuffle and each noise uses a generator seeded by (seed, epoch) or (seed, step), so that
a resumed run uses the same random numbers as an uninterrupted one.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import TrainingError
from favae_demo.core.files import atomic_path, parse_json
from favae_demo.model.network import MethodNetwork
from favae_demo.training.optimisers import build_optimisers


@dataclass
class Progress:
    """Counters of a run.

    Attributes:
        step: Number of completed steps.
        epoch: Number of completed epochs.
        best_loss: Lowest validation loss so far.
        epochs_since_best: Number of epochs since then.
        seconds: Training time so far, in all processes that trained this run.
        sums: Loss terms, summed over the images of the current epoch so far.
        pictures: Number of these images.
    """

    step: int = 0
    epoch: int = 0
    best_loss: float = math.inf
    epochs_since_best: int = 0
    seconds: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    pictures: int = 0

    def add(self, terms: Mapping[str, float], images: int) -> None:
        """Adds the terms of a batch, summed over its images."""
        for name, value in terms.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.pictures += images

    def close_epoch(self, validation_loss: float) -> tuple[dict[str, float], bool]:
        """Ends the epoch; returns its mean terms per image, and whether the validation loss is the lowest so far."""
        means = {name: value / self.pictures for name, value in self.sums.items()}
        is_best = validation_loss < self.best_loss
        self.best_loss = min(self.best_loss, validation_loss)
        self.epochs_since_best = 0 if is_best else self.epochs_since_best + 1
        self.epoch, self.sums, self.pictures = self.epoch + 1, {}, 0
        return means, is_best


class TrainState:
    """Model, running average of its weights, optimisers and counters.

    Args:
        model: The network, freshly initialised.
        config: Settings of the run.
    """

    def __init__(self, model: MethodNetwork, config: TrainConfig):
        self.model = model
        self.optimisers = build_optimisers(model, config)
        average = get_ema_multi_avg_fn(config.weight_average)
        self.average = (
            AveragedModel(model, multi_avg_fn=average, use_buffers=True) if config.weight_average else None
        )
        self.progress = Progress()

    @property
    def deployed(self) -> MethodNetwork:
        """The network that is validated and saved: the one with averaged weights if the config has averaging."""
        return self.model if self.average is None else cast(MethodNetwork, self.average.module)

    def step(self, loss: Tensor, rate: float) -> None:
        """Changes the weights by the gradient of a loss, counts the step and updates the average.

        Args:
            loss: What is minimised, a scalar.
            rate: Learning rate of this step.
        """
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.step()
        self.progress.step += 1
        if self.average is not None:
            self.average.update_parameters(self.model)

    def save(self, path: Path) -> None:
        """Writes the state to one safetensors file."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        if self.average is not None:
            tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        for kind, optimiser in self.optimisers.items():
            for index, slot in optimiser.state_dict()["state"].items():
                tensors |= {f"{kind}.{index}.{name}": value for name, value in slot.items()}
        save_tensors(path, tensors, {"progress": json.dumps(asdict(self.progress))})

    def load(self, path: Path) -> None:
        """Loads a state written by `save`.

        Raises:
            TrainingError: The file is damaged or belongs to other settings.
        """
        tensors, metadata = load_tensors(path)
        try:
            self.model.load_state_dict(_under(tensors, "model."))
            if self.average is not None:
                self.average.load_state_dict(_under(tensors, "average."))
            for kind, optimiser in self.optimisers.items():
                _load_moments(optimiser, _under(tensors, f"{kind}."))
            self.progress = Progress(**parse_json(metadata["progress"]))
        except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
            raise TrainingError(
                f"The saved state {path.name} does not fit this training's settings; start it anew."
            ) from error


def _load_moments(optimiser: Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Gives an optimiser its saved moments, by index of the weight and name."""
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, key = name.split(".", 1)
        slots.setdefault(int(index), {})[key] = _laid_out(value, weights[int(index)])
    optimiser.load_state_dict(optimiser.state_dict() | {"state": slots})


def _laid_out(value: Tensor, weight: Tensor) -> Tensor:
    """Returns a moment in the memory layout of its weight, and the number of steps as it is.

    The fused Adam pairs values by their place in memory; see `findings/torch-fused-adam-layout.sh`.
    """
    return torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value


def save_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Writes tensors and text metadata to a safetensors file, atomically."""
    clones = {name: value.detach().contiguous().cpu().clone() for name, value in tensors.items()}
    with atomic_path(path) as temporary:
        # Without safetensors' own function for files, whose error for a full disk is not an OSError.
        temporary.write_bytes(save(clones, metadata))


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Reads a safetensors file: tensors and metadata.

    Raises:
        TrainingError: The file is missing or damaged.
    """
    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"The file {path.name} is missing or damaged; start this training anew."
        ) from error


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


class Clock:
    """Measures the training time, including that of earlier processes, and the smoothed duration of a step; in seconds."""

    def __init__(self) -> None:
        self._start = self._mark = time.monotonic()
        self._mean = 0.0

    def resume(self, earlier: float) -> None:
        """Adds the seconds of earlier processes that trained this run; the first lap begins here."""
        self._start, self._mark = self._start - earlier, time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return time.monotonic() - self._start

    def lap(self) -> float:
        """Ends a step; returns the smoothed seconds of a step."""
        now = time.monotonic()
        duration, self._mark = max(now - self._mark, 1e-6), now
        self._mean = duration if not self._mean else 0.9 * self._mean + 0.1 * duration
        return self._mean
