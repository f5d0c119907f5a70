"""Teacher fixtures: random weights, and files in the formats of Keras Applications and torchvision."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache as kept
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from fake_server import FakeServer

from favae_demo.core.settings import Settings
from favae_demo.core.torchvision_compat import models
from favae_demo.teacher import weight_readers, weight_sources

TINY_LAYERS = (
    weight_readers.Layer(0, "block1_conv1", (4, 3, 3, 3)),
    weight_readers.Layer(2, "block1_conv2", (5, 4, 3, 3)),
)
FIRST_VALUES = (0.42947057, 0.373467, -0.06136011)
BACKBONES = {
    "efficientnet-b0": models.efficientnet_b0,
    "resnet18": models.resnet18,
    "wide-resnet50-2": models.wide_resnet50_2,
}
NAMINGS = {"2016": ("{0}_W_1:0", "{0}_b_1:0"), "later": ("{0}/kernel:0", "{0}/bias:0")}


@pytest.fixture
def cache(tmp_path: Path) -> Settings:
    """Settings with an empty cache and an empty folder for weights put there by hand."""
    folders = {name: tmp_path / name for name in ("data", "checkpoints", "runs", "cache", "by_hand")}
    folders["by_hand"].mkdir()
    return Settings(*list(folders.values())[:4], teacher_dir=folders["by_hand"])


def write_keras_file(
    path: Path, layers: tuple[weight_readers.Layer, ...], naming: str = "2016", seed: int = 0
) -> dict:
    """Writes random weights in the format of Keras Applications (HWIO, BGR); returns OIHW weights and biases by layer name."""
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
class Release:
    """A teacher whose official file is on the local server, at `path`."""

    teacher: str
    file_name: str
    path: str
    content: bytes


@dataclass
class TinyRelease(Release):
    """The teacher `tiny` with two layers, in the format of Keras Applications."""

    arrays: dict


@pytest.fixture
def tiny(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyRelease:
    file = tmp_path / "release.h5"
    arrays = write_keras_file(file, TINY_LAYERS)
    content = file.read_bytes()
    monkeypatch.setenv("FAVAE_KERAS_URL", server.url)
    monkeypatch.setitem(weight_readers.LAYERS, "tiny", TINY_LAYERS)
    source = weight_sources._keras("tiny", hashlib.md5(content).hexdigest())
    recipe = weight_sources._vgg(
        "tiny", weight_sources.VGG_CREDIT, source, first_values={"0.weight": FIRST_VALUES}
    )
    monkeypatch.setitem(weight_sources.RECIPES, "tiny", recipe)
    path = f"/tiny/{source.file_name}"
    server.files[path] = content
    return TinyRelease("tiny", source.file_name, path, content, arrays)


@pytest.fixture(scope="session")
def torchvision_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes the file of a teacher of `BACKBONES` in torchvision's format: the state dict of the whole network, with random values."""
    folder = tmp_path_factory.mktemp("torchvision")

    @kept
    def write(teacher: str) -> Path:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            state = BACKBONES[teacher]().state_dict()
            for name in [name for name in state if "running" in name]:  # equal values would hide a mix-up
                state[name] += torch.rand_like(state[name]) * 0.1
        path = folder / weight_sources.RECIPES[teacher].sources[0].file_name
        # Its file of 2019 is not in the ZIP format and holds half precision; here it also lacks the batch counters.
        if teacher == "wide-resnet50-2":
            old = {name: value.half() for name, value in state.items() if value.is_floating_point()}
            torch.save(old, path, _use_new_zipfile_serialization=False)
        else:
            torch.save(state, path)
        return path

    return write


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    """Returns a function that makes the digest of a file the expected one of a teacher's official file."""

    def accept(teacher: str, content: bytes) -> None:
        recipe = weight_sources.RECIPES[teacher]
        digest = f"sha256:{hashlib.sha256(content).hexdigest()[:8]}"
        source = replace(recipe.sources[0], digest=digest)
        monkeypatch.setitem(weight_sources.RECIPES, teacher, replace(recipe, sources=(source,)))

    return accept


@pytest.fixture(params=["tiny", *BACKBONES])
def release(
    request: pytest.FixtureRequest,
    server: FakeServer,
    torchvision_file: Callable[[str], Path],
    official: Callable[[str, bytes], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Release:
    """The official file of each kind."""
    teacher = request.param
    if teacher == "tiny":
        return request.getfixturevalue("tiny")
    file = torchvision_file(teacher)
    content = file.read_bytes()
    official(teacher, content)
    monkeypatch.setenv("FAVAE_TORCHVISION_URL", server.url)
    server.files[f"/{file.name}"] = content
    return Release(teacher, file.name, f"/{file.name}", content)


def random_weights(teacher: str, seed: int = 0) -> dict[str, torch.Tensor]:
    """Returns random weights of a teacher's shapes, scaled so that the activations of all layers are of similar size."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: _random(name, shape, generator)
        for name, shape in weight_sources.RECIPES[teacher].shapes.items()
    }


def _random(name: str, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    value = torch.randn(shape, generator=generator)
    if len(shape) == 4:
        return value * (2 / max(1, np.prod(shape[1:]))) ** 0.5
    normalising = name.endswith(("weight", "running_var"))  # one-dimensional: a factor or a variance
    return 1 + value.clamp(-2, 2) * 0.1 if normalising else value * 0.1
