"""Measures how much longer the detection of an image takes while a training runs in the background, as one started on the page."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.bench.models import CATEGORY
from favae_demo.bench.timing import time_calls
from favae_demo.bench.training import TEACHER, scratch_folder
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import AUTOGROUP, NICENESS
from favae_demo.core.errors import FavaeError
from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import data_dir_of
from favae_demo.detection.detector import Detector
from favae_demo.runs import manager
from favae_demo.training.events import StepDone
from favae_demo.training.run_folder import RunFolder

PATIENCE = 1200  # seconds until the first step; the training has a low priority
LONGEST = 1800  # seconds after which the training ends on its own, in case this process was killed
LOW_PRIORITY_REMARK = (
    "The bench itself gives way to other programs (nice, SCHED_IDLE), which the page does not: "
    "detection_during_training_ratio comes out too high."
)


def measure_image(
    path: Path, engine: str, image: np.ndarray, settings: Settings, repeats: int
) -> dict[str, float]:
    """Returns the milliseconds from an image in memory to its `Detection`, with one engine."""
    detector = Detector.load(path, settings, engine=engine)
    times = time_calls(lambda: detector.detect([image]), repeats)
    return {"p50_ms": round(1000 * times.median, 2), "p95_ms": round(1000 * times.p95, 2)}


def endless_training(**changes: Any) -> TrainConfig:
    """Returns the settings of a quick training of the generated bottle without its usual limits on steps and epochs."""
    no_end = {"epochs": 10_000, "max_steps": 0, "patience": 10_000, "max_seconds": LONGEST}
    return make_config("quick", CATEGORY, **({"teacher": TEACHER} | no_end | changes))


@contextmanager
def running_training(
    settings: Settings, config: TrainConfig | None = None, category: str = CATEGORY
) -> Iterator[RunFolder]:
    """Runs a training within the block, in a process and session of its own as the page starts it; the block begins after its first step.

    Args:
        settings: Folders; the run is stored in a temporary folder, which is deleted afterwards.
        config: Settings of the training; None takes `endless_training`.
        category: Category to train on.

    Raises:
        FavaeError: The training did not reach its first step in time, or ended before the block.
    """
    with scratch_folder(settings) as scratch:
        own = replace(settings, runs_dir=scratch, training="on")
        data_dir = data_dir_of(category, settings)
        folder = manager.start(config or endless_training(), category, data_dir, own)
        try:
            _await_steps(folder, own)
            yield folder
            _require_running(folder, own)
        finally:
            _end(folder)


def compare(alone: dict[str, dict], during: dict[str, dict]) -> dict[str, Any]:
    """Returns the rows of the table, and the ratio for the engine that is fastest without a training.

    Args:
        alone: Results of `measure_image` by engine, without a training.
        during: The same during a training, for some of the engines.
    """
    rows = [
        {"engine": engine}
        | {f"alone_{name}": alone[engine][name] for name in ("p50_ms", "p95_ms")}
        | {f"during_{name}": times[name] for name in ("p50_ms", "p95_ms")}
        | {"ratio": round(times["p50_ms"] / alone[engine]["p50_ms"], 2)}
        for engine, times in during.items()
    ]
    ratios = {row["engine"]: row["ratio"] for row in rows}
    return {"beside": rows, "detection_during_training_ratio": ratios[fastest(alone)]}


def fastest(alone: dict[str, dict]) -> str:
    """Returns the engine with the lowest median."""
    return min(alone, key=lambda engine: alone[engine]["p50_ms"])


def has_low_priority() -> bool:
    """Returns whether this process has the same low priority as the training, so that the two share the processor evenly."""
    with suppress(AttributeError, OSError):
        if os.sched_getscheduler(0) == os.SCHED_IDLE or os.nice(0) >= NICENESS:
            return True
        # As in "/autogroup-7 nice 0"; empty if the process is in no group.
        words = AUTOGROUP.read_text().split()
        return bool(words) and int(words[-1]) >= NICENESS
    return False


def _await_steps(folder: RunFolder, settings: Settings) -> None:
    deadline = time.monotonic() + PATIENCE
    while manager.view(folder.id, settings).last(StepDone) is None:
        _require_running(folder, settings)
        if time.monotonic() > deadline:
            raise FavaeError("The training beside the detection did not reach its first step in time.")
        time.sleep(0.2)


def _require_running(folder: RunFolder, settings: Settings) -> None:
    seen = manager.view(folder.id, settings)
    if seen.state != manager.RUNNING:
        raise FavaeError(f"The training beside the detection ended before its time. {seen.status()}")


def _end(folder: RunFolder) -> None:
    """Terminates the process at once; a requested stop would first calibrate and measure the model."""
    with suppress(ProcessLookupError):
        if manager.is_alive(folder):
            os.kill(read_json(folder.path / "process.json")["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 30
    while manager.is_alive(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
