#!/usr/bin/env bash
# A PGM file names its white level. Pillow stretches 12-bit values to 65535 (2048 becomes 32776) and gives mode I, so that
# the values no longer are those of the camera; OpenCV gives the stored values. A 12-bit PNG is not stretched by either.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pillow 12.3.0, opencv-python-headless 5.0.0.93
#   expected: [0, 1, 2048, 4095] from both formats
#   observed: Pillow: PGM [0, 16, 32776, 65535], PNG [0, 1, 2048, 4095]; OpenCV: PGM [0, 1, 2048, 4095]
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 opencv-python-headless==5.0.0.93 numpy==2.4.6

python <<'PY'
import cv2
import numpy as np
from PIL import Image

from finding import report

stored = np.array([[0, 1, 2048, 4095]], np.uint16)
with open("image.pgm", "wb") as file:
    file.write(b"P5 4 1 4095\n" + stored.astype(">u2").tobytes())
cv2.imwrite("image.png", stored)
pgm, png = (np.asarray(Image.open(f"image.{ending}")).tolist()[0] for ending in ("pgm", "png"))
opencv = cv2.imread("image.pgm", cv2.IMREAD_UNCHANGED).tolist()[0]
report(
    "pillow opencv-python-headless",
    f"{stored.tolist()[0]} from both formats",
    f"Pillow: PGM {pgm}, PNG {png}; OpenCV: PGM {opencv}",
    pgm == [0, 16, 32_776, 65_535] and png == opencv == stored.tolist()[0],
)
PY
