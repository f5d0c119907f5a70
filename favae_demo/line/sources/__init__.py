"""Where pictures come from: one file for each kind, one row each in `SOURCES` (`favae_demo/line/sources/table.py`)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated, Protocol

import numpy as np
from pydantic import Field, model_validator

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import MAX_PIXELS, DecodedImage
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.line.options import Table
from favae_demo.line.spool import Mark
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE

Share = Annotated[float, Field(ge=0, le=1)]
RegionOfInterest = tuple[Share, Share, Share, Share]


class SourceError(FavaeError):
    """A source gives no pictures now."""


class SourceOptions(Table):
    """What every source has.

    Attributes:
        name: Its name in records; unique.
        model: Name or path of the model that judges its pictures.
        rate: Wanted false-alarm rate, in (0, 1); sets the threshold.
        roi: The part of the picture that is judged: left, top, right and bottom edge as shares of width and height.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    model: str
    rate: Annotated[float, Field(gt=0, lt=1)] = DEFAULT_FALSE_ALARM_RATE
    roi: RegionOfInterest = (0.0, 0.0, 1.0, 1.0)

    @model_validator(mode="after")
    def _has_area(self) -> "SourceOptions":
        left, top, right, bottom = self.roi
        if left >= right or top >= bottom:
            raise ValueError("`roi` must be left, top, right, bottom, as in [0.1, 0.2, 0.9, 0.8]")
        return self


@dataclass(frozen=True)
class Shot:
    """One picture to be judged.

    Attributes:
        image: The region of interest with remarks on how it was read; None if it is unreadable.
        name: Name of the picture within its source.
        id: Unique; the same picture of a folder or frame of a video always has the same.
        mark: What must not be judged twice; None for live sources.
        problem: Why it is unreadable.
        time: When it was taken up.
        at: The same on the monotonic clock, in seconds.
    """

    image: DecodedImage | None
    name: str
    id: str
    mark: Mark | None = None
    problem: str = ""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    at: float = field(default_factory=monotonic)


class Memory(Protocol):
    """What has been judged; `Spool` is one."""

    def is_judged(self, mark: Mark) -> bool:
        """Returns whether this has been judged."""

    def rename(self, source: str, old: str, new: str) -> None:
        """Notes that a judged image has another name now."""

    def forget(self, source: str, present: Collection[str]) -> int:
        """Deletes the marks of images that no longer exist."""


@dataclass(frozen=True)
class Surroundings:
    """What a source is opened with, besides its options.

    Attributes:
        memory: What has been judged.
        levels: Black and white level of images with more than 8 bits; those of the model.
        max_pixels: Largest width × height of an image.
        once: Whether it ends when what is there now has been judged.
    """

    memory: Memory
    levels: Levels = TYPE_LEVELS
    max_pixels: int = MAX_PIXELS
    once: bool = False


class Source(Protocol):
    """Gives pictures. `take` and `close` are called by one thread.

    Attributes:
        dropped: Pictures that newer ones replaced before the model was free.
        is_over: Whether it gives no more.
        problem: What is wrong now, as a sentence; empty if nothing is.
    """

    @property
    def dropped(self) -> int: ...  # noqa: D102 - see above

    @property
    def is_over(self) -> bool: ...  # noqa: D102

    @property
    def problem(self) -> str: ...  # noqa: D102

    def take(self, wait: float) -> Shot | None:
        """Returns the next picture, or None if there is none within `wait` seconds.

        The verdict on the one before has been written when it is called.
        """

    def check(self) -> None:
        """Tries whether it gives pictures.

        Raises:
            FavaeError: It does not.
        """

    def close(self) -> None:
        """Closes files and connections."""


def crop(image: np.ndarray, roi: RegionOfInterest) -> np.ndarray:
    """Returns the region of interest of an image, one pixel at least; a view, H×W×3."""
    height, width = image.shape[:2]
    left, top, right, bottom = (
        round(edge * side) for edge, side in zip(roi, (width, height) * 2, strict=True)
    )
    left, top = min(left, width - 1), min(top, height - 1)
    return image[top : max(bottom, top + 1), left : max(right, left + 1)]


def existing(path: Path, noun: str) -> Path:
    """Returns a path that exists.

    Raises:
        SourceError: It does not.
    """
    if not path.exists():
        raise SourceError(f"There is no {noun} {str(path)!r}.")
    return path
