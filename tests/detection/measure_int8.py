"""What 8-bit integers do to a model's maps and verdicts: ONNX Runtime's static quantisation, calibrated on good pictures of the training.

PYTHONPATH=. python tests/detection/measure_int8.py --data DIR bottle pill screw
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

from favae_demo.core.settings import Settings
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category
from favae_demo.data.transforms.pose import to_pose
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import onnx_engine, to_floats
from favae_demo.detection.engines.conversion import relative_error

CALIBRATION = 32  # good pictures
TESTED = 40  # test pictures, evenly chosen
REPEATS = 15


class Reader(CalibrationDataReader):
    """Gives the calibration one picture after the other.

    Args:
        inputs: Pictures N×3×S×S float32.
    """

    def __init__(self, inputs: np.ndarray):
        self._next: Iterator[dict[str, np.ndarray]] = ({"pictures": one[None]} for one in inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Returns the next picture, or None at the end."""
        return next(self._next, None)


def quantised(folder: Path, inputs: np.ndarray, part: str) -> onnx_engine.OnnxEngine:
    """Returns the model in a folder with the convolutions of a part in 8 bits; an empty part stands for all."""
    prepared, out = folder / "prepared.onnx", folder / "int8"
    out.mkdir()
    quant_pre_process(str(folder / onnx_engine.FILE), str(prepared), skip_symbolic_shape=True)
    nodes = onnx.load(prepared).graph.node
    names = [node.name for node in nodes if node.op_type == "Conv" and node.name.startswith(part)]
    assert names, sorted({node.name.split("/")[1] for node in nodes if node.name.count("/") > 1})
    quantize_static(
        str(prepared), str(out / onnx_engine.FILE), Reader(inputs), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_quantize=names,
    )  # fmt: skip
    return onnx_engine.OnnxEngine(out)


def milliseconds(engine: onnx_engine.OnnxEngine, image: np.ndarray) -> float:
    """Returns the median time for one picture."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        engine.run(image)
        times.append(time.perf_counter() - start)
    return round(1000 * statistics.median(times), 1)


def measure(name: str, data: Path, settings: Settings, part: str) -> dict[str, object]:
    """Returns how far maps and verdicts of a category's `extended` model change, and the times before and after."""
    detector = Detector.load(f"{name}-efficientnet-lite0-extended", settings)
    category = load_category(data, name)
    good = np.stack(
        list(load_images([one.path for one in category.train[:CALIBRATION]], detector.config.shape[0]))
    )
    posed, _ = to_pose(good, upright=detector.config.align, reference=detector.calibration.reference)
    tests = [one.path for one in category.test[:: max(1, len(category.test) // TESTED)]]
    with tempfile.TemporaryDirectory() as scratch:
        onnx_engine.convert(detector.graph, Path(scratch))
        floats = onnx_engine.OnnxEngine(Path(scratch))
        integers = quantised(Path(scratch), to_floats(posed), part)
    other = Detector(integers, detector.config, detector.calibration, detector.category, detector.levels)
    before, after = detector.detect(tests), other.detect(tests)
    errors = [relative_error(integers.run(one[None])[0], floats.run(one[None])[0]) for one in posed[:8]]
    return {
        "category": name,
        "n": len(tests),
        "verdicts_changed": sum(one.verdict != two.verdict for one, two in zip(before, after, strict=True)),
        "map_error": round(statistics.median(errors), 3),
        "milliseconds": [milliseconds(engine, posed[:1]) for engine in (floats, integers)],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("categories", nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--part",
        default="",
        help="first characters of the names of the nodes: /layers (the teacher), /model or /memory",
    )
    options = parser.parse_args()
    for category in options.categories:
        print(json.dumps(measure(category, options.data, Settings.from_env(), options.part)), flush=True)
