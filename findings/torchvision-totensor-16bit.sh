#!/usr/bin/env bash
# torchvision.transforms.ToTensor of a 16-bit grey image (Pillow mode I;16) gives int16: values from 32768 up become negative
# and nothing is scaled to [0, 1]. v2.ToImage with v2.ToDtype(scale=True) is right.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torchvision 0.28.0, pillow 12.3.0
#   expected: [0, 0.5, 0.5, 1] from both
#   observed: ToTensor: torch.int16 [0, 32767, -32768, -1]; v2: [0.0, 0.5, 0.5, 1.0]
source "$(dirname "$0")/lib.sh"
install_torch
install --no-deps torchvision==0.28.0
install pillow==12.3.0 numpy==2.4.6

python <<'PY'
import numpy as np
import torch
from PIL import Image

from finding import report

schemas = torch.library.Library("torchvision", "DEF")  # see torchvision-beside-cpu-torch.sh
for name in ("nms", "qnms"):
    schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision.transforms import ToTensor, v2

image = Image.fromarray(np.array([[0, 32_767, 32_768, 65_535]], np.uint16))
old = ToTensor()(image)
new = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])(image)
report(
    "torchvision pillow",
    "[0, 0.5, 0.5, 1] from both",
    f"ToTensor: {old.dtype} {old.flatten().tolist()}; v2: {[round(value, 4) for value in new.flatten().tolist()]}",
    old.flatten().tolist() == [0, 32_767, -32_768, -1] and abs(new.max() - 1) < 1e-6,
)
PY
