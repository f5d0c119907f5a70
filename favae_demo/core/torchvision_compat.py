"""Imports torchvision beside a torch build that lacks its compiled operators.

On Linux the package index has only a CUDA build of torchvision. Next to a CPU-only torch its library does not load, and the import fails because
two operators are unknown (`operator torchvision::nms does not exist`). This package does not use them, so their schemas are declared if the
plain import fails. Every module of this package imports torchvision from here.
"""

import torch

try:
    import torchvision
except RuntimeError:
    import sys

    for _name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[_name]
    # At module level: the declaration lasts as long as this object.
    _schemas = torch.library.Library("torchvision", "DEF")
    _schemas.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _schemas.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

from torchvision import models
from torchvision.transforms import v2

__all__ = ["models", "torchvision", "v2"]
