#!/usr/bin/env bash
# On Linux the package index has only a CUDA build of torchvision. Beside a CPU-only PyTorch its import fails, though most of
# it is plain Python: two operator schemas are missing. Where they are declared first, transforms and models work.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu, torchvision 0.28.0
#   expected: torchvision 0.28.0, made for torch 2.13.0, can be imported beside it
#   observed: plain import: RuntimeError: operator torchvision::nms does not exist; with the schemas declared, VGG16's features: (1,
#       512, 2, 2)
source "$(dirname "$0")/lib.sh"
install_torch
install --no-deps torchvision==0.28.0
install pillow==12.3.0 numpy==2.4.6

plain=$(python -c "import torchvision" 2>&1 | tail -n 1 || true)
PLAIN=$plain python <<'PY'
import os

import torch

from finding import report

schemas = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision.models import vgg16
from torchvision.transforms import v2

shape = tuple(vgg16().features(v2.Resize(64)(torch.rand(1, 3, 96, 96))).shape)
report(
    "torch torchvision",
    "torchvision 0.28.0, made for torch 2.13.0, can be imported beside it",
    f"plain import: {os.environ['PLAIN']}; with the schemas declared, VGG16's features: {shape}",
    "operator torchvision::nms does not exist" in os.environ["PLAIN"] and shape == (1, 512, 2, 2),
)
PY
