#!/usr/bin/env bash
# Beside one other busy program, PyTorch's CPU threads do not get their share of the cores: a thread that waits at the end of a parallel loop spins, and
# keeps the thread that it waits for from the core. One would expect half the speed at worst. OMP_WAIT_POLICY=PASSIVE, set before PyTorch is
# imported, lets them sleep.
#
# Output seen on Linux (x86-64, two cores, about ten other busy programs beside those that the script starts):
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: the same processor time for the same work with spinning and with sleeping threads, within a factor of 1.5
#   observed: wall and processor seconds on 2 cores: spinning (95.9, 21.8), sleeping (1.1, 0.6)
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

cat > work.py <<'PY'
import time

import torch
from torch import nn

network = nn.Sequential(*(nn.Conv2d(32, 32, 3, padding=1) for _ in range(40)))
data = torch.rand(2, 32, 32, 32)
with torch.inference_mode():
    network(data)
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(60):
        network(data)
print(time.perf_counter() - start, time.process_time() - cpu)
PY

python <<'PY'
import os
import subprocess
import sys

from finding import report

cores = len(os.sched_getaffinity(0))


def seconds(**variables):
    """Wall and processor seconds of the same work, while every core has another busy program."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        environment = os.environ | {"OMP_NUM_THREADS": str(cores)} | variables
        done = subprocess.run([sys.executable, "work.py"], env=environment, capture_output=True, text=True, check=True)
    finally:
        for other in others:
            other.kill()
            other.wait()
    wall, cpu = map(float, done.stdout.split())
    return round(wall, 1), round(cpu, 1)


spinning, sleeping = seconds(), seconds(OMP_WAIT_POLICY="PASSIVE")
report(
    "torch",
    "the same processor time for the same work with spinning and with sleeping threads, within a factor of 1.5",
    f"wall and processor seconds on {cores} cores: spinning {spinning}, sleeping {sleeping}",
    spinning[1] > 1.5 * sleeping[1],
)
PY
