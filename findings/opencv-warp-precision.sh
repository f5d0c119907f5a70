#!/usr/bin/env bash
# cv2.warpAffine of OpenCV 4 rounds positions to 1/32 pixel, also for floating-point images; OpenCV 5 does not. A shift by 0.3
# is one by 0.3125 before, so the same turned image differs by a grey level here and there between the two.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, opencv-python-headless 5.0.0.93
#   expected: column 10 of a ramp shifted by 0.3 is 9.7 with both versions
#   observed: OpenCV 4.12: 9.6875; OpenCV 5.0: 9.700000
source "$(dirname "$0")/lib.sh"

cat >warp.py <<'PY'
import cv2
import numpy as np

ramp = np.tile(np.arange(64, dtype=np.float32), (64, 1))  # the value is the column
print(float(cv2.warpAffine(ramp, np.float64([[1, 0, 0.3], [0, 1, 0]]), (64, 64))[5, 10]))
PY
for version in 4.12.0.88 5.0.0.93; do
    install opencv-python-headless==$version numpy==2.2.6
    python warp.py >seen-$version
done

python <<'PY'
from pathlib import Path

from finding import report

old, new = (float(Path(f"seen-{version}").read_text()) for version in ("4.12.0.88", "5.0.0.93"))
report(
    "opencv-python-headless",
    "column 10 of a ramp shifted by 0.3 is 9.7 with both versions",
    f"OpenCV 4.12: {old}; OpenCV 5.0: {new:.6f}",
    old == 9.6875 and abs(new - 9.7) < 1e-5,
)
PY
