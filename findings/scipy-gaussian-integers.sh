#!/usr/bin/env bash
# scipy.ndimage.gaussian_filter of an 8-bit image makes it darker by one grey level: it filters rows and columns in turn and
# cuts off the fraction after each. Every integer type is affected; there is no warning.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, scipy 1.17.1, numpy 2.4.6
#   expected: mean 104.49 before and after smoothing
#   observed: as uint8 103.49, as float 104.49
source "$(dirname "$0")/lib.sh"
install scipy==1.17.1 numpy==2.4.6

python <<'PY'
import numpy as np
from scipy.ndimage import gaussian_filter

from finding import report

image = np.random.default_rng(0).integers(100, 110, (256, 256)).astype(np.uint8)
whole, exact = gaussian_filter(image, 2).mean(), gaussian_filter(image.astype(float), 2).mean()
report(
    "scipy numpy",
    f"mean {image.mean():.2f} before and after smoothing",
    f"as uint8 {whole:.2f}, as float {exact:.2f}",
    0.9 < image.mean() - whole < 1.1 and abs(exact - image.mean()) < 0.01,
)
PY
