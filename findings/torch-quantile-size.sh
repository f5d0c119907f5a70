#!/usr/bin/env bash
# torch.quantile refuses more than 2**24 values, which 257 score maps of 256 x 256 pixels exceed; torch.kthvalue takes them.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, torch 2.13.0+cpu
#   expected: a quantile of as many values as fit into memory
#   observed: 256 maps: 0.9900; 257 maps: 'quantile() input tensor is too large'; kthvalue of 257 maps: 0.9900
source "$(dirname "$0")/lib.sh"
install_torch
install numpy==2.4.6

python <<'PY'
import torch

from finding import report

maps = torch.rand(257, 256, 256, generator=torch.Generator().manual_seed(0))
refused = ""
try:
    torch.quantile(maps, 0.99)
except RuntimeError as error:
    refused = str(error)
fewer = torch.quantile(maps[:256], 0.99).item()
chosen = maps.flatten().kthvalue(round(0.99 * maps.numel())).values.item()
report(
    "torch",
    "a quantile of as many values as fit into memory",
    f"256 maps: {fewer:.4f}; 257 maps: {refused!r}; kthvalue of 257 maps: {chosen:.4f}",
    refused == "quantile() input tensor is too large" and abs(fewer - 0.99) < 1e-3 and abs(chosen - 0.99) < 1e-3,
)
PY
