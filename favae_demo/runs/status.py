"""The status of a run, read from its folder; of its log only the new lines are read."""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar

from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import TrainConfig
from favae_demo.training.events import (
    DIVERGED,
    STOPPED,
    Event,
    Failed,
    Finished,
    Preparing,
    Started,
    StepDone,
    from_record,
    read_line,
)
from favae_demo.training.run_folder import RunFolder

E = TypeVar("E", bound=Event)

RUNNING, FINISHED, FAILED, INTERRUPTED = "running", "finished", "failed", "interrupted"
STAGES = {
    "teacher weights": "the ready-made network, whose weights are downloaded if they are not here yet",
    "suspects": "a look at the good pictures",
    "features": "what it sees in the pictures",
}
DIVERGED_STATUS = (
    "Ended early after {steps} steps: its loss was no longer a number. The best model before that is kept; "
    "a lower learning rate may give a better one."
)
STOPPING = "Stopping: the best model so far is kept and measured on the test pictures …"
STOPPING_WHOLE = "This kind of model is made in one go, within seconds: it is finished and kept."
MEASURING = "Measuring the model on the test pictures …"
LOOKING = "Looking at each good picture once: this model is made without steps …"
TAIL = 65_536  # bytes at the end of a log that hold at least its last event
MOST_LOGS = 8  # kept in memory


@dataclass(frozen=True)
class RunInfo:
    """What a list of runs shows of one of them, read without its whole log.

    Attributes:
        id: Name of the run.
        state: As in `RunView`.
        category: What is trained.
        config: Settings.
        created: When it was first started, in seconds since 1970.
        label: What somebody calls it, or empty.
        is_stopped: As in `RunView`.
    """

    id: str
    state: str
    category: str
    config: TrainConfig
    created: float
    label: str = ""
    is_stopped: bool = False


@dataclass(frozen=True)
class RunView:
    """The status of a run with all of its events.

    Attributes:
        id: Name of the run.
        state: `running`, `finished`, `failed` or `interrupted` (its process is gone; it can be resumed).
        category: What is trained.
        config: Settings.
        events: Everything recorded so far.
        created: When it was first started, in seconds since 1970.
        stopping: Whether it was asked to stop and has not ended yet.
        label: What somebody calls it, or empty.
    """

    id: str
    state: str
    category: str
    config: TrainConfig
    events: tuple[Event, ...]
    created: float
    stopping: bool
    label: str = ""

    def last(self, kind: type[E]) -> E | None:
        """Returns the newest event of a kind, or None."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)

    def all(self, kind: type[E]) -> list[E]:
        """Returns all events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def can_resume(self) -> bool:
        """Whether there is more to train: its process ended early, or it was stopped."""
        if self.state in (INTERRUPTED, FAILED):
            return True
        return self.is_stopped

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it, and its best model was kept."""
        return _is_stopped(self.last(Finished)) if self.state == FINISHED else False

    @property
    def share(self) -> float:
        """How much of the training is done, in [0, 1]."""
        if self.state == FINISHED and not self.is_stopped:
            return 1.0
        if not METHODS[self.config.method].learns:
            return self._seen
        step = self.last(StepDone)
        return step.step / step.total_steps if step else 0.0

    @property
    def _seen(self) -> float:
        """How many of the good pictures a method without steps has looked at, as a share."""
        looked = next((event for event in self.all(Preparing)[::-1] if event.stage == "features"), None)
        return looked.done / looked.total if looked and looked.total else 0.0

    def status(self) -> str:
        """Returns one sentence on the state of the run."""
        if self.state == FINISHED and (finished := self.last(Finished)):
            if finished.stopped_because == DIVERGED:
                return DIVERGED_STATUS.format(steps=finished.steps)
            if self.is_stopped and (started := self.last(Started)):
                return f"Stopped after {finished.steps:,} of {_count(started.total_steps, 'step')} ({finished.seconds:.0f} s)."
            if not METHODS[self.config.method].learns:
                return f"Finished in {finished.seconds:.0f} s."
            return f"Finished: {_count(finished.steps, 'step')} in {finished.seconds:.0f} s."
        if self.state == FAILED and (failed := self.last(Failed)):
            return f"Failed: {failed.reason}"
        if self.state == INTERRUPTED:
            return "Interrupted: its process ended early. Resume it to continue where it was."
        if self.stopping:
            return STOPPING if METHODS[self.config.method].learns else STOPPING_WHOLE
        return self._progress()

    def _progress(self) -> str:
        """Returns one sentence on what a running training does now."""
        if not METHODS[self.config.method].learns and self.last(Started):
            return MEASURING if self._seen == 1 else LOOKING
        for event in reversed(self.events):
            if isinstance(event, Started):
                break
            if isinstance(event, Preparing):
                stage = STAGES.get(event.stage, event.stage)
                count = f": {event.done} of {event.total}" if event.total > 1 else ""
                return f"Preparing {stage}{count} …"
            if isinstance(event, StepDone):
                if event.step >= event.total_steps:
                    return MEASURING
                left = f"{event.eta:.0f} s" if event.eta < 120 else f"{event.eta / 60:.0f} min"
                speed = event.pictures_per_second
                return f"About {left} left · {speed:.{int(speed < 10)}f} pictures/s"
        if self.events:
            return "Waiting for the first steps, whose speed tells how long it will take …"
        return "Starting: waiting for the process that trains, which loads PyTorch first …"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


@dataclass
class _ReadLog:
    """The events of a log up to an offset in the file, and the last line before that offset."""

    events: list[Event] = field(default_factory=list)
    place: int = 0
    last_line: bytes = b""


class _Logs:
    """Cache of the logs of watched runs: each call reads only the new lines, since the log of a long run has 100,000."""

    def __init__(self) -> None:
        self._known: OrderedDict[Path, _ReadLog] = OrderedDict()
        self._lock = threading.Lock()

    def events(self, path: Path) -> tuple[Event, ...]:
        """Returns all complete events of a log; none if there is no log yet."""
        with self._lock:
            known = self._known.pop(path, None) or _ReadLog()
            try:
                with path.open("rb") as file:
                    _read_on(file, known)
            except FileNotFoundError:
                return ()
            self._known[path] = known
            while len(self._known) > MOST_LOGS:
                self._known.popitem(last=False)
            return tuple(known.events)


def _read_on(file: BinaryIO, known: _ReadLog) -> None:
    """Adds the new events of a log; reads it from the start if it was rewritten (see `RunFolder.rewind`)."""
    file.seek(known.place - len(known.last_line))
    if file.read(len(known.last_line)) != known.last_line:
        known.events, known.place, known.last_line = [], 0, b""
        file.seek(0)
    lines = file.read().splitlines(keepends=True)
    for line in lines:
        if not line.endswith(b"\n"):  # it is still being written
            break
        if record := read_line(line):
            known.events.append(from_record(record))
        known.place, known.last_line = known.place + len(line), line


_logs = _Logs()


def read_view(folder: RunFolder, alive: bool) -> RunView:
    """Reads the status of a run with all of its events.

    Args:
        folder: The run's folder.
        alive: Whether its process is alive.
    """
    config, category, *_ = folder.task()
    events = _logs.events(_log(folder))
    state = _state(alive, events[-1] if events else None)
    stopping = state == RUNNING and folder.stop_requested()
    return RunView(folder.id, state, category, config, events, folder.created, stopping, folder.label)


def read_info(folder: RunFolder, alive: bool) -> RunInfo:
    """Reads the status of a run without its events."""
    config, category, *_ = folder.task()
    last = _last_event(folder)
    state, is_stopped = _state(alive, last), _is_stopped(last)
    return RunInfo(folder.id, state, category, config, folder.created, folder.label, is_stopped)


def _is_stopped(last: Event | None) -> bool:
    return isinstance(last, Finished) and last.stopped_because == STOPPED


def _state(alive: bool, last: Event | None) -> str:
    if isinstance(last, Finished):
        return FINISHED
    if alive:
        return RUNNING
    return FAILED if isinstance(last, Failed) else INTERRUPTED


def _last_event(folder: RunFolder) -> Event | None:
    """Returns the newest complete event of a log, reading only its end."""
    try:
        with _log(folder).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().splitlines(keepends=True)
    except OSError:
        return None
    record = next(filter(None, map(read_line, reversed(lines))), None)
    return from_record(record) if record else None


def _log(folder: RunFolder) -> Path:
    return folder.path / "events.jsonl"
