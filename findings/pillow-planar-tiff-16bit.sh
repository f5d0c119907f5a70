#!/usr/bin/env bash
# Pillow reads an uncompressed 16-bit RGB TIFF whose colours are stored as separate planes as noise, without an error.
# The same pixels compressed with zlib are read correctly (as the high byte of each value).
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, pillow 12.3.0, tifffile 2026.3.3
#   expected: the same pixels from both files
#   observed: share of wrong pixels: uncompressed 99%, zlib 0%
source "$(dirname "$0")/lib.sh"
install pillow==12.3.0 tifffile==2026.3.3 imagecodecs==2026.3.6 numpy==2.4.6

python <<'PY'
import numpy as np
import tifffile
from PIL import Image

from finding import report

ramp = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
planes = np.stack([ramp * 4, ramp * 8, ramp * 15])
right = (planes >> 8).transpose(1, 2, 0)
wrong = {}
for compression in (None, "zlib"):
    tifffile.imwrite("image.tif", planes, photometric="rgb", planarconfig="separate", compression=compression)
    pixels = np.asarray(Image.open("image.tif"))
    wrong[compression] = float((np.abs(pixels.astype(int) - right) > 1).any(-1).mean())
report(
    "pillow tifffile",
    "the same pixels from both files",
    f"share of wrong pixels: uncompressed {wrong[None]:.0%}, zlib {wrong['zlib']:.0%}",
    wrong[None] > 0.5 and wrong["zlib"] == 0,
)
PY
