"""Teacher fixtures: random VGG weights and files in the format of the Keras release."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from fake_server import FakeServer

from favae_demo.settings import Settings
from favae_demo.teacher import sources

TINY_LAYERS = (
    sources.Layer(0, "block1_conv1", (4, 3, 3, 3)),
    sources.Layer(2, "block1_conv2", (5, 4, 3, 3)),
)
FIRST_VALUES = (0.42947057, 0.373467, -0.06136011)
NAMINGS = {"2016": ("{0}_W_1:0", "{0}_b_1:0"), "later": ("{0}/kernel:0", "{0}/bias:0")}


@pytest.fixture
def cache(tmp_path: Path) -> Settings:
    """Settings with an empty cache and an empty folder for weights put there by hand."""
    folders = {name: tmp_path / name for name in ("data", "checkpoints", "runs", "cache", "by_hand")}
    folders["by_hand"].mkdir()
    return Settings(*list(folders.values())[:4], teacher_dir=folders["by_hand"])


def write_keras_file(
    path: Path, layers: tuple[sources.Layer, ...], naming: str = "2016", seed: int = 0
) -> dict:
    """Writes a file like the Keras release (HWIO, BGR) with random values; returns its OIHW arrays and biases by layer name."""
    rng = np.random.default_rng(seed)
    kernel_name, bias_name = NAMINGS[naming]
    arrays = {}
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        for layer in layers:
            weight = rng.normal(0, 0.05, layer.shape).astype(np.float32)
            bias = rng.normal(0, 0.05, layer.shape[0]).astype(np.float32)
            if layer.index == 0:
                weight[0, 0, 0] = FIRST_VALUES
            group = file.create_group(layer.name)
            group[kernel_name.format(layer.name)] = weight.transpose(2, 3, 1, 0)
            group[bias_name.format(layer.name)] = bias
            arrays[layer.name] = (weight, bias)
    return arrays


@dataclass
class TinyRelease:
    """A teacher `tiny` of two layers whose official file the local server holds."""

    file_name: str
    path: str  # on the server
    content: bytes
    arrays: dict


@pytest.fixture
def tiny(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyRelease:
    file = tmp_path / "release.h5"
    arrays = write_keras_file(file, TINY_LAYERS)
    content = file.read_bytes()
    monkeypatch.setenv("FAVAE_KERAS_URL", server.url)
    monkeypatch.setitem(sources.LAYERS, "tiny", TINY_LAYERS)
    source = sources._keras("tiny", hashlib.md5(content).hexdigest())
    recipe = sources._recipe("tiny", sources.VGG_CREDIT, source, first_values={"0.weight": FIRST_VALUES})
    monkeypatch.setitem(sources.RECIPES, "tiny", recipe)
    path = f"/tiny/{source.file_name}"
    server.files[path] = content
    return TinyRelease(source.file_name, path, content, arrays)


def random_weights(teacher: str, seed: int = 0) -> dict[str, torch.Tensor]:
    """Weights of a teacher's shapes that keep the signal's size from layer to layer."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(shape, generator=generator) * (2 / max(1, np.prod(shape[1:]))) ** 0.5
        if len(shape) == 4
        else torch.randn(shape, generator=generator) * 0.1
        for name, shape in sources.RECIPES[teacher].shapes.items()
    }
