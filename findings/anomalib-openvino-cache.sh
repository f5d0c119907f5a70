#!/usr/bin/env bash
# Whoever loads a model with anomalib's OpenVINOInferencer finds a folder `openvino_cache` in the folder in which the program was started, with a
# file as large as the model, and one more for each other model: 168 MB for a PaDiM of usual size. Nothing says so, no setting changes it, and
# `git add -A` takes it along.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, anomalib 2.7.0, openvino 2026.4.1
#   expected: loading a model from elsewhere leaves nothing in the working folder
#   observed: for a model of 10 MB it holds files of 10 MB in openvino_cache
source "$(dirname "$0")/lib.sh"
install_torch
install torchvision==0.28.0 anomalib[openvino]==2.7.0 openvino==2026.4.1
mkdir models started

python <<'PY'
import os
from pathlib import Path

import torch
from finding import report

# Beside a CPU-only PyTorch torchvision finds two operators missing, see torchvision-beside-cpu-torch.sh.
schemas = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import openvino
from anomalib.deploy import OpenVINOInferencer

network = torch.nn.Linear(1000, 5000)
model = openvino.convert_model(network, example_input=torch.zeros(1, 1000))
openvino.save_model(model, "models/model.xml")
path = Path("models/model.xml").resolve()
os.chdir("started")
OpenVINOInferencer(path, device="CPU")
left = {file.parent.name: file.stat().st_size for file in Path().rglob("*") if file.is_file()}
size = path.with_suffix(".bin").stat().st_size
report(
    "anomalib openvino",
    "loading a model from elsewhere leaves nothing in the working folder",
    f"for a model of {size / 1e6:.0f} MB it holds files of {sum(left.values()) / 1e6:.0f} MB in {', '.join(left)}",
    sum(left.values()) > 0.9 * size,
)
PY
