"""The network of this folder, run by ncnn (pip install numpy opencv-python-headless ncnn)."""

from pathlib import Path

import ncnn
import numpy as np

_net = ncnn.Net()
for _half in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
    setattr(_net.opt, _half, False)
_net.load_param(str(Path(__file__).with_name("favae.ncnn.param")))
_net.load_model(str(Path(__file__).with_name("favae.ncnn.bin")))


def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns error maps T×s×s, reconstruction 3×s×s in [0, 1] and score map s×s of an S×S×3 uint8 RGB image."""
    x = np.ascontiguousarray(image.transpose(2, 0, 1), np.float32) / np.float32(255)
    extractor = _net.create_extractor()
    extractor.input("in0", ncnn.Mat(x).clone())  # a copy: ncnn works in place
    maps, rebuilt, score_map = (np.array(extractor.extract(f"out{i}")[1]) for i in range(3))
    return maps, rebuilt, score_map[0]
