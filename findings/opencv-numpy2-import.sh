#!/usr/bin/env bash
# opencv-python-headless 4.10.0.82 installs beside NumPy 2, pip check is content, and its import fails. 4.10.0.84 works: a
# requirement of ">=4.10" lets a resolver that prefers low versions choose a release that cannot be imported.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, numpy 2.2.6
#   expected: what pip installs together can be imported together
#   observed: pip check: No broken requirements found.; 4.10.0.82: ImportError: numpy.core.multiarray failed to import; 4.10.0.84:
#       imports
source "$(dirname "$0")/lib.sh"
install opencv-python-headless==4.10.0.82 numpy==2.2.6
check=$("$work/venv/bin/pip" check --disable-pip-version-check)
status=0
python -c "import cv2" 2>errors || status=$?
reason=$(tail -n 1 errors)
install opencv-python-headless==4.10.0.84
python -c "import cv2"

CHECK=$check STATUS=$status REASON=$reason python <<'PY'
import os

from finding import report

report(
    "numpy",
    "what pip installs together can be imported together",
    f"pip check: {os.environ['CHECK']}; 4.10.0.82: {os.environ['REASON']}; 4.10.0.84: imports",
    os.environ["STATUS"] == "1" and "numpy.core.multiarray failed to import" in os.environ["REASON"],
)
PY
