"""A training as a process of its own: started, watched, stopped and resumed through its run folder.

It does not depend on the browser tab or the server: whoever opens the folder later sees the same run.
"""

import contextlib
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import DataError, TrainingError
from favae_demo.core.file_names import portable_name
from favae_demo.core.settings import PROGRAM_DIR, Settings
from favae_demo.runs.failures import convert_os_errors
from favae_demo.runs.process import is_alive, mark_process, run_lock
from favae_demo.runs.status import (
    FAILED,
    FINISHED,
    INTERRUPTED,
    RUNNING,
    RunInfo,
    RunView,
    read_info,
    read_view,
)
from favae_demo.training.run_folder import RunFolder

__all__ = [
    "FAILED",
    "FINISHED",
    "INTERRUPTED",
    "RUNNING",
    "RunInfo",
    "RunView",
    "is_alive",
    "mark_process",
]

# Lower priority, and no Ctrl-C of the server's console; other systems do that with `lower_priority` and a session of its own.
_WINDOWS_FLAGS = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(
    subprocess, "CREATE_NEW_PROCESS_GROUP", 0
)
MOST_CATEGORY_BYTES = 120  # in the name of a run
START_LOCK = ".start.lock"
START_SECONDS = 30.0  # a start takes a moment


def start(
    config: TrainConfig, category: str, data_dir: Path, settings: Settings, exclude: Sequence[str] = ()
) -> RunFolder:
    """Starts a training in the background, without the good images named in `exclude`.

    Raises:
        TrainingError: Training is switched off here, one is running already, or the folder of runs cannot be written.
    """
    check_policy(config, settings)
    part = portable_name(category, MOST_CATEGORY_BYTES)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{part}-{config.variant}-{uuid.uuid4().hex[:4]}"
    folder = RunFolder(settings.runs_dir / name)
    with _one_at_a_time(settings):
        try:
            folder.create(config, category, data_dir, exclude, settings.marks_dir)
            launch(folder)
        except OSError:
            shutil.rmtree(folder.path, ignore_errors=True)  # a run whose process was never started is removed
            raise
    return folder


def resume(run: str, settings: Settings) -> RunFolder:
    """Continues a run whose process ended early, or that was stopped.

    Raises:
        TrainingError: It is running, or another one is, or its folder cannot be written.
    """
    folder = open_run(run, settings)
    check_policy(folder.task().config, settings)
    with _one_at_a_time(settings):
        folder.clear_stop()
        folder.rewind(sys.maxsize)  # without the event of its end it counts as running from now on
        launch(folder)
    return folder


def launch(folder: RunFolder) -> None:
    """Starts the process that trains a run; it outlives this one, and runs at low priority so that the page stays responsive."""
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "favae_demo", "train", "--resume", str(folder.path), "--background"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            creationflags=_WINDOWS_FLAGS,
            cwd=PROGRAM_DIR,
        )
    mark_process(folder, process.pid)


def stop(run: str, settings: Settings, *, wait_seconds: float = 0.0) -> None:
    """Asks a run to end after its current batch with the best model so far, and waits up to `wait_seconds` for its process."""
    folder = open_run(run, settings)
    with convert_os_errors():
        folder.request_stop()
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline and is_alive(folder):
        time.sleep(0.1)


def rename(run: str, label: str, settings: Settings) -> None:
    """Sets what a run is called on screen; its folder keeps its name."""
    with convert_os_errors():
        open_run(run, settings).set_label(label)


def delete(run: str, settings: Settings) -> None:
    """Removes a run that is not running.

    Raises:
        TrainingError: It is running.
    """
    folder = open_run(run, settings)
    if is_alive(folder):
        raise TrainingError("This training is running; stop it before deleting it.")
    with convert_os_errors(), run_lock(folder):
        shutil.rmtree(folder.path)


def view(run: str, settings: Settings) -> RunView:
    """Returns the current status of a run with all of its events."""
    folder = open_run(run, settings)
    with convert_os_errors():
        # Checked before the events are read: a process that ends in between has written its last event.
        return read_view(folder, is_alive(folder))


def info(run: str, settings: Settings) -> RunInfo:
    """Returns what a list shows of a run, without reading its whole log."""
    folder = open_run(run, settings)
    return read_info(folder, is_alive(folder))


def list_infos(settings: Settings) -> list[RunInfo]:
    """Returns what a list shows of all runs, the newest first, without damaged ones and those that are deleted meanwhile."""
    infos = []
    for run in list_runs(settings):
        with contextlib.suppress(TrainingError, OSError):
            infos.append(info(run, settings))
    return sorted(infos, key=lambda info: info.created, reverse=True)


def list_runs(settings: Settings) -> list[str]:
    """Returns the names of all runs, newest first."""
    changed: dict[str, float] = {}
    for config in settings.runs_dir.glob("*/config.json"):
        with contextlib.suppress(OSError):  # deleted at this moment, perhaps by another copy of the app
            changed[config.parent.name] = config.parent.stat().st_ctime
    return sorted(changed, key=changed.__getitem__, reverse=True)


def find_running(settings: Settings) -> str | None:
    """Returns the name of the run whose process is alive, or None."""
    alive = (run for run in list_runs(settings) if is_alive(RunFolder(settings.runs_dir / run)))
    return next(alive, None)


def open_run(run: str, settings: Settings) -> RunFolder:
    """Returns the folder of a run.

    Raises:
        TrainingError: There is none of this name.
    """
    folder = RunFolder(settings.runs_dir / run)
    # Looked up directly: going through all runs for each one would make a list of them quadratic.
    if Path(run).name != run or not _holds_run(folder):
        raise TrainingError(f"There is no training called {run!r}.")
    return folder


def _holds_run(folder: RunFolder) -> bool:
    try:
        return (folder.path / "config.json").exists()
    except (OSError, ValueError):  # a name that is too long, or holds a null character
        return False


def check_policy(config: TrainConfig, settings: Settings) -> None:
    """Raises TrainingError where this installation does not allow such a training."""
    if settings.training == "off":
        raise TrainingError(
            "Training is switched off on this server; run the app on your own machine to train."
        )
    if settings.training == "limited" and config.preset != "quick":
        raise TrainingError("This server allows the quick training only.")


@contextlib.contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Holds the lock under which a training is started, by any copy of the app with the same folder of runs."""
    with convert_os_errors():
        settings.runs_dir.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.runs_dir / START_LOCK, timeout=START_SECONDS):
                _require_idle(settings)
                yield
        except Timeout:
            raise TrainingError(
                "Another training is being started just now; try again in a moment."
            ) from None


def _require_idle(settings: Settings) -> None:
    if running := find_running(settings):
        raise TrainingError(f"A training is already running ({running}); watch it, or stop it first.")


def check_unused(category: str, settings: Settings) -> None:
    """Checks that no training is reading a category.

    Raises:
        DataError: One is.
    """
    run = find_running(settings)
    if run is not None and info(run, settings).category == category:
        raise DataError(
            f"A training is using {category!r} just now; stop it, or wait until it is done, and try again."
        )
