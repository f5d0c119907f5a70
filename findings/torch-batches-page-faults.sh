#!/usr/bin/env bash
# On Linux with glibc, a network on the CPU takes fresh memory from the system for each large tensor in every pass: blocks above 32 MB are mapped and
# unmapped each time, smaller ones are given back by trimming. Every page costs a fault, which can take longer than the arithmetic:
# EfficientNet-Lite0 at 256x256 on two cores needs 5.5 ms for each image in batches of 4, 24.7 in batches of 32, and 6.1 with the variables below.
#
# Output seen on Linux (x86-64, glibc 2.36):
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: hardly a page fault once the first pass has taken its memory
#   observed: faults for each image, by batch size: {2: 11728, 32: 26369}; with MALLOC_MMAP_MAX_=0 and MALLOC_TRIM_THRESHOLD_=2000000000: {2: 0, 32: 768}
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

cat > count.py <<'PY'
import resource

import torch
from torch import nn

layers = [nn.Conv2d(3, 96, 1), *(nn.Conv2d(96, 96, 3, padding=1, groups=96) for _ in range(5))]
network = nn.Sequential(*layers).eval()


def faults(batch, images=64):
    """Returns the page faults for each image once the process has warmed up."""
    data = torch.rand(batch, 3, 128, 128)
    with torch.inference_mode():
        network(data)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(images // batch):
            network(data)
    return round((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / images)


print({batch: faults(batch) for batch in (2, 32)})
PY

python <<'PY'
import ast
import os
import subprocess
import sys

from finding import report


def counted(**variables):
    done = subprocess.run([sys.executable, "count.py"], env=os.environ | variables, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


plain = counted()
kept = counted(MALLOC_MMAP_MAX_="0", MALLOC_TRIM_THRESHOLD_="2000000000")
report(
    "torch",
    "hardly a page fault once the first pass has taken its memory",
    f"faults for each image, by batch size: {plain}; with MALLOC_MMAP_MAX_=0 and MALLOC_TRIM_THRESHOLD_=2000000000: {kept}",
    plain[32] > 10_000 and kept[32] * 10 < plain[32],
)
PY
