"""ONNX Runtime: the graph as one `.onnx` file that programs in many languages can run."""

import warnings
from pathlib import Path

import numpy as np
import torch

from favae_demo.core.device import processor_label, thread_count
from favae_demo.detection.engines import to_bytes, to_floats
from favae_demo.detection.graph import Graph

FILE = "favae.onnx"
OUTPUTS = ("maps", "rebuilt", "score_map")


def convert(graph: Graph, folder: Path) -> None:
    """Exports the graph into a folder, with a dynamic batch size."""
    example = torch.zeros(1, 3, *graph.shape)
    axes = {name: {0: "n"} for name in ("pictures", *OUTPUTS)}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the dynamo exporter needs one more package and fails at the decoder
        torch.onnx.export(
            graph, (example,), str(folder / FILE), dynamo=False, dynamic_axes=axes,
            input_names=["pictures"], output_names=list(OUTPUTS),
        )  # fmt: skip


class OnnxEngine:
    """Runs a converted graph.

    Args:
        folder: Where `convert` wrote it.
    """

    name = "onnx"

    def __init__(self, folder: Path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count()
        self.where = f"{processor_label(thread_count(), 'thread')}, ONNX Runtime"
        self._session = onnxruntime.InferenceSession(
            folder / FILE, options, providers=["CPUExecutionProvider"]
        )

    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Engine.run`."""
        maps, rebuilt = self._session.run(OUTPUTS[:2], {"pictures": to_floats(images)})
        return maps, to_bytes(rebuilt)


def open_folder(folder: Path) -> OnnxEngine:
    """Opens the engine on a folder that `convert` wrote."""
    return OnnxEngine(folder)
