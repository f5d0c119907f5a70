#!/usr/bin/env bash
# Pillow's rotate and transform with BILINEAR or BICUBIC turn a 16-bit grey image into noise between 0 and 255.
# NEAREST is right, and so is resize with any filter.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pillow 12.3.0
#   expected: a uniform image of 40000 stays 40000 when it is rotated
#   observed: lowest and highest value at the centre: {'NEAREST': (40000, 40000), 'BILINEAR': (64, 155), 'BICUBIC': (64, 155)}; after
#       resize: 40000 to 40000
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 numpy==2.4.6

python <<'PY'
import numpy as np
from PIL import Image

from finding import report

image = Image.fromarray(np.full((64, 64), 40_000, np.uint16))
centre = slice(24, 40)  # far from the corners that rotation fills
seen = {}
for name in ("NEAREST", "BILINEAR", "BICUBIC"):
    values = np.asarray(image.rotate(10, Image.Resampling[name]))[centre, centre]
    seen[name] = (int(values.min()), int(values.max()))
resized = np.asarray(image.resize((17, 17), Image.Resampling.BILINEAR))
report(
    "pillow",
    "a uniform image of 40000 stays 40000 when it is rotated",
    f"lowest and highest value at the centre: {seen}; after resize: {resized.min()} to {resized.max()}",
    seen["NEAREST"] == (40_000, 40_000) and max(seen["BILINEAR"] + seen["BICUBIC"]) <= 255 and resized.min() == 40_000,
)
PY
