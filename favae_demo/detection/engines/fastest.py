"""The engine that runs a model fastest on this machine: all that are installed are measured once, and the choice is kept."""

import logging
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from favae_demo.core.device import thread_count
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import read_json, write_json
from favae_demo.detection.engines import Engine, convertible, installed, open_engine
from favae_demo.detection.engines.conversion import (
    FOLDER,
    content_digest,
    converted_folder,
    example_image,
)
from favae_demo.detection.engines.torch_engine import TorchEngine
from favae_demo.detection.graph import Graph

log = logging.getLogger(__name__)
ROUNDS = 7  # in each of which every engine judges one image


def known(checkpoint: Path, cache_dir: Path) -> str | None:
    """Returns the engine that was measured as the fastest for a model, by its key in `ENGINES`; None where none was measured yet."""
    try:
        chosen = read_json(_note(checkpoint, cache_dir))["engine"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return chosen if chosen in installed() else None


def convert_all(convert: Callable[[str], object], checkpoint: Path, cache_dir: Path) -> None:
    """Converts a model for all installed engines; one that fails is left out, with a line in the log.

    Args:
        convert: Converts it for an engine of `ENGINES` into its folder of the cache; raises ConfigError.
        checkpoint: The model file.
        cache_dir: The app's cache folder.
    """
    for name in convertible():
        if not converted_folder(name, checkpoint, cache_dir).is_dir():
            try:
                convert(name)
            except ConfigError as reason:
                log.warning("%s", reason)


def measure(graph: Graph, checkpoint: Path, cache_dir: Path) -> str:
    """Returns the fastest of PyTorch and the engines that a model was converted for, keeps the choice, and deletes the files of the others.

    Args:
        graph: The model as PyTorch runs it.
        checkpoint: The model file.
        cache_dir: The app's cache folder.
    """
    folders = {name: converted_folder(name, checkpoint, cache_dir) for name in convertible()}
    folders = {name: folder for name, folder in folders.items() if folder.is_dir()}
    engines: dict[str, Engine] = {name: open_engine(name, folder) for name, folder in folders.items()}
    seconds = time_engines(engines | {"torch": TorchEngine(graph)}, example_image(*graph.shape))
    chosen = min(seconds, key=lambda name: seconds[name])
    milliseconds = {name: round(1000 * value, 2) for name, value in seconds.items()}
    log.info("%s is run by %s; milliseconds: %s", checkpoint.name, chosen, milliseconds)
    note = _note(checkpoint, cache_dir)
    note.parent.mkdir(parents=True, exist_ok=True)
    write_json(note, {"engine": chosen, "milliseconds": milliseconds})
    for name, folder in folders.items():
        if name != chosen:
            shutil.rmtree(folder, ignore_errors=True)
    return chosen


def time_engines(engines: dict[str, Engine], image: np.ndarray) -> dict[str, float]:
    """Returns the median of the seconds that each engine takes for an image 1×H×W×3; they take turns, so that other programs slow all of them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for round_ in range(1 + ROUNDS):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine.run(image)
            if round_:  # the first call also prepares the engine
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def _note(checkpoint: Path, cache_dir: Path) -> Path:
    """Returns the file that keeps the choice; another one where other engines or another number of threads are there."""
    here = content_digest(f"{thread_count()} threads: {' '.join(convertible())}", checkpoint)
    return cache_dir / FOLDER / f"fastest-{here}.json"
