#!/usr/bin/env bash
# cv2.imread turns JPEG, PNG and WebP images upright as their orientation says. AVIF images it leaves as they are, and a TIFF
# with orientation 6 it cannot read any more: OpenCV 4 turned it, OpenCV 5 returns None.
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 opencv-python-headless==5.0.0.93 numpy==2.4.6

python 2>errors <<'PY'
import cv2
import numpy as np
from PIL import Image

from finding import report

seen = {}
for ending in ("jpg", "png", "webp", "avif", "tif"):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by 90 degrees
    Image.fromarray(np.zeros((4, 8, 3), np.uint8)).save(f"image.{ending}", exif=exif)
    image = cv2.imread(f"image.{ending}")
    seen[ending] = None if image is None else image.shape[:2]
report(
    "opencv-python-headless pillow",
    "8 rows and 4 columns (turned) from every format",
    seen,
    seen == {"jpg": (8, 4), "png": (8, 4), "webp": (8, 4), "avif": (4, 8), "tif": None},
)
PY
