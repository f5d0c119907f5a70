#!/usr/bin/env bash
# PyTorch's Muon makes the singular values of a change alike by products of matrices in bfloat16, on every device. A processor without
# instructions for it (AVX2, and AVX-512 before Cooper Lake and Zen 4) emulates them: a step takes many times as long as the same products in
# float32, so that the optimiser's share of a training step is larger than all the rest.
#
# Output seen on Linux (x86-64), on a processor held to AVX2:
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: a step of Muon on a CPU takes about as long as its products in float32
#   observed: a step on twelve matrices of 128 x 1152 takes 5 times as long or more (12.7 times)
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 OMP_NUM_THREADS=1 python <<'PY'
import time
from collections.abc import Callable

import torch

from finding import report

weights = [torch.nn.Parameter(torch.randn(128, 1152)) for _ in range(12)]
for weight in weights:
    weight.grad = torch.randn(128, 1152)
muon = torch.optim.Muon(weights, lr=0.01)


def products() -> None:
    for weight in weights:
        x = weight.grad / weight.grad.norm()
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x


def seconds(call: Callable[[], None]) -> float:
    call()
    begin = time.process_time()
    for _ in range(3):
        call()
    return (time.process_time() - begin) / 3


ratio = seconds(muon.step) / seconds(products)
print(f"ratio: {ratio:.1f}")
report(
    "torch",
    "a step of Muon on a CPU takes about as long as its products in float32",
    "a step on twelve matrices of 128 x 1152 takes 5 times as long or more",
    ratio >= 5,
)
PY
