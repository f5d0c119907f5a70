"""Detection while a training runs beside it, as one that was started from the page does: how much longer an image takes then."""

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
from favae_demo.bench.timing import repeat
from favae_demo.bench.training import TEACHER, scratch_folder
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.device import AUTOGROUP, LOWEST_PRIORITY
from favae_demo.core.errors import FavaeError
from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import data_dir_of
from favae_demo.detection.detector import Detector
from favae_demo.runs import manager
from favae_demo.training.events import StepDone
from favae_demo.training.run_folder import RunFolder

PATIENCE = 1200  # seconds within which the training must be at its steps: it waits for every other program
LONGEST = 1800  # seconds after which the training ends by itself, should nobody be left to end it
UNFAVOURED = (
    "The bench itself gives way to other programs (nice, SCHED_IDLE), which the page does not: "
    "detection_during_training_ratio comes out too high."
)


def measure_image(
    path: Path, engine: str, image: np.ndarray, settings: Settings, repeats: int
) -> dict[str, float]:
    """Milliseconds from an image in memory to its `Detection`, by one engine."""
    detector = Detector.load(path, settings, engine=engine)
    times = repeat(lambda: detector.detect([image]), repeats)
    return {"p50_ms": round(1000 * times.median, 2), "p95_ms": round(1000 * times.p95, 2)}


def endless_training(**changes: Any) -> TrainConfig:
    """The quick training of the generated bottle, without the end that it has after a minute or two."""
    no_end = {"epochs": 10_000, "max_steps": 0, "patience": 10_000, "max_seconds": LONGEST}
    return make_config("quick", CATEGORY, **({"teacher": TEACHER} | no_end | changes))


@contextmanager
def training_beside(
    settings: Settings, config: TrainConfig | None = None, category: str = CATEGORY
) -> Iterator[RunFolder]:
    """A training in a process and session of its own, started as the page does and at its steps; gone afterwards.

    Args:
        settings: Folders; the run is in none of them.
        config: What is trained: `endless_training` unless given.
        category: On which images.

    Raises:
        FavaeError: It did not come to its steps, or did not last until the end of the block.
    """
    with scratch_folder(settings) as scratch:
        own = replace(settings, runs_dir=scratch, training="on")
        data_dir = data_dir_of(category, settings.data_dir, settings.cache_dir)
        folder = manager.start(config or endless_training(), category, data_dir, own)
        try:
            _await_steps(folder, own)
            yield folder
            _require_running(folder, own)
        finally:
            _end(folder)


def compare(alone: dict[str, dict], during: dict[str, dict]) -> dict[str, Any]:
    """Rows for the table, and the ratio of the engine that is the fastest alone.

    Args:
        alone: What `measure_image` gave for each engine.
        during: The same while a training ran, for some of the engines.
    """
    rows = [
        {"engine": engine}
        | {f"alone_{name}": alone[engine][name] for name in ("p50_ms", "p95_ms")}
        | {f"during_{name}": found[name] for name in ("p50_ms", "p95_ms")}
        | {"ratio": round(found["p50_ms"] / alone[engine]["p50_ms"], 2)}
        for engine, found in during.items()
    ]
    ratios = {row["engine"]: row["ratio"] for row in rows}
    return {"beside": rows, "detection_during_training_ratio": ratios[fastest(alone)]}


def fastest(alone: dict[str, dict]) -> str:
    """The engine with the lowest median."""
    return min(alone, key=lambda engine: alone[engine]["p50_ms"])


def is_unfavoured() -> bool:
    """Whether this process gives way just as the training does: then the two share the processor evenly."""
    with suppress(AttributeError, OSError):
        if os.sched_getscheduler(0) == os.SCHED_IDLE or os.nice(0) >= LOWEST_PRIORITY:
            return True
        words = (
            AUTOGROUP.read_text().split()
        )  # "/autogroup-7 nice 0"; nothing where the process is in no group
        return bool(words) and int(words[-1]) >= LOWEST_PRIORITY
    return False


def _await_steps(folder: RunFolder, settings: Settings) -> None:
    deadline = time.monotonic() + PATIENCE
    while manager.view(folder.id, settings).last(StepDone) is None:
        _require_running(folder, settings)
        if time.monotonic() > deadline:
            raise FavaeError("The training beside the detection did not come to its steps: it got no time.")
        time.sleep(0.2)


def _require_running(folder: RunFolder, settings: Settings) -> None:
    seen = manager.view(folder.id, settings)
    if seen.state != manager.RUNNING:
        raise FavaeError(f"The training beside the detection ended before its time. {seen.status()}")


def _end(folder: RunFolder) -> None:
    """Ends the process at once: asked to stop it would calibrate and measure its model first, which nobody wants."""
    with suppress(ProcessLookupError):
        if manager.is_alive(folder):
            os.kill(read_json(folder.path / "process.json")["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 30
    while manager.is_alive(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
