"""Events of a training: terminal, tests and app read the same ones."""

from dataclasses import asdict, dataclass
from typing import Any, get_args

from pydantic import TypeAdapter

from favae_demo.core.files import parse_json

STOPPED = "stopped"  # `Finished.stopped_because` of a run that somebody stopped
DIVERGED = "diverged"  # `Finished.stopped_because` of a run whose loss was no longer a number


@dataclass(frozen=True)
class Started:
    """The run begins, or continues at `first_step`, with this many images and steps."""

    category: str
    teacher: str
    preset: str
    train_pictures: int
    held_out_pictures: int
    views: int
    total_steps: int
    first_step: int = 0


@dataclass(frozen=True)
class Preparing:
    """Work before the first step: `teacher weights`, `suspects` or `features`, `done` of `total`."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True)
class FirstModel:
    """A model that was made in seconds is ready; it serves until the training's own replaces it."""

    checkpoint: str
    seconds: float


@dataclass(frozen=True)
class StepDone:
    """One step; `train` holds the loss terms per image of this batch, `eta` the seconds left."""

    step: int
    total_steps: int
    epoch: int
    train: dict[str, float]
    pictures_per_second: float
    seconds: float
    eta: float


@dataclass(frozen=True)
class EpochDone:
    """One epoch; `train` and `validation` hold mean loss terms per image, with `total`."""

    epoch: int
    step: int
    train: dict[str, float]
    validation: dict[str, float]
    is_best: bool
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Snapshot:
    """Reconstructions at this epoch were written as an image (path relative to the run folder)."""

    epoch: int
    step: int
    kind: str
    path: str


@dataclass(frozen=True)
class Finished:
    """The model is ready. `metrics` is empty where it was not measured, or the data have no test images."""

    checkpoint: str
    seconds: float
    steps: int
    epochs: int
    stopped_because: str
    metrics: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """The run ended without a model; `reason` is a sentence for the user."""

    reason: str


Event = FirstModel | Started | Preparing | StepDone | EpochDone | Snapshot | Finished | Failed
_ADAPTERS: dict[str, TypeAdapter[Event]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Event)}


def to_record(event: Event) -> dict[str, Any]:
    """Converts an event to a JSON object, with its kind under `event`."""
    return {"event": type(event).__name__} | asdict(event)


def read_line(line: bytes) -> dict[str, Any] | None:
    """Returns the record in a line of a log; None where it is incomplete, damaged, or of a kind that later versions added."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = parse_json(line)
        from_record(record)
    except (ValueError, KeyError, TypeError):
        return None
    return record


def from_record(record: dict[str, Any]) -> Event:
    """Converts a record of `to_record` back to its event; fields that later versions added are ignored.

    Raises:
        KeyError: The record has no event, or one of an unknown kind.
        TypeError: The record is no mapping.
        ValueError: A field is missing or has another type.
    """
    return _ADAPTERS[record["event"]].validate_python(record)
