"""Teacher features of a set of views: computed once (the bank) or at every step.

The teacher is frozen, so the features of one view never change. A compact model trains several times faster when they are
looked up instead of computed, and a later run with the same views and the same teacher reads them from the cache.
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
from favae_demo.core.device import images_per_pass
from favae_demo.core.disk_space import free_bytes
from favae_demo.core.files import atomic_path
from favae_demo.teacher.teacher import Teacher
from favae_demo.training.precision import memory_format
from favae_demo.training.views import to_float

FORMAT = 2  # increase it when the same views give other features, or when the format of the file changes
MOST_BYTES = 4_000_000_000  # for all cached banks: about six of a quick training with VGG
# Order of the axes N, C, H and W as they are stored, and of the stored ones as they are read.
LAYOUTS = {
    torch.contiguous_format: ((0, 1, 2, 3), (0, 1, 2, 3)),
    torch.channels_last: ((0, 2, 3, 1), (0, 3, 1, 2)),
}
DEVICE_SHARE = 0.5  # share of a GPU's free memory that views or features may take


class FeatureSource(Protocol):
    """Gives the teacher's features of a set of views."""

    def features(self, index: Tensor) -> list[Tensor]:
        """Returns the standardised features of the views at `index`, finest first, each float32 N×C×H×W."""


class NoFeatures:
    """The plain VAE's source: there is no teacher."""

    def features(self, index: Tensor) -> list[Tensor]:
        """Returns an empty list."""
        return []


class LiveFeatures:
    """Runs the teacher at every step; for long schedules whose views do not fit a bank.

    Args:
        teacher: The frozen teacher.
        views: n×3×H×W uint8.
        device: Where the teacher runs.
    """

    def __init__(self, teacher: Teacher, views: Tensor, device: torch.device | str = "cpu"):
        self.teacher, self.views, self.device = teacher, views, device

    @torch.no_grad()
    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        features = self.teacher.features(to_float(self.views[index.to(self.views.device)], self.device))
        return [layer.contiguous(memory_format=memory_format(self.device)) for layer in features]


class FeatureBank:
    """Half-precision features of every view, stored in the layout in which the loss reads them.

    They are kept in a file of the cache folder that later runs read, mapped into memory, so that the system holds as much of it
    as there is room for. Without such a file they are in memory or, beyond the budget, in a file that is removed with the process.

    Args:
        teacher: The frozen teacher.
        views: n×3×H×W uint8.
        budget_mb: Memory allowed for features that are not cached, in megabytes; a larger bank is written to `folder`.
        folder: Where a bank beyond its budget is written.
        device: Where the teacher runs.
        basis: Images m×3×H×W uint8 that the teacher's standardisation is fitted on; None takes the teacher as it is.
        path: The file in the cache folder, from `bank_path`; None caches nothing.
        most_bytes: Largest size of all cached banks together.
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
        path: Path | None = None,
        most_bytes: int = MOST_BYTES,
    ):
        self.teacher, self.views, self.device, self.basis = teacher, views, torch.device(device), basis
        self.layers: list[Tensor] = []
        self._budget, self._folder = budget_mb * 1e6, folder
        self._path, self._most_bytes = path, most_bytes
        self._stored, self._read_as = LAYOUTS[memory_format(device)]

    def fill(self) -> Iterator[int]:
        """Reads the cached features or computes them, and yields how many views are done after each chunk."""
        cached = _read(self._path, len(self.views)) if self._path else None
        if cached is None:
            fit_standardisation(self.teacher, self.basis, self.device)
            yield from self._compute()
        else:
            self.layers, standardisation = cached
            if self.basis is not None:
                self.teacher.load_standardisation(standardisation)
            yield len(self.views)
        if fits(self.device, self.layers):
            self.layers = [layer.to(self.device) for layer in self.layers]

    def features(self, index: Tensor) -> list[Tensor]:
        """See `FeatureSource`."""
        return [
            layer[index.to(layer.device)].to(self.device).permute(self._read_as).float()
            for layer in self.layers
        ]

    @torch.no_grad()
    def _compute(self) -> Iterator[int]:
        size = images_per_pass(*self.views.shape[2:])
        with contextlib.ExitStack() as on_completion:
            for start in range(0, len(self.views), size):
                chunk = self.views[start : start + size]
                features = self.teacher.features(to_float(chunk, self.device))
                if not self.layers:
                    shapes = [
                        (len(self.views), *values.permute(self._stored).shape[1:]) for values in features
                    ]
                    self.layers = self._allocate(shapes, on_completion)
                for layer, values in zip(self.layers, features, strict=True):
                    layer[start : start + len(values)] = values.half().permute(self._stored)
                yield start + len(chunk)
            with contextlib.suppress(OSError):
                on_completion.close()

    def _allocate(
        self, shapes: Sequence[tuple[int, ...]], on_completion: contextlib.ExitStack
    ) -> list[Tensor]:
        """Returns empty layers; what must be done once they are filled is pushed on `on_completion`."""
        size = sum(_bytes(shape) for shape in shapes)
        if self._path and size <= self._most_bytes:
            # A full or read-only disk costs the next run time, and does not stop this one.
            with contextlib.suppress(OSError):
                return self._allocate_in_cache(self._path, shapes, size, on_completion)
        if size <= self._budget:
            return [torch.empty(shape, dtype=torch.float16) for shape in shapes]
        self._folder.mkdir(parents=True, exist_ok=True)
        # The file has no name and lives as long as it is mapped.
        with tempfile.TemporaryFile(dir=self._folder) as file:
            return [torch.from_numpy(layer) for layer in _map(file, b"", shapes)]

    def _allocate_in_cache(
        self, path: Path, shapes: Sequence[tuple[int, ...]], size: int, on_completion: contextlib.ExitStack
    ) -> list[Tensor]:
        """Maps layers of a temporary file, which gets its name on completion and is removed without it."""
        disk_cache.evict(path.parent, self._most_bytes - size)
        if size > free_bytes(path.parent):
            raise OSError("no room")
        with contextlib.ExitStack() as undo:
            temporary = undo.enter_context(atomic_path(path))
            file = undo.enter_context(temporary.open("w+b"))
            layers = _map(file, _header(shapes, self.teacher.standardisation()), shapes)
            for layer in layers:
                undo.callback(layer.flush)  # its values are on the disk before the file gets its name
            on_completion.push(undo.pop_all())
        return [torch.from_numpy(layer) for layer in layers]


def fit_standardisation(teacher: Teacher, basis: Tensor | None, device: torch.device | str) -> None:
    """Fits the teacher's standardisation to images m×3×H×W uint8, if there are any."""
    if basis is not None:
        teacher.fit_standardisation(
            to_float(part, device) for part in basis.split(images_per_pass(*basis.shape[2:]))
        )


def bank_path(
    category: str,
    teacher: Teacher,
    tap: str,
    views: Tensor,
    basis: Tensor | None,
    cache_dir: Path,
    device: torch.device | str = "cpu",
) -> Path:
    """Returns the file that caches the features of these views; its name is a digest of all that they depend on.

    Args:
        category: The category's name.
        teacher: The frozen teacher.
        tap: Where its features are taken: `relu` or `conv`.
        views: n×3×H×W uint8.
        basis: As for `FeatureBank`.
        cache_dir: The app's cache folder.
        device: Where the teacher runs; sums of another kind of processor, or over more threads, may round differently.
    """
    layout = str(memory_format(device))
    machine = [
        torch.device(device).type,
        torch.backends.cpu.get_cpu_capability(),
        torch.get_num_threads(),
        layout,
    ]
    images = [_digest(views), "" if basis is None else _digest(basis)]
    made_by = [FORMAT, __version__, torch.__version__, teacher.fingerprint, tap]
    return disk_cache.entry_path(
        cache_dir / disk_cache.FEATURES, category, [made_by, machine, images], ".safetensors"
    )


def _digest(images: Tensor) -> str:
    return hashlib.sha256(images.cpu().contiguous().numpy().data).hexdigest()


def _bytes(shape: Sequence[int]) -> int:
    return 2 * int(np.prod(shape))


def _header(shapes: Sequence[tuple[int, ...]], standardisation: dict[str, Tensor]) -> bytes:
    """Returns the header of a safetensors file of half-precision layers, whose values are written later.

    safetensors itself only writes tensors that are in memory as a whole.
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
    """Maps layers that stand one after another behind a header.

    Raises:
        OSError: The disk has no room for them.
    """
    size = len(header) + sum(_bytes(shape) for shape in shapes)
    file.write(header)
    file.flush()
    file.truncate(size)
    # Reserved now: a disk that turns out to be full when the map is written to ends the process.
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    layers, start = [], len(header)
    for shape in shapes:
        layers.append(np.memmap(file, np.float16, "r+", offset=start, shape=shape))
        start += _bytes(shape)
    return layers


def _read(path: Path, views: int) -> tuple[list[Tensor], dict[str, Tensor]] | None:
    """Returns the mapped layers of a cached bank and the standardisation they were made with; None where there is no usable one."""
    try:
        with safe_open(path, "pt") as file:
            layers = [file.get_tensor(name) for name in sorted(file.keys())]
            record = json.loads(file.metadata()["standardisation"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
    if not layers or any(len(layer) != views or layer.dtype != torch.float16 for layer in layers):
        return None
    disk_cache.mark_used(path)
    return layers, {name: torch.tensor(values) for name, values in record.items()}


def fits(device: torch.device, tensors: Sequence[Tensor]) -> bool:
    """Returns whether the device is a GPU with enough free memory for these tensors."""
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return sum(tensor.nbytes for tensor in tensors) <= DEVICE_SHARE * free
