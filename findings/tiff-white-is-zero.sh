#!/usr/bin/env bash
# TIFF may store grey values with 0 as white. Pillow inverts such images where they have 8 bits and does not where they
# have 16. OpenCV does not invert 16 bits with IMREAD_UNCHANGED, and does with its default flags: a negative of each other.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pillow 12.3.0, opencv-python-headless 5.0.0.93, tifffile 2026.3.3
#   expected: a black image is read as 0 by every reader
#   observed: {('Pillow', 8): 0, ('OpenCV unchanged', 8): 0, ('OpenCV default', 8): 0, ('Pillow', 16): 65535, ('OpenCV unchanged',
#       16): 65535, ('OpenCV default', 16): 0}
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 opencv-python-headless==5.0.0.93 tifffile==2026.3.3 numpy==2.4.6

python <<'PY'
import cv2
import numpy as np
import tifffile
from PIL import Image

from finding import report

seen = {}
for bits, kind in ((8, np.uint8), (16, np.uint16)):
    black = np.full((8, 8), np.iinfo(kind).max, kind)  # the highest value is black here
    tifffile.imwrite("black.tif", black, photometric="miniswhite")
    seen["Pillow", bits] = int(np.asarray(Image.open("black.tif"))[0, 0])
    seen["OpenCV unchanged", bits] = int(cv2.imread("black.tif", cv2.IMREAD_UNCHANGED)[0, 0])
    seen["OpenCV default", bits] = int(cv2.imread("black.tif")[0, 0, 0])
report(
    "pillow opencv-python-headless tifffile",
    "a black image is read as 0 by every reader",
    seen,
    seen
    == {
        ("Pillow", 8): 0, ("OpenCV unchanged", 8): 0, ("OpenCV default", 8): 0,
        ("Pillow", 16): 65_535, ("OpenCV unchanged", 16): 65_535, ("OpenCV default", 16): 0,
    },
)
PY
