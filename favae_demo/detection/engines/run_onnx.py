"""Judges pictures without PyTorch: `python run.py PICTURE…`, or `python run.py --check` (pip install numpy opencv-python-headless onnxruntime)."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

HERE = Path(__file__).parent
ABOUT = json.loads((HERE / "model.json").read_text())
session = onnxruntime.InferenceSession(HERE / "favae.onnx", providers=["CPUExecutionProvider"])


def run(picture):
    """Error maps by term, reconstruction (3×S×S in [0, 1]) and score map (S×S) of an H×W×3 uint8 RGB picture."""
    side = ABOUT["side"]
    way = cv2.INTER_AREA if min(picture.shape[:2]) >= side else cv2.INTER_LINEAR
    small = cv2.resize(picture, (side, side), interpolation=way)
    x = small.transpose(2, 0, 1)[None].astype(np.float32) / 255
    maps, rebuilt, score_map = session.run(None, {"pictures": x})
    return maps[0], rebuilt[0], score_map[0, 0]


if sys.argv[1:] == ["--check"]:
    known = np.load(HERE / "check.npz")
    maps, *_ = run(known["picture"])
    print(f"largest difference from PyTorch: {np.abs(maps - known['maps']).max() / known['maps'].max():.1e}")
for path in sys.argv[1:] if sys.argv[1:] != ["--check"] else []:
    *_, score_map = run(cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB))
    score = np.sort(score_map, axis=None)[-ABOUT["top_pixels"] :].mean()
    print(path, "defect" if score > ABOUT["limits"]["0.05"]["image"] else "good", f"{score:.4g}")
