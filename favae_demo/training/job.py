"""A training as a process of its own: started, watched, stopped and resumed through its run folder.

Closing the tab or restarting the server does not touch it; whoever opens the folder again sees the same run.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from favae_demo.errors import TrainingError
from favae_demo.files import read_json, write_json
from favae_demo.presets import TrainConfig
from favae_demo.settings import PROJECT, Settings
from favae_demo.training.events import Event, Failed, Finished, Preparing, Started, StepDone, from_record
from favae_demo.training.run_folder import RunFolder

RUNNING, FINISHED, FAILED, INTERRUPTED = "running", "finished", "failed", "interrupted"
STAGES = {"teacher weights": "the ready-made network", "features": "its descriptions of the pictures"}
TAIL = 65_536  # bytes at the end of a log in which its last event surely lies
_starting = threading.Lock()  # two visitors may press Start in the same moment


@dataclass(frozen=True)
class RunInfo:
    """What a list of runs says about one of them, read without its whole log.

    Attributes:
        id: Name of the run.
        state: As in `RunView`.
        category: What is trained.
        config: Settings.
        created: When it was first started, in seconds since 1970.
    """

    id: str
    state: str
    category: str
    config: TrainConfig
    created: float


@dataclass(frozen=True)
class RunView:
    """A run as a watcher sees it.

    Attributes:
        id: Name of the run.
        state: `running`, `finished`, `failed` or `interrupted` (its process is gone; it can be resumed).
        category: What is trained.
        config: Settings.
        events: Everything recorded so far.
        created: When it was first started, in seconds since 1970.
        stopping: Whether it was asked to stop and is still at it.
    """

    id: str
    state: str
    category: str
    config: TrainConfig
    events: tuple[Event, ...]
    created: float
    stopping: bool

    def last(self, kind: type) -> Event | None:
        """The newest event of a kind, or None."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)

    def all(self, kind: type) -> list[Event]:
        """All events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def can_resume(self) -> bool:
        """Whether there is more to train: its process ended early, or somebody stopped it."""
        if self.state in (INTERRUPTED, FAILED):
            return True
        return self.state == FINISHED and self.last(Finished).stopped_because == "stopped"

    @property
    def share(self) -> float:
        """How much of the training is done, in [0, 1]."""
        if self.state == FINISHED:
            return 1.0
        step = self.last(StepDone)
        return step.step / step.total_steps if step else 0.0

    def status(self) -> str:
        """One sentence on where the run stands."""
        if self.state == FINISHED:
            done = self.last(Finished)
            return f"Finished after {done.seconds:.0f} s and {done.steps} steps."
        if self.state == FAILED:
            return f"Failed: {self.last(Failed).reason}"
        if self.state == INTERRUPTED:
            return "Interrupted: its process ended early. Resume it to go on where it was."
        if self.stopping:
            return "Stopping: the best model so far is kept and measured on the test pictures …"
        newest = next(
            (e for e in reversed(self.events) if isinstance(e, Started | Preparing | StepDone)), None
        )
        if newest is None or isinstance(newest, Started):
            return "Starting …"
        if isinstance(newest, Preparing):
            stage = STAGES.get(newest.stage, newest.stage)
            return f"Preparing {stage}: {newest.done} of {newest.total} …"
        step = newest
        if step.step >= step.total_steps:
            return "Measuring the model on the test pictures …"
        left = f"{step.eta:.0f} s" if step.eta < 120 else f"{step.eta / 60:.0f} min"
        return f"About {left} left · {step.pictures_per_second:.0f} pictures a second"


def start(config: TrainConfig, category: str, data_dir: Path, settings: Settings) -> RunFolder:
    """Starts a training in the background.

    Raises:
        TrainingError: Training is switched off here, or one is running already.
    """
    check_policy(config, settings)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{category}-{config.teacher}-{uuid.uuid4().hex[:4]}"
    folder = RunFolder(settings.runs_dir / name)
    with _starting:
        _require_idle(settings)
        folder.create(config, category, data_dir)
        launch(folder)
    return folder


def resume(run: str, settings: Settings) -> RunFolder:
    """Goes on with a run whose process is gone, or that was stopped.

    Raises:
        TrainingError: It is running, or another one is.
    """
    folder = open_run(run, settings)
    config, _, _ = folder.order()
    check_policy(config, settings)
    with _starting:
        _require_idle(settings)
        folder.clear_stop()
        folder.rewind(sys.maxsize)  # forgets how it ended, so that it counts as running from now on
        launch(folder)
    return folder


def launch(folder: RunFolder) -> None:
    """Starts the process that trains a folder's order; it outlives this one and yields the processor to the page."""
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "favae_demo", "train", "--resume", str(folder.path), "--background"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=PROJECT,
        )
    mark_process(folder, process.pid)


def mark_process(folder: RunFolder, pid: int) -> None:
    """Notes which process trains a folder."""
    write_json(folder.path / "process.json", {"pid": pid, "started": _started(pid)})


def is_alive(folder: RunFolder) -> bool:
    """Whether the process that trains a folder lives; a reused process number does not count."""
    try:
        record = read_json(folder.path / "process.json")
        pid, started = int(record["pid"]), record["started"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    _reap(pid)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return _started(pid) == started


def stop(run: str, settings: Settings, *, wait_seconds: float = 0.0) -> None:
    """Asks a run to end after its batch, with the best model so far; optionally waits for it."""
    folder = open_run(run, settings)
    folder.request_stop()
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline and is_alive(folder):
        time.sleep(0.1)


def delete(run: str, settings: Settings) -> None:
    """Removes a run that is not running.

    Raises:
        TrainingError: It is running.
    """
    folder = open_run(run, settings)
    if is_alive(folder):
        raise TrainingError("This training is running; stop it before deleting it.")
    shutil.rmtree(folder.path)


def view(run: str, settings: Settings) -> RunView:
    """The run as it stands now."""
    folder = open_run(run, settings)
    alive = is_alive(folder)  # before the events: a process that ends in between has written its last one
    config, category, _ = folder.order()
    events = tuple(folder.events())
    state = _state(alive, events[-1] if events else None)
    stopping = state == RUNNING and folder.stop_requested()
    return RunView(run, state, category, config, events, _created(folder), stopping)


def info(run: str, settings: Settings) -> RunInfo:
    """What a list says about a run; cheap, however long its log is."""
    folder = open_run(run, settings)
    alive = is_alive(folder)
    config, category, _ = folder.order()
    return RunInfo(run, _state(alive, _last_event(folder)), category, config, _created(folder))


def list_infos(settings: Settings) -> list[RunInfo]:
    """What a list says about all runs, the newest first; one that is deleted meanwhile or damaged is left out."""
    found = []
    for run in list_runs(settings):
        with contextlib.suppress(TrainingError, OSError):
            found.append(info(run, settings))
    return sorted(found, key=lambda one: one.created, reverse=True)


def list_runs(settings: Settings) -> list[str]:
    """Names of all runs, newest first."""
    if not settings.runs_dir.is_dir():
        return []
    folders = [folder for folder in settings.runs_dir.iterdir() if (folder / "config.json").is_file()]
    return [folder.name for folder in sorted(folders, key=lambda f: f.stat().st_ctime, reverse=True)]


def find_running(settings: Settings) -> str | None:
    """Name of the run whose process lives, or None."""
    alive = (run for run in list_runs(settings) if is_alive(RunFolder(settings.runs_dir / run)))
    return next(alive, None)


def open_run(run: str, settings: Settings) -> RunFolder:
    """The folder of a run.

    Raises:
        TrainingError: There is none of this name.
    """
    if run not in list_runs(settings):
        raise TrainingError(f"There is no training called {run!r}.")
    return RunFolder(settings.runs_dir / run)


def check_policy(config: TrainConfig, settings: Settings) -> None:
    """Raises TrainingError where this installation does not allow such a training."""
    if settings.training == "off":
        raise TrainingError(
            "Training is switched off on this server; run the app on your own machine to train."
        )
    if settings.training == "limited" and config.preset != "quick":
        raise TrainingError("This server allows the quick training only.")


def _require_idle(settings: Settings) -> None:
    if running := find_running(settings):
        raise TrainingError(f"A training is already running ({running}); watch it, or stop it first.")


def _created(folder: RunFolder) -> float:
    return (folder.path / "config.json").stat().st_mtime


def _state(alive: bool, last: Event | None) -> str:
    if isinstance(last, Finished):
        return FINISHED
    if alive:
        return RUNNING
    return FAILED if isinstance(last, Failed) else INTERRUPTED


def _last_event(folder: RunFolder) -> Event | None:
    """The newest whole event of a log, from its end."""
    try:
        with (folder.path / "events.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return None
    return from_record(json.loads(lines[-1])) if lines else None


def _started(pid: int) -> str:
    """Start time of a process in clock ticks, where the system tells it (Linux); tells apart reused numbers."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _reap(pid: int) -> None:
    """Collects our own ended child, which would otherwise stay listed as a process."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (OSError, AttributeError, OverflowError):
        return
