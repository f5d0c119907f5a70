"""The run folder: the whole interface between a training process and its viewers.

config.json          what is trained: settings, category, data folder
events.jsonl         one event a line, in order
snapshots/           reconstructions as images
last.safetensors     state to resume from
best.safetensors     weights with the lowest validation loss
model.safetensors    the finished checkpoint; until then a first one that was made in seconds, if any
process.json         the process that trains, while it lives
lock                 held by that process
stop                 present while the training is asked to stop
name.txt             what somebody calls it, if anything
"""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from favae_demo.checkpoints.card_schema import Name
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError, TrainingError
from favae_demo.core.files import atomic_path, read_json, write_json
from favae_demo.training.events import Event, Failed, Finished, StepDone, from_record, read_line, to_record

_CATEGORY: TypeAdapter[str] = TypeAdapter(Name)
LABEL_LETTERS = 60  # at most, of what somebody calls a run
STEP_INTERVAL = 0.5  # seconds between two recorded steps; every epoch is recorded


class RunTask(NamedTuple):
    """What a run trains: its settings, the category, the data folder that holds it, and the good images that are left out."""

    config: TrainConfig
    category: str
    data_dir: Path
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunFolder:
    """Paths and records of one training run."""

    path: Path

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.path.name

    @property
    def last(self) -> Path:
        """State to resume from."""
        return self.path / "last.safetensors"

    @property
    def best(self) -> Path:
        """Weights with the lowest validation loss."""
        return self.path / "best.safetensors"

    @property
    def model(self) -> Path:
        """The finished checkpoint; until then a first one that was made in seconds, if any."""
        return self.path / "model.safetensors"

    @property
    def log(self) -> Path:
        """What the training process printed."""
        return self.path / "log.txt"

    @property
    def _events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def _stop(self) -> Path:
        return self.path / "stop"

    @property
    def created(self) -> float:
        """When the run was first started, in seconds since 1970.

        Raises:
            OSError: It is being deleted.
        """
        return (self.path / "config.json").stat().st_mtime

    @property
    def label(self) -> str:
        """What somebody calls the run; empty if nobody has named it."""
        try:
            return _one_line((self.path / "name.txt").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return ""

    def set_label(self, text: str) -> None:
        """Names the run, in one line of at most `LABEL_LETTERS`; an empty text takes its name away.

        Raises:
            OSError: It cannot be written.
        """
        with atomic_path(self.path / "name.txt") as temporary:
            temporary.write_text(_one_line(text), encoding="utf-8")

    def create(
        self,
        config: TrainConfig,
        category: str,
        data_dir: Path,
        exclude: Sequence[str] = (),
        marks_dir: Path | None = None,
    ) -> None:
        """Writes what is to be trained.

        Args:
            config: The settings.
            category: Name of the category.
            data_dir: Folder that holds it.
            exclude: Names of good training images that are left out, see `Category.without`.
            marks_dir: Folder of the marked images that are trained on too, see `data.library.feedback`; None for none.

        Raises:
            TrainingError: The folder already holds a run.
        """
        if (self.path / "config.json").exists():
            raise TrainingError(
                f"The folder {self.path} already holds a training; resume it or choose another."
            )
        record = {"category": category, "data_dir": str(data_dir.resolve()), "config": config.to_dict()}
        record |= {"exclude": list(exclude)} if exclude else {}
        if marks_dir is not None:
            record["marks_dir"] = str(marks_dir.resolve())
        write_json(self.path / "config.json", record)

    def marks_dir(self) -> Path | None:
        """Returns the folder of the marked pictures that are trained on too; None if there are none to be."""
        named = read_json(self.path / "config.json").get("marks_dir")
        return Path(named) if isinstance(named, str) else None

    def task(self) -> RunTask:
        """Reads what is trained.

        Raises:
            TrainingError: The folder holds no run.
        """
        try:
            record = read_json(self.path / "config.json")
            category = _CATEGORY.validate_python(record["category"])
            config, folder = TrainConfig.from_dict(record["config"]), Path(record["data_dir"])
            return RunTask(config, category, folder, tuple(map(str, record.get("exclude", ()))))
        except (
            ArithmeticError,
            AttributeError,
            ConfigError,
            LookupError,
            OSError,
            TypeError,
            ValueError,
        ) as error:
            raise TrainingError(f"The folder {self.path} holds no training that could be resumed.") from error

    def record(self, event: Event) -> None:
        """Appends an event to the log, whole or not at all.

        Raises:
            OSError: The log cannot be written.
        """
        before = self._events.stat().st_size if self._events.exists() else 0
        try:
            with self._events.open("a", encoding="utf-8") as file:
                file.write(json.dumps(to_record(event)) + "\n")
        except OSError:  # a full disk may hold the beginning of the line
            with contextlib.suppress(OSError):
                os.truncate(self._events, before)
            raise

    def events(self) -> list[Event]:
        """Returns all events so far, without a line that is still being written."""
        if not self._events.exists():
            return []
        return [from_record(record) for record in self._records()]

    def rewind(self, step: int) -> None:
        """Removes the events after `step` from the log, so that a resumed run continues it without gap or repeat."""
        kept = [record for record in self._records() if _precedes(from_record(record), step)]
        text = "".join(json.dumps(record) + "\n" for record in kept)
        with atomic_path(self._events) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def mend(self) -> None:
        """Removes what a killed process may have left: temporary files, and an incomplete last line of the log."""
        for temporary in self.path.rglob(".*.tmp"):
            temporary.unlink(missing_ok=True)
        if not self._events.exists():
            return
        data = self._events.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(self._events, whole)

    def request_stop(self) -> None:
        """Asks the training to stop after its current batch."""
        self._stop.touch()

    def clear_stop(self) -> None:
        """Withdraws a request to stop."""
        self._stop.unlink(missing_ok=True)

    def stop_requested(self) -> bool:
        """Returns whether a stop of the training has been requested."""
        return self._stop.exists()

    def _records(self) -> Iterator[dict[str, Any]]:
        if not self._events.exists():
            return
        with self._events.open("rb") as file:
            yield from filter(None, map(read_line, file))


class Recorder:
    """Writes events to a run folder, those of steps at most twice a second."""

    def __init__(self, folder: RunFolder):
        self.folder, self._last = folder, -STEP_INTERVAL
        folder.mend()

    def __call__(self, event: Event) -> None:
        """Records one event, or drops a step that comes too soon after the last."""
        if isinstance(event, StepDone):
            if event.seconds - self._last < STEP_INTERVAL:
                return
            self._last = event.seconds
        self.folder.record(event)


def _one_line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:LABEL_LETTERS].strip()


def _precedes(event: Event, step: int) -> bool:
    places = (getattr(event, name, 0) for name in ("step", "first_step"))
    return not isinstance(event, Finished | Failed) and all(place <= step for place in places)
