"""What runs a model's graph: one row an engine, one seam for all of them."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import install_command


class Engine(Protocol):
    """Runs one model. Safe to use from several threads.

    Attributes:
        name: Key of `ENGINES`.
        where: What it runs on, in words.
    """

    name: str
    where: str

    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Smoothed error maps N×T×128×128 float32 and reconstructions N×128×128×3 uint8 of images N×S×S×3 uint8 RGB."""
        ...


@dataclass(frozen=True)
class EngineSpec:
    """One row of the engine table.

    Attributes:
        title: Name on screen.
        runs_with: Packages that running needs.
        converts_with: Packages that converting a model for it needs besides.
        module: Where its `convert(graph, folder)` and `open_folder(folder)` are; empty for PyTorch, which needs neither.
    """

    title: str
    runs_with: tuple[str, ...] = ()
    converts_with: tuple[str, ...] = ()
    module: str = ""

    def missing(self, convert: bool = True) -> list[str]:
        """Packages that are not installed."""
        wanted = self.runs_with + (self.converts_with if convert else ())
        return [name for name in wanted if find_spec(name) is None]

    def load(self) -> Any:
        """The engine's module."""
        return import_module(self.module)


# The fastest first.
ENGINES: dict[str, EngineSpec] = {
    "ncnn": EngineSpec("ncnn", ("ncnn",), ("pnnx",), f"{__name__}.ncnn_engine"),
    "onnx": EngineSpec("ONNX Runtime", ("onnxruntime",), ("onnx",), f"{__name__}.onnx_engine"),
    "torch": EngineSpec("PyTorch"),
}
CHOICES = ("auto", *ENGINES)


def installed() -> tuple[str, ...]:
    """Engines that can convert and run a model here, the fastest first."""
    return tuple(name for name, spec in ENGINES.items() if not spec.missing())


def choose(wanted: str, device: str = "cpu") -> str:
    """The engine to use: the one asked for, or for `auto` ncnn where it is installed, else PyTorch.

    ONNX Runtime is about as fast as PyTorch on a processor and has to be asked for. On a graphics card PyTorch it is.

    Raises:
        ConfigError: The one asked for is not known or not installed.
    """
    if wanted == "auto":
        return "ncnn" if device == "cpu" and not ENGINES["ncnn"].missing() else "torch"
    if wanted not in ENGINES:
        raise ConfigError(f"There is no engine {wanted!r}; choose one of {', '.join(CHOICES)}.")
    if missing := ENGINES[wanted].missing():
        raise ConfigError(f"{ENGINES[wanted].title} needs {' and '.join(missing)}: {install_command('fast')}")
    return wanted


def open_engine(name: str, folder: Path) -> Engine:
    """The engine over a folder that its `convert` wrote."""
    return ENGINES[name].load().open_folder(folder)


def to_floats(images: np.ndarray) -> np.ndarray:
    """N×S×S×3 uint8 as N×3×S×S float32 in [0, 1], as the graph takes them."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def to_bytes(rebuilt: np.ndarray) -> np.ndarray:
    """N×3×S×S float32 in [0, 1] as N×S×S×3 uint8."""
    return np.ascontiguousarray(np.rint(rebuilt * 255).astype(np.uint8).transpose(0, 2, 3, 1))
