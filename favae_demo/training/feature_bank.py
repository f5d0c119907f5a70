"""Teacher features of a set of views: computed once (the bank) or at every step.

The teacher is frozen, so the features of one view never change. A compact model trains several times faster when they are
looked up instead of computed, and a later run with the same views and the same teacher need not compute them at all.
"""

import contextlib
import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from favae_demo import __version__
from favae_demo.core import disk_cache
from favae_demo.core.disk_space import free_bytes
from favae_demo.core.files import atomic_path
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.views import to_float

CHUNK = 16  # views a teacher pass; larger ones are no faster on a CPU
FORMAT = 1  # goes up when the same views would give other features, or the file changes
MOST_BYTES = 4_000_000_000  # of all kept banks: about six of a quick training with VGG
DEVICE_SHARE = 0.5  # of a graphics card's free memory that views or features may take


class FeatureSource(Protocol):
    """Gives the teacher's features of some views."""

    def features(self, index: Tensor) -> list[Tensor]:
        """Standardised features of the views at `index`, finest first, float32 n×C×H×W."""


class NoFeatures:
    """The plain VAE's source: there is no teacher."""

    def features(self, index: Tensor) -> list[Tensor]:
        """An empty list."""
        return []


class LiveFeatures:
    """Runs the teacher at every step; for long schedules whose views do not fit a bank."""

    def __init__(self, teacher: Teacher, views: Tensor, device: torch.device | str = "cpu"):
        self.teacher, self.views, self.device = teacher, views, device

    @torch.no_grad()
    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        return self.teacher.features(to_float(self.views[index.to(self.views.device)], self.device))


class FeatureBank:
    """Half-precision features of every view.

    They lie in a file of the cache that later runs take up, mapped into memory, so that the system holds of it what there is
    room for. Without such a place they are in memory or, past the budget, in a file that vanishes with the process.

    Args:
        teacher: The frozen teacher.
        views: n×3×S×S uint8.
        budget_mb: Memory allowed for features that are not kept; a larger bank goes to `folder`.
        folder: Where a bank past its budget is put.
        device: Where the teacher runs.
        basis: Images m×3×S×S uint8 that the teacher's standardisation is fitted on; None takes the teacher as it is.
        place: Where the bank is kept, from `bank_place`; None keeps nothing.
        most_bytes: Bytes of all kept banks together.
    """

    def __init__(
        self,
        teacher: Teacher,
        views: Tensor,
        budget_mb: int,
        folder: Path,
        device: torch.device | str = "cpu",
        *,
        basis: Tensor | None = None,
        place: Path | None = None,
        most_bytes: float = MOST_BYTES,
    ):
        self.teacher, self.views, self.device, self.basis = teacher, views, torch.device(device), basis
        self.layers: list[Tensor] = []
        self._budget, self._folder, self._file = budget_mb * 1e6, folder, None
        self._place, self._most = place, most_bytes

    def fill(self) -> Iterator[int]:
        """Takes up the kept features or computes them, and yields how many views are done after each chunk."""
        known = _read(self._place, len(self.views)) if self._place else None
        if known is None:
            fit_standardisation(self.teacher, self.basis, self.device)
            yield from self._compute()
        else:
            disk_cache.mark_used(self._place)
            self.layers, standardisation = known
            if self.basis is not None:
                self.teacher.load_standardisation(standardisation)
            yield len(self.views)
        if fits(self.device, self.layers):
            self.layers = [layer.to(self.device) for layer in self.layers]

    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        return [layer[index.to(layer.device)].to(self.device).float() for layer in self.layers]

    @torch.no_grad()
    def _compute(self) -> Iterator[int]:
        with contextlib.ExitStack() as done:
            for start in range(0, len(self.views), CHUNK):
                part = self.views[start : start + CHUNK]
                found = self.teacher.features(to_float(part, self.device))
                if not self.layers:
                    self.layers = self._allocate(
                        [(len(self.views), *values.shape[1:]) for values in found], done
                    )
                for layer, values in zip(self.layers, found, strict=True):
                    layer[start : start + len(values)] = values.half()
                yield start + len(part)
            with contextlib.suppress(OSError):
                done.close()

    def _allocate(self, shapes: Sequence[tuple[int, ...]], done: contextlib.ExitStack) -> list[Tensor]:
        """Room for the features; whatever is left to do once they are in it is put on `done`."""
        size = sum(_bytes(shape) for shape in shapes)
        if self._place and size <= self._most:
            with contextlib.suppress(
                OSError
            ):  # a full or read-only disk costs the next run time, not this one
                return self._on_shelf(shapes, size, done)
        if size <= self._budget:
            return [torch.empty(shape, dtype=torch.float16) for shape in shapes]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - lives as long as the bank
        return [torch.from_numpy(layer) for layer in _map(self._file, b"", shapes)]

    def _on_shelf(
        self, shapes: Sequence[tuple[int, ...]], size: int, done: contextlib.ExitStack
    ) -> list[Tensor]:
        shelf = self._place.parent
        disk_cache.evict(shelf, self._most - size)
        if size > free_bytes(shelf):
            raise OSError("no room")
        with contextlib.ExitStack() as undo:
            temporary = undo.enter_context(atomic_path(self._place))
            file = undo.enter_context(temporary.open("w+b"))
            layers = _map(file, _header(shapes, self.teacher.standardisation()), shapes)
            undo.callback(lambda: [layer.flush() for layer in layers])  # on the disk before it takes its name
            done.push(undo.pop_all())
        return [torch.from_numpy(layer) for layer in layers]


def fit_standardisation(teacher: Teacher, basis: Tensor | None, device: torch.device | str) -> None:
    """Fits the teacher's standardisation to images m×3×S×S uint8, if there are any."""
    if basis is not None:
        teacher.fit_standardisation(to_float(part, device) for part in basis.split(CHUNK))


def bank_place(
    about: str,
    teacher: Teacher,
    tap: str,
    views: Tensor,
    basis: Tensor | None,
    cache_dir: Path,
    device: torch.device | str = "cpu",
) -> Path:
    """Where the features of these views are kept: found by every bit that they depend on.

    Args:
        about: The category's name.
        teacher: The frozen teacher.
        tap: Where its features are taken.
        views: n×3×S×S uint8.
        basis: As for `FeatureBank`.
        cache_dir: The app's cache folder.
        device: Where the teacher runs; sums of another kind of processor, or over more threads, may round differently.
    """
    machine = [torch.device(device).type, torch.backends.cpu.get_cpu_capability(), torch.get_num_threads()]
    images = [_digest(views), "" if basis is None else _digest(basis)]
    made_by = [FORMAT, __version__, torch.__version__, teacher.fingerprint, tap]
    return disk_cache.entry_path(
        cache_dir / disk_cache.FEATURES, about, [made_by, machine, images], ".safetensors"
    )


def _digest(images: Tensor) -> str:
    return hashlib.sha256(images.cpu().contiguous().numpy()).hexdigest()


def _bytes(shape: Sequence[int]) -> int:
    return 2 * int(np.prod(shape))


def _header(shapes: Sequence[tuple[int, ...]], standardisation: dict[str, Tensor]) -> bytes:
    """Start of a safetensors file of half-precision layers, whose values are still to be written.

    safetensors itself writes only what is in memory as a whole.
    """
    standard = json.dumps({name: value.tolist() for name, value in standardisation.items()})
    record: dict[str, Any] = {"__metadata__": {"standardisation": standard}}
    end = 0
    for i, shape in enumerate(shapes):
        start, end = end, end + _bytes(shape)
        record[f"layer{i}"] = {"dtype": "F16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(record).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def _map(file: IO[bytes], header: bytes, shapes: Sequence[tuple[int, ...]]) -> list[np.memmap]:
    """Layers of a file one after another behind a header; raises OSError where the disk has no room for them."""
    size = len(header) + sum(_bytes(shape) for shape in shapes)
    file.write(header)
    file.flush()
    file.truncate(size)
    if hasattr(
        os, "posix_fallocate"
    ):  # a disk that turns out full when the map is written to ends the process
        os.posix_fallocate(file.fileno(), 0, size)
    layers, start = [], len(header)
    for shape in shapes:
        layers.append(np.memmap(file, np.float16, "r+", offset=start, shape=shape))
        start += _bytes(shape)
    return layers


def _read(place: Path, views: int) -> tuple[list[Tensor], dict[str, Tensor]] | None:
    """Layers of a kept bank, mapped, and the standardisation they were made with; None where there is none."""
    try:
        with safe_open(place, "pt") as file:
            layers = [file.get_tensor(name) for name in sorted(file.keys())]
            record = json.loads(file.metadata()["standardisation"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
    if not layers or any(len(layer) != views or layer.dtype != torch.float16 for layer in layers):
        return None
    return layers, {name: torch.tensor(values) for name, values in record.items()}


def fits(device: torch.device, tensors: Sequence[Tensor]) -> bool:
    """Whether the device is a graphics card with room for these beside everything else."""
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return sum(tensor.nbytes for tensor in tensors) <= DEVICE_SHARE * free
