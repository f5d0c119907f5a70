"""Imports torchvision beside a torch build that lacks its compiled operators.

On Linux the package index has only a CUDA build of torchvision; beside a CPU-only torch its library does not load and
the import fails because two operators are unknown (`operator torchvision::nms does not exist`). None of those operators
is used here, so their schemas are declared, only where the plain import fails. Every module of this package takes
torchvision from here.
"""

import torch

try:
    import torchvision
except RuntimeError:
    import sys

    for _name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[_name]
    # Kept at module level: the declaration lives as long as this object.
    _schemas = torch.library.Library("torchvision", "DEF")
    _schemas.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _schemas.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

from torchvision import models
from torchvision.transforms import v2

__all__ = ["models", "torchvision", "v2"]
