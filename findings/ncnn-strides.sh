#!/usr/bin/env bash
# ncnn.Mat of a NumPy array takes the shape of a view and ignores its strides: an image turned from H x W x C to C x H x W by
# transpose keeps its old order in memory, so the channels are scrambled without an error. np.ascontiguousarray helps.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, ncnn 1.0.20261020, numpy 2.4.6
#   expected: mean of red, green and blue: [1.0, 0.0, 0.0]
#   observed: [0.38, 0.31, 0.31]; of a contiguous copy: [1.0, 0.0, 0.0]
source "$(dirname "$0")/lib.sh"
install ncnn==1.0.20261020 numpy==2.4.6

python <<'PY'
import ncnn
import numpy as np

from finding import report

image = np.zeros((4, 4, 3), np.float32)
image[..., 0] = 1  # pure red
planes = image.transpose(2, 0, 1)
seen = np.array(ncnn.Mat(planes).clone())
copied = np.array(ncnn.Mat(np.ascontiguousarray(planes)).clone())
report(
    "ncnn numpy",
    f"mean of red, green and blue: {planes.mean((1, 2)).tolist()}",
    f"{np.round(seen.mean((1, 2), dtype=float), 2).tolist()}; of a contiguous copy: {copied.mean((1, 2)).tolist()}",
    seen.shape == planes.shape and not np.array_equal(seen, planes) and np.array_equal(copied, planes),
)
PY
