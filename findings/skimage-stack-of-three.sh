#!/usr/bin/env bash
# skimage.io.imread takes a TIFF stack of three or four grey images for one colour image and moves its first axis to the end;
# stacks of two or five images keep it. tifffile, which does the reading, gives the stack as stored.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, scikit-image 0.26.0, tifffile 2026.3.3
#   expected: N x 20 x 30 for a stack of N images
#   observed: {2: (2, 20, 30), 3: (20, 30, 3), 4: (20, 30, 4), 5: (5, 20, 30)}
source "$(dirname "$0")/lib.sh"
install scikit-image==0.26.0 tifffile==2026.3.3 numpy==2.4.6

python <<'PY'
import numpy as np
import tifffile
from skimage import io

from finding import report

seen = {}
for count in (2, 3, 4, 5):
    tifffile.imwrite("stack.tif", np.zeros((count, 20, 30), np.uint8), photometric="minisblack")
    seen[count] = io.imread("stack.tif").shape
report(
    "scikit-image tifffile",
    "N x 20 x 30 for a stack of N images",
    seen,
    seen == {2: (2, 20, 30), 3: (20, 30, 3), 4: (20, 30, 4), 5: (5, 20, 30)},
)
PY
