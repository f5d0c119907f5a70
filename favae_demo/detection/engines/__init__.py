"""Engines that run a model's graph: PyTorch, ONNX Runtime, OpenVINO and ncnn, behind one protocol."""

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
        where: Description of the device for display.
    """

    name: str
    where: str

    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Runs the model on images.

        Args:
            images: N×H×W×3 uint8 RGB, of the shape in the model's settings.

        Returns:
            Smoothed error maps N×T×h×w float32 and reconstructions N×h×w×3 uint8, of the settings' map shape.
        """
        ...


@dataclass(frozen=True)
class EngineSpec:
    """One row of the engine table.

    Attributes:
        title: Name on screen.
        runs_with: Packages needed to run a model.
        converts_with: Further packages needed to convert a model.
        module: Module with `convert(graph, folder)` and `open_folder(folder)`; empty for PyTorch, which needs neither.
    """

    title: str
    runs_with: tuple[str, ...] = ()
    converts_with: tuple[str, ...] = ()
    module: str = ""

    def missing(self, convert: bool = True) -> list[str]:
        """Returns the needed packages that are not installed."""
        wanted = self.runs_with + (self.converts_with if convert else ())
        return [name for name in wanted if find_spec(name) is None]

    def load(self) -> Any:
        """Imports and returns the engine's module."""
        return import_module(self.module)


# What is usually the fastest first.
ENGINES: dict[str, EngineSpec] = {
    "ncnn": EngineSpec("ncnn", ("ncnn",), ("pnnx",), f"{__name__}.ncnn_engine"),
    "openvino": EngineSpec("OpenVINO", ("openvino",), ("onnx",), f"{__name__}.openvino_engine"),
    "onnx": EngineSpec("ONNX Runtime", ("onnxruntime",), ("onnx",), f"{__name__}.onnx_engine"),
    "torch": EngineSpec("PyTorch"),
}
AUTO = "auto"
CHOICES = (AUTO, *ENGINES)


def installed() -> tuple[str, ...]:
    """Returns the engines whose packages are installed, in the order of `ENGINES`."""
    return tuple(name for name, spec in ENGINES.items() if not spec.missing())


def convertible() -> tuple[str, ...]:
    """Returns the installed engines that a model must be converted for: all but PyTorch."""
    return tuple(name for name in installed() if ENGINES[name].module)


def choose(wanted: str, device: str = "cpu") -> str:
    """Returns the engine to use: a key of `ENGINES`, or `auto` where each model is run by the one that is the fastest for it.

    Args:
        wanted: A key of `ENGINES`, or `auto` for the fastest one on a CPU, and PyTorch elsewhere or where no other is installed.
        device: Type of the device, as `cpu` or `cuda`.

    Raises:
        ConfigError: The wanted engine is unknown or not installed.
    """
    if wanted == AUTO:
        return AUTO if device == "cpu" and convertible() else "torch"
    if wanted not in ENGINES:
        raise ConfigError(f"There is no engine {wanted!r}; choose one of {', '.join(CHOICES)}.")
    if missing := ENGINES[wanted].missing():
        raise ConfigError(f"{ENGINES[wanted].title} needs {' and '.join(missing)}: {install_command('fast')}")
    return wanted


def open_engine(name: str, folder: Path) -> Engine:
    """Opens an engine on a folder that its `convert` wrote."""
    return ENGINES[name].load().open_folder(folder)


def to_floats(images: np.ndarray) -> np.ndarray:
    """Converts images N×S×S×3 uint8 to the graph's input N×3×S×S float32 in [0, 1]."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def to_bytes(rebuilt: np.ndarray) -> np.ndarray:
    """Converts images N×3×S×S float32 in [0, 1] to N×S×S×3 uint8."""
    return np.ascontiguousarray(np.rint(rebuilt * 255).astype(np.uint8).transpose(0, 2, 3, 1))
