#!/usr/bin/env bash
# `import torchvision` imports PyTorch's compiler, torch._dynamo with 93 modules, although nothing is compiled: its RoI operators are
# decorated for it. That takes as much processor time as importing PyTorch itself, in every program that only wants a network's layers.
# `torch.optim` does the same once an optimiser is made.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu, torchvision 0.28.0
#   expected: torch._dynamo is loaded by the first compilation
#   observed: modules of torch._dynamo: 0 after `import torch`, 93 after `import torchvision`, which took 1.5 times the processor time of
#       torch's own import
source "$(dirname "$0")/lib.sh"
install_torch
install --no-deps torchvision==0.28.0
install pillow==12.3.0 numpy==2.4.6

python <<'PY'
import sys
import time

from finding import report


def compiler() -> int:
    """Number of modules of PyTorch's compiler that are loaded."""
    return sum(name.startswith("torch._dynamo") for name in sys.modules)


start = time.process_time()
import torch

own, before = time.process_time() - start, compiler()
schemas = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
start = time.process_time()
import torchvision

added, after = time.process_time() - start, compiler()
report(
    "torch torchvision",
    "torch._dynamo is loaded by the first compilation",
    f"modules of torch._dynamo: {before} after `import torch`, {after} after `import torchvision`, which took "
    f"{added / own:.1f} times the processor time of torch's own import",
    before == 0 and after > 50 and added > 0.4 * own,
)
PY
