"""ncnn: Winograd convolutions, two to three times as fast as PyTorch on a CPU."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from favae_demo.core.device import processor_label, thread_count
from favae_demo.core.errors import ConfigError
from favae_demo.detection.engines import to_bytes, to_floats
from favae_demo.detection.graph import Graph

NET, WEIGHTS = "favae.ncnn.param", "favae.ncnn.bin"
OUTPUTS = {"maps": "out0", "rebuilt": "out1", "score_map": "out2"}


def convert(graph: Graph, folder: Path) -> None:
    """Converts the graph into a folder, for a batch size of 1.

    Raises:
        ConfigError: The conversion failed.
    """
    import pnnx

    example = torch.zeros(1, 3, *graph.shape)
    # pnnx writes eight files, of which two are needed, and prints its progress.
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        with _silence():
            pnnx.export(graph, str(Path(scratch, "favae.pt")), (example,), fp16=False)
        for name in (NET, WEIGHTS):
            file = Path(scratch, name)
            if not file.is_file():
                raise ConfigError("This model could not be converted for ncnn; PyTorch runs it.")
            (folder / name).write_bytes(file.read_bytes())


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Discards what this process and its children write to the terminal."""
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        yield
    finally:
        for stream, old in zip((1, 2), saved, strict=True):
            os.dup2(old, stream)
            os.close(old)
        os.close(nowhere)


class NcnnEngine:
    """Runs a converted graph.

    Args:
        folder: Where `convert` wrote it.
    """

    name = "ncnn"

    def __init__(self, folder: Path):
        import ncnn

        self._ncnn, self._net = ncnn, ncnn.Net()
        options = self._net.opt
        options.num_threads = thread_count()
        for half in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
            setattr(options, half, False)
        if self._net.load_param(str(folder / NET)) or self._net.load_model(str(folder / WEIGHTS)):
            raise ConfigError("The converted model cannot be read; delete the cache's folder `engines`.")
        self.where = f"{processor_label(thread_count(), 'thread')}, ncnn"

    def run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Engine.run`."""
        outputs = [self._run_one(image) for image in to_floats(images)]
        maps, rebuilt = (np.stack(values) for values in zip(*outputs, strict=True))
        return maps, to_bytes(rebuilt)

    def _run_one(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        extractor = self._net.create_extractor()
        # A copy, since ncnn works in place and does not keep NumPy's memory alive.
        extractor.input("in0", self._ncnn.Mat(image).clone())
        maps, rebuilt = (np.array(extractor.extract(OUTPUTS[name])[1]) for name in ("maps", "rebuilt"))
        return maps, rebuilt


def open_folder(folder: Path) -> NcnnEngine:
    """Opens the engine on a folder that `convert` wrote."""
    return NcnnEngine(folder)
