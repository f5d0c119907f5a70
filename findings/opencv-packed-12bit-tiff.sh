#!/usr/bin/env bash
# Cameras write TIFFs with 12 bits a pixel, packed. OpenCV (IMREAD_UNCHANGED) multiplies the values by 16 and returns None with
# its default flags; Pillow and tifffile give the stored values.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, opencv-python-headless 5.0.0.93, pillow 12.3.0, tifffile 2026.3.3
#   expected: values 0 to 4095 from every reader
#   observed: highest value: tifffile 4095, Pillow 4095, OpenCV 65520; default flags: None
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 opencv-python-headless==5.0.0.93 tifffile==2026.3.3 imagecodecs==2026.3.6 numpy==2.4.6

python 2>errors <<'PY'
import cv2
import numpy as np
import tifffile
from PIL import Image

from finding import report

stored = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
tifffile.imwrite("image.tif", stored, bitspersample=12, photometric="minisblack")
pillow = np.asarray(Image.open("image.tif"))
unchanged, default = cv2.imread("image.tif", cv2.IMREAD_UNCHANGED), cv2.imread("image.tif")
report(
    "opencv-python-headless pillow tifffile",
    "values 0 to 4095 from every reader",
    f"highest value: tifffile {tifffile.imread('image.tif').max()}, Pillow {pillow.max()}, OpenCV {unchanged.max()}; default flags: {default}",
    np.array_equal(pillow, stored) and np.array_equal(unchanged, stored * 16) and default is None,
)
PY
