"""The network of this folder, run by OpenVINO (pip install numpy opencv-python-headless openvino)."""

from pathlib import Path

import numpy as np
import openvino

# By itself OpenVINO takes bfloat16 where the processor has it, and error maps are then far off.
_model = openvino.Core().compile_model(
    str(Path(__file__).with_name("favae.xml")), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
)


def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns error maps T×s×s, reconstruction 3×s×s in [0, 1] and score map s×s of an S×S×3 uint8 RGB image."""
    x = image.transpose(2, 0, 1)[None].astype(np.float32) / 255
    found = _model({0: x})
    return found["maps"][0], found["rebuilt"][0], found["score_map"][0, 0]
