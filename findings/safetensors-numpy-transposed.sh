#!/usr/bin/env bash
# safetensors.numpy.save_file writes a transposed array with the right shape and the values in the wrong order, without an
# error. The PyTorch functions of the same package refuse such tensors.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, safetensors 0.8.0, numpy 2.4.6
#   expected: [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
#   observed: [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
source "$(dirname "$0")/lib.sh"
install safetensors==0.8.0 numpy==2.4.6

python <<'PY'
import numpy as np
from safetensors.numpy import load_file, save_file

from finding import report

array = np.arange(6, dtype=np.float32).reshape(2, 3).T
save_file({"array": array}, "arrays.safetensors")
loaded = load_file("arrays.safetensors")["array"]
report(
    "safetensors numpy",
    array.tolist(),
    loaded.tolist(),
    loaded.shape == array.shape and loaded.tolist() == [[0, 1], [2, 3], [4, 5]],
)
PY
