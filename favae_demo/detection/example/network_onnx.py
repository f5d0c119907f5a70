"""The network of this folder, run by ONNX Runtime (pip install numpy opencv-python-headless onnxruntime)."""

from pathlib import Path

import numpy as np
import onnxruntime

_session = onnxruntime.InferenceSession(
    Path(__file__).with_name("favae.onnx"), providers=["CPUExecutionProvider"]
)


def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns error maps T×s×s, reconstruction 3×s×s in [0, 1] and score map s×s of an S×S×3 uint8 RGB image."""
    x = image.transpose(2, 0, 1)[None].astype(np.float32) / 255
    maps, rebuilt, score_map = _session.run(None, {"pictures": x})
    return maps[0], rebuilt[0], score_map[0, 0]
