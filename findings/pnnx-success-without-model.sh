#!/usr/bin/env bash
# pnnx.export returns without an error for a network that ncnn cannot run (here torch.std): it writes the unknown layer into
# the file, and only ncnn's load_param says so, by returning -1. The other way round, a plain nn.Sequential is converted
# correctly and raises SyntaxError: pnnx also writes a Python program, with attributes named "0", and imports it.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pnnx 20261020, ncnn 1.0.20261020, torch 2.13.0+cpu
#   expected: an error for torch.std, none for nn.Sequential
#   observed: torch.std: export returns, load_param gives -1; nn.Sequential: export raises 'invalid syntax (plain_pnnx.py, line 22)',
#       its files load (0) and differ by 6.0e-08
source "$(dirname "$0")/lib.sh"
install_torch
install pnnx==20261020 ncnn==1.0.20261020 numpy==2.4.6

cat >convert.py <<'PY'
import ncnn
import numpy as np
import pnnx
import torch
from torch import nn


class Std(nn.Module):
    def forward(self, x):
        return x.std(dim=1, keepdim=True)


torch.manual_seed(0)
x = torch.rand(1, 3, 16, 16)
pnnx.export(Std().eval(), "std.pt", (x,), fp16=False)
codes = ncnn.Net().load_param("std.ncnn.param")

model, error = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU()).eval(), "none"
try:
    with torch.no_grad():
        pnnx.export(model, "plain.pt", (x,), fp16=False)
except SyntaxError as raised:
    error = str(raised)
net = ncnn.Net()
loaded = net.load_param("plain.ncnn.param") or net.load_model("plain.ncnn.bin")
extractor = net.create_extractor()
extractor.input("in0", ncnn.Mat(x[0].numpy()).clone())
difference = np.abs(np.array(extractor.extract("out0")[1]) - model(x)[0].detach().numpy()).max()
with open("seen", "w") as file:
    print(codes, error, loaded, float(difference), sep="\n", file=file)
PY
python convert.py >log 2>&1 || { tail log; exit 1; }  # the converter talks

python <<'PY'
from pathlib import Path

from finding import report

code, error, loaded, difference = Path("seen").read_text().splitlines()
report(
    "pnnx ncnn torch",
    "an error for torch.std, none for nn.Sequential",
    f"torch.std: export returns, load_param gives {code}; nn.Sequential: export raises {error!r}, its files load ({loaded}) and differ by {float(difference):.1e}",
    code == "-1" and "invalid syntax" in error and loaded == "0" and float(difference) < 1e-5,
)
PY
