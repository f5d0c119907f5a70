"""OpenVINO: the graph as a pair of files for Intel's processors and graphics, and about as fast as ncnn on others."""

import tempfile
from pathlib import Path

import numpy as np

from favae_demo.core.device import processor_label, thread_count
from favae_demo.detection.engines import onnx_engine, to_bytes, to_floats
from favae_demo.detection.graph import Graph

FILE = "favae.xml"  # and `favae.bin` beside it


def convert(graph: Graph, folder: Path) -> None:
    """Converts the graph into a folder, with a dynamic batch size, by way of ONNX."""
    import openvino

    with tempfile.TemporaryDirectory() as scratch:
        onnx_engine.convert(graph, Path(scratch))
        model = openvino.Core().read_model(str(Path(scratch, onnx_engine.FILE)))
        openvino.save_model(model, str(folder / FILE), compress_to_fp16=False)


class OpenvinoEngine:
    """Runs a converted graph.

    Args:
        folder: Where `convert` wrote it.
    """

    name = "openvino"

    def __init__(self, folder: Path):
        import openvino

        # By itself OpenVINO takes bfloat16 where the processor has it, and error maps are then far off.
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": thread_count(),
            "PERFORMANCE_HINT": "LATENCY",
        }
        self._model = openvino.Core().compile_model(str(folder / FILE), "CPU", options)
        self.where = f"{processor_label(thread_count(), 'thread')}, OpenVINO"

    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Engine.run`."""
        request = self._model.create_infer_request()  # each is for one thread
        found = request.infer({0: to_floats(images)})
        return found["maps"], to_bytes(found["rebuilt"])


def open_folder(folder: Path) -> OpenvinoEngine:
    """Opens the engine on a folder that `convert` wrote."""
    return OpenvinoEngine(folder)
