"""Checkpoints: one safetensors file with weights, settings, calibration and metrics. No pickle is ever loaded.

Format version 1 is stable: later versions read it. Version 2 also knows weights in 8 bits, each with the scale of its row.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.card_file import REFERENCE, card_alone, card_of, open_file
from favae_demo.checkpoints.known_ranges import with_known_ranges
from favae_demo.checkpoints.model_names import SUFFIX, model_path
from favae_demo.checkpoints.weight_format import is_finite, pack_memory, require_shapes, unpack
from favae_demo.config.term_names import MEMORY
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import CheckpointError, FavaeError
from favae_demo.core.files import atomic_path
from favae_demo.scoring.calibration import Calibration

if TYPE_CHECKING:  # cards are read when the page is built, which must not wait for torch
    from torch import Tensor

    from favae_demo.model.network import MethodNetwork
    from favae_demo.teacher.teacher import Teacher


@dataclass(frozen=True)
class Checkpoint:
    """The contents of a model file; `load_checkpoint` reads one.

    Attributes:
        card: Settings, calibration and metrics.
        weights: The network's weights by name, in the storage format of `pack`.
        standardisation: Mean and standard deviation of each teacher channel by buffer name; empty for the plain VAE.
    """

    card: Card
    weights: dict[str, Tensor]
    standardisation: dict[str, Tensor]

    @property
    def config(self) -> TrainConfig:
        """Settings of the training."""
        return self.card.config

    def build_model(self) -> MethodNetwork:
        """Builds the network with its weights, in evaluation mode.

        Raises:
            CheckpointError: The weights do not fit the settings.
        """
        import torch

        from favae_demo.model.networks import build_network

        try:
            with torch.device("meta"):  # takes no memory, whatever size a damaged card claims
                plan = build_network(self.config, self.card.teacher_channels).state_dict()
            require_shapes(self.weights, plan)
            weights = unpack(self.weights)
            model = build_network(self.config, self.card.teacher_channels)
            model.load_state_dict(weights)
        except (KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError(
                "This model file is damaged: its weights do not fit its settings."
            ) from error
        if not is_finite(weights):
            raise CheckpointError("This model file is damaged: some of its weights are not numbers.")
        return model.eval()

    def build_teacher(
        self,
        cache_dir: Path,
        teacher_dir: Path | None = None,
        *,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Teacher | None:
        """Returns the frozen teacher with the standardisation of the training, or None for the plain VAE.

        Weights that are not on this machine are downloaded first.

        Args:
            cache_dir: The app's cache folder, where downloaded weights are kept.
            teacher_dir: Folder with teacher weights for machines without a network, or None.
            progress: Called during a download with the source, the bytes done and the bytes in all.

        Raises:
            CheckpointError: The model was trained with other teacher weights or layers than those available.
            WeightsError: The weights can neither be found nor downloaded.
        """
        from favae_demo.teacher.teacher import load_teacher

        card, config = self.card, self.config
        if config.teacher == "none":
            return None
        teacher = load_teacher(
            config.teacher,
            cache_dir,
            teacher_dir,
            tap=config.tap,
            progress=progress,
            expected=card.teacher_fingerprint,
        )
        if teacher.fingerprint != card.teacher_fingerprint:
            raise CheckpointError(
                f"This model was trained with other {config.teacher} weights than those on this machine "
                f"({teacher.source}); train it again, or fetch the weights it names: {card.teacher_source}."
            )
        if tuple(teacher.channels) != card.teacher_channels:
            raise CheckpointError(
                f"This model was trained on other layers of {config.teacher} than this version reads; train it again."
            )
        teacher.load_standardisation(self.standardisation)
        return teacher


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes a model file atomically.

    Raises:
        OSError: The file cannot be written.
    """
    from safetensors.torch import save

    tensors = {f"model.{name}": value for name, value in checkpoint.weights.items()}
    tensors |= {f"teacher.{name}": value for name, value in checkpoint.standardisation.items()}
    tensors |= calibration_tensors(checkpoint.card.calibration)
    with atomic_path(path) as temporary:
        clones = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        # Not by safetensors' own writer, which does not raise OSError on a full disk.
        temporary.write_bytes(save(clones, {"favae": checkpoint.card.to_json()}))


def calibration_tensors(calibration: Calibration) -> dict[str, Tensor]:
    """Returns the tensors of a calibration by their names in a model file."""
    import torch

    tensors = {f"score.{name}": value for name, value in calibration.whitening.items()}
    tensors |= {f"memory.{name}": value for name, value in pack_memory(calibration.memory).items()}
    if calibration.reference is not None:
        tensors[REFERENCE] = torch.from_numpy(calibration.reference)
    return tensors


def load_checkpoint(model: Path | str) -> Checkpoint:
    """Reads a model file.

    Args:
        model: Path of the file, or a name that `list_models` returns.

    Returns:
        The checkpoint, from which `Checkpoint.build_model` and `Checkpoint.build_teacher` make the networks, and
        `Detector.from_checkpoint` a detector.

    Raises:
        CheckpointError: The file is missing, damaged, not a model of this app, or written by a later version.

    Examples:
        >>> from favae_demo import load_checkpoint
        >>> checkpoint = load_checkpoint("sample_bottle-efficientnet-lite0-extended")
        >>> checkpoint.card.category, checkpoint.config.teacher
        ('sample_bottle', 'efficientnet-lite0')
        >>> len(checkpoint.card.calibration.plain.images)  # scores of held-out good images
        120
        >>> sum(weight.numel() for weight in checkpoint.build_model().parameters()) > 1_000_000
        True
    """
    path = model_path(model)
    with open_file(path) as file:
        card = with_known_ranges(card_of(file, path))
        try:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, RuntimeError, SafetensorError) as error:
            raise CheckpointError(f"{path.name} is damaged: its weights cannot be read.") from error
    parts: dict[str, dict[str, Tensor]] = {"model.": {}, "teacher.": {}, "score.": {}, "memory.": {}}
    for name, value in tensors.items():
        prefix = next((prefix for prefix in parts if name.startswith(prefix)), None)
        if prefix:
            parts[prefix][name.removeprefix(prefix)] = value
    memory = unpack(parts["memory."])
    card = replace(card, calibration=replace(card.calibration, whitening=parts["score."], memory=memory))
    checkpoint = Checkpoint(card, parts["model."], parts["teacher."])
    if not _is_complete(checkpoint):
        raise CheckpointError(f"{path.name} is damaged: its figures do not fit its settings.")
    return checkpoint


def _is_complete(checkpoint: Checkpoint) -> bool:
    """Returns whether calibration and standardisation are complete: each term present, of the right size, and finite."""
    card, calibration = checkpoint.card, checkpoint.card.calibration
    counts = {name: term.channels for name, term in card.config.terms(card.teacher_channels).items()}
    by_layer = enumerate(card.teacher_channels)
    rows = {f"{kind}{i}": (count,) for i, count in by_layer for kind in ("mean", "std")}
    squares = (
        {name: (count, count) for name, count in counts.items()} if card.config.score == "whitened" else {}
    )
    remembered: dict[str, tuple[int, ...]] = {}
    if card.config.memory:
        channels, bank = sum(card.teacher_channels[-2:]), calibration.memory.get("bank")
        size = len(bank) if bank is not None and 0 < len(bank) <= card.config.memory else 0
        remembered = {"mean": (channels,), "whitening": (channels, channels), "bank": (size, channels)}
    tensors = (
        (checkpoint.standardisation, rows),
        (calibration.whitening, squares),
        (calibration.memory, remembered),
    )
    return (
        calibration.scales.keys() == {*counts, *([MEMORY] if remembered else [])}
        and {name: len(values) for name, values in calibration.channels.items()}.items() <= counts.items()
        and all({name: tuple(v.shape) for name, v in given.items()} == shapes for given, shapes in tensors)
        and all(is_finite(given) for given, _ in tensors)
        and all(
            bool((v > 0).all()) for name, v in checkpoint.standardisation.items() if name.startswith("std")
        )
    )


def read_card(path: Path) -> Card:
    """Reads the card of a model file, without the weights; see `with_known_ranges`.

    Raises:
        CheckpointError: As `load_checkpoint`.
    """
    state: tuple[int, ...] = ()
    with suppress(OSError):  # `card_alone` says what is wrong with it
        file = path.stat()
        state = (file.st_ino, file.st_mtime_ns, file.st_size)
    return _cached_card(path, state)


def write_metrics(path: Path, metrics: dict[str, Any], training: dict[str, Any] | None = None) -> None:
    """Replaces the metrics in the card of a model file, and what it says of the training where that is given."""
    checkpoint = load_checkpoint(path)
    card = replace(checkpoint.card, metrics=metrics, training=training or checkpoint.card.training)
    save_checkpoint(path, replace(checkpoint, card=card))


def list_checkpoints(*folders: Path) -> dict[Path, Card]:
    """Returns the cards of all readable model files in some folders, by path; other files are skipped."""
    cards: dict[Path, Card] = {}
    for folder in folders:
        paths: list[Path] = []
        with suppress(OSError):  # another copy of the app may delete it just now
            paths = sorted(folder.glob(f"*{SUFFIX}"))
        for path in paths:
            with suppress(FavaeError, OSError):
                cards[path] = read_card(path)
    return cards


@lru_cache(maxsize=1024)
def _cached_card(path: Path, state: tuple[int, ...]) -> Card:
    """Returns the card of a file; cached by its inode, time and size, since the page lists all models often, and reads one's at each picture."""
    return with_known_ranges(card_alone(path))
