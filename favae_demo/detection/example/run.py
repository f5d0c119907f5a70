"""Judges pictures without PyTorch: `python run.py PICTURE…`, or `python run.py --check`; `network.py` names the packages."""

import json
import sys
from pathlib import Path

import cv2
import network
import numpy as np

ABOUT = json.loads(Path(__file__).with_name("model.json").read_text())
SIDE = ABOUT["side"]


def run(picture):
    """Error maps T×s×s, reconstruction 3×s×s in [0, 1] and score map s×s of an H×W×3 uint8 RGB picture."""
    way = cv2.INTER_AREA if min(picture.shape[:2]) >= SIDE else cv2.INTER_LINEAR
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=way)
    return turned(small) if ABOUT["align"] else network.run(small)


def turned(small):
    """As `network.run`; the part is turned upright for it, and its answers are turned back."""
    from alignment import align, put_back  # only there where a model needs it

    (upright,), (motion,) = align([small])
    maps, rebuilt, _ = network.run(upright)
    maps = np.stack([put_back(one, motion, SIDE) for one in maps])
    around = cv2.resize(small, rebuilt.shape[1:], interpolation=cv2.INTER_AREA) / np.float32(255)
    rebuilt = put_back(np.ascontiguousarray(rebuilt.transpose(1, 2, 0)), motion, SIDE, around)
    return maps, rebuilt.transpose(2, 0, 1), combine(maps)


def combine(maps):
    """One map of all terms."""
    factors = np.array(ABOUT["factors"], np.float32)
    if ABOUT["geometric"]:
        return np.expm1(np.einsum("thw,t->hw", np.log1p(maps), factors))
    return np.einsum("thw,t->hw", maps, factors)


if sys.argv[1:] == ["--check"]:
    known = np.load(Path(__file__).with_name("check.npz"))
    maps, *_ = network.run(known["picture"])
    print(f"largest difference from PyTorch: {np.abs(maps - known['maps']).max() / known['maps'].max():.1e}")
for path in sys.argv[1:] if sys.argv[1:] != ["--check"] else []:
    picture = cv2.imread(path)
    if picture is None:
        sys.exit(f"{path} cannot be read as a picture.")
    *_, score_map = run(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    score = np.sort(score_map, axis=None)[-ABOUT["top_pixels"] :].mean()
    print(path, "defect" if score > ABOUT["limits"]["0.05"]["image"] else "good", f"{score:.4g}")
