#!/usr/bin/env bash
# Whether cv2.imread turns an image upright as its orientation says depends on format and release. OpenCV 5 turns JPEG, PNG
# and WebP, leaves AVIF as stored, and returns None for a TIFF with orientation 6. 4.10 turns that TIFF and leaves WebP.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, opencv-python-headless 5.0.0.93, pillow 12.3.0
#   expected: turned, for every format and release
#   observed: 4.10: {'jpg': 'turned', 'png': 'turned', 'webp': 'as stored', 'avif': None, 'tif': 'turned'}; 5.0: {'jpg': 'turned',
#       'png': 'turned', 'webp': 'turned', 'avif': 'as stored', 'tif': None}
source "$(dirname "$0")/lib.sh"

cat >orientation.py <<'PY'
import json

import cv2
import numpy as np
from PIL import Image

seen = {}
for ending in ("jpg", "png", "webp", "avif", "tif"):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by 90 degrees
    Image.fromarray(np.zeros((4, 8, 3), np.uint8)).save(f"image.{ending}", exif=exif)
    image = cv2.imread(f"image.{ending}")
    seen[ending] = None if image is None else "turned" if image.shape[:2] == (8, 4) else "as stored"
print(json.dumps(seen))
PY
for version in 4.10.0.84 5.0.0.93; do
    install opencv-python-headless==$version pillow==12.3.0 numpy==2.2.6
    python orientation.py >seen-$version 2>errors
done

python <<'PY'
import json
from pathlib import Path

from finding import report

old, new = (json.loads(Path(f"seen-{version}").read_text()) for version in ("4.10.0.84", "5.0.0.93"))
report(
    "opencv-python-headless pillow",
    "turned, for every format and release",
    f"4.10: {old}; 5.0: {new}",
    old == {"jpg": "turned", "png": "turned", "webp": "as stored", "avif": None, "tif": "turned"}
    and new == {"jpg": "turned", "png": "turned", "webp": "turned", "avif": "as stored", "tif": None},
)
PY
