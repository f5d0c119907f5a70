#!/usr/bin/env bash
# pnnx until 20260112 merges zero padding into the convolution after it and confuses the sides where left and right, or top
# and bottom, differ: ncnn answers with a row too few, or with other values, without an error. 20260409 is right. Networks
# with "same" padding as TensorFlow has it are affected, such as EfficientNet-Lite: (1, 2, 1, 2) for a kernel of 5, step 2.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pnnx 20260112, ncnn 1.0.20261020, torch 2.13.0+cpu
#   expected: shape (4, 8, 8) and an error of at most 0.001 of the largest value, for each padding
#   observed: 20260112: {'(2, 2, 2, 2)': 0.0, '(1, 2, 1, 2)': '(4, 7, 8)', '(1, 2, 1, 3)': 0.79}, 20260409: {'(2, 2, 2, 2)': 0.0,
#       '(1, 2, 1, 2)': 0.0, '(1, 2, 1, 3)': 0.0}
source "$(dirname "$0")/lib.sh"
install_torch
install pnnx==20260112 ncnn==1.0.20261020 numpy==2.4.6
install --no-deps --target newer pnnx==20260409

cat >padding.py <<'PY'
import json
import sys

import ncnn
import numpy as np
import pnnx
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, padding):
        super().__init__()
        self.first, self.pad, self.conv = nn.Conv2d(3, 4, 1), nn.ZeroPad2d(padding), nn.Conv2d(4, 4, 5, 2)

    def forward(self, x):
        return self.conv(self.pad(self.first(x)))


torch.manual_seed(0)
x, seen = torch.rand(1, 3, 16, 16), {}
for padding in ((2, 2, 2, 2), (1, 2, 1, 2), (1, 2, 1, 3)):  # left, right, top, bottom
    model = Model(padding).eval()
    with torch.no_grad():
        expected = model(x)[0].numpy()
        pnnx.export(model, "model.pt", (x,), fp16=False)
    net = ncnn.Net()
    assert net.load_param("model.ncnn.param") == net.load_model("model.ncnn.bin") == 0
    extractor = net.create_extractor()
    extractor.input("in0", ncnn.Mat(x[0].numpy()).clone())
    found = np.array(extractor.extract("out0")[1])
    same = found.shape == expected.shape == (4, 8, 8)
    seen[str(padding)] = float(np.abs(found - expected).max() / np.abs(expected).max()) if same else str(found.shape)
with open(sys.argv[1], "w") as file:
    json.dump(seen, file)
PY
python padding.py old >log 2>&1 || { tail log; exit 1; }  # the converter talks
PYTHONPATH="$work/newer:$PYTHONPATH" python padding.py new >log 2>&1 || { tail log; exit 1; }

python <<'PY'
import json
from pathlib import Path

from finding import report

old, new = (json.loads(Path(name).read_text()) for name in ("old", "new"))


def rounded(seen):
    return {padding: round(value, 2) if isinstance(value, float) else value for padding, value in seen.items()}


report(
    "pnnx ncnn torch",
    "shape (4, 8, 8) and an error of at most 0.001 of the largest value, for each padding",
    f"20260112: {rounded(old)}, 20260409: {rounded(new)}",
    old["(2, 2, 2, 2)"] < 1e-3 and old["(1, 2, 1, 2)"] == "(4, 7, 8)" and old["(1, 2, 1, 3)"] > 0.1 and max(new.values()) < 1e-3,
)
PY
