#!/usr/bin/env bash
# A TIFF may hold JPEG 2000, JPEG XL, JPEG XR or PNG data. OpenCV cannot decode these and returns an image of the right size
# that is all zeros; for other unknown compressions (WebP, LERC, Zstandard) it returns None as documented.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, opencv-python-headless 5.0.0.93, tifffile 2026.3.3, imagecodecs 2026.3.6
#   expected: 200 everywhere, or None
#   observed: shape and highest value: {'jpeg2000': ((64, 64, 3), 0), 'jpegxl': ((64, 64, 3), 0), 'jpegxr': ((64, 64, 3), 0), 'png':
#       ((64, 64, 3), 0), 'webp': None, 'zstd': None}
source "$(dirname "$0")/lib.sh"
install opencv-python-headless==5.0.0.93 tifffile==2026.3.3 imagecodecs==2026.3.6 numpy==2.4.6

python 2>errors <<'PY'
import cv2
import numpy as np
import tifffile

from finding import report

pixels = np.full((64, 64, 3), 200, np.uint8)
seen = {}
for compression in ("jpeg2000", "jpegxl", "jpegxr", "png", "webp", "zstd"):
    tifffile.imwrite("image.tif", pixels, photometric="rgb", compression=compression)
    image = cv2.imread("image.tif")
    seen[compression] = None if image is None else (image.shape, int(image.max()))
zeros = ((64, 64, 3), 0)
report(
    "opencv-python-headless tifffile imagecodecs",
    "200 everywhere, or None",
    f"shape and highest value: {seen}",
    all(seen[name] == zeros for name in ("jpeg2000", "jpegxl", "jpegxr", "png")) and seen["webp"] is seen["zstd"] is None,
)
PY
