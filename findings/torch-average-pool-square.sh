#!/usr/bin/env bash
# The mean over the square around each pixel (SSIM, local contrast, box filters) is one call of avg_pool2d. Its cost on the CPU grows with the
# area of the window: the same mean as a row and then a column takes a fraction of the time, and two depthwise convolutions with constant
# weights, which multiply as well, take even less.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: pooling a window of 11×11 takes no longer than two convolutions that give the same
#   observed: milliseconds for 8×3×138×138: {'square': 28.0, 'row and column': 10.4, 'two convolutions': 4.6}
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

python <<'PY'
import time

import torch
import torch.nn.functional as F

from finding import report

torch.set_num_threads(1)
images = torch.rand(8, 3, 138, 138)
weights = torch.full((3, 1, 1, 11), 1 / 11)
ways = {
    "square": lambda: F.avg_pool2d(images, 11, 1),
    "row and column": lambda: F.avg_pool2d(F.avg_pool2d(images, (1, 11), 1), (11, 1), 1),
    "two convolutions": lambda: F.conv2d(
        F.conv2d(images, weights, groups=3), weights.transpose(2, 3), groups=3
    ),
}


def milliseconds(way) -> float:
    way()
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        way()
        times.append(time.perf_counter() - begun)
    return round(1000 * min(times), 1)


same = all(torch.allclose(way(), ways["square"](), atol=1e-5) for way in ways.values())
took = {name: milliseconds(way) for name, way in ways.items()}
report(
    "torch",
    "pooling a window of 11×11 takes no longer than two convolutions that give the same",
    f"milliseconds for 8×3×138×138: {took}",
    same and took["square"] > 2 * took["two convolutions"] and took["square"] > 1.5 * took["row and column"],
)
PY
