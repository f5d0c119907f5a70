#!/usr/bin/env bash
# pnnx converts these layers without an error, and ncnn answers something else than PyTorch: circular padding (pads with
# zeros), layer norm over channels and places (normalises each channel alone), average pooling with ceil_mode (divides the
# windows at the border by their full size), the remainder of negative numbers (C's sign instead of Python's).
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pnnx 20261020, ncnn 1.0.20261020, torch 2.13.0+cpu
#   expected: an error of at most 0.001 of the largest value, or a refusal
#   observed: {'reflect': 0.0, 'circular': 0.915, 'layer_norm': 0.358, 'avg_pool': 0.303, 'remainder': 1.005}
source "$(dirname "$0")/lib.sh"
install_torch
install pnnx==20261020 ncnn==1.0.20261020 numpy==2.4.6

cat >layers.py <<'PY'
import ncnn
import numpy as np
import pnnx
import torch
from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.conv, self.layer = nn.Conv2d(3, 3, 1), layer

    def forward(self, x):
        return self.layer(self.conv(x))


LAYERS = {
    "reflect": lambda x: F.pad(x, (2, 2, 2, 2), mode="reflect"),  # right, for comparison
    "circular": lambda x: F.pad(x, (2, 2, 2, 2), mode="circular"),
    "layer_norm": lambda x: F.layer_norm(x, (3, 16, 16)),
    "avg_pool": lambda x: F.avg_pool2d(x, 3, 2, ceil_mode=True),
    "remainder": lambda x: torch.remainder(x, 2.0),
}
torch.manual_seed(0)
x = torch.randn(1, 3, 16, 16)
for name, layer in LAYERS.items():
    model = Model(layer).eval()
    with torch.no_grad():
        expected = model(x)[0].numpy()
        pnnx.export(model, f"{name}.pt", (x,), fp16=False)
    net = ncnn.Net()
    assert net.load_param(f"{name}.ncnn.param") == net.load_model(f"{name}.ncnn.bin") == 0
    extractor = net.create_extractor()
    extractor.input("in0", ncnn.Mat(x[0].numpy()).clone())
    found = np.array(extractor.extract("out0")[1])
    np.save(f"{name}.npy", np.abs(found - expected).max() / np.abs(expected).max())
PY
python layers.py >log 2>&1 || { tail log; exit 1; }  # the converter talks

python <<'PY'
import numpy as np

from finding import report

errors = {name: float(np.load(f"{name}.npy")) for name in ("reflect", "circular", "layer_norm", "avg_pool", "remainder")}
report(
    "pnnx ncnn torch",
    "an error of at most 0.001 of the largest value, or a refusal",
    {name: round(error, 3) for name, error in errors.items()},
    errors.pop("reflect") < 1e-3 and min(errors.values()) > 0.1,
)
PY
