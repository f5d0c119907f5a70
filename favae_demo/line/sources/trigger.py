"""Which pictures of a stream are judged: one every so many milliseconds, or those that have changed."""

from typing import Annotated, Protocol

import cv2
import numpy as np
from pydantic import Field, model_validator

from favae_demo.line.sources import SourceOptions

SIDE = 32  # pictures are compared at this size, where the noise of a camera averages out
SLACK = 0.001  # seconds; times of videos are rounded
REST = 0.25  # a picture rests if it differs from the one before by less than this share of `change`


class TriggerOptions(SourceOptions):
    """What every source with a stream has.

    Attributes:
        every_ms: Milliseconds between two judged pictures at least; 0 for as many as the model can judge.
        change: Share of the whole range from black to white by which a picture must differ on average from the last judged one; 0 for none.
        still: Whether a changed picture is judged only when it moves no more.
    """

    every_ms: Annotated[float, Field(ge=0)] = 0
    change: Annotated[float, Field(ge=0, le=1)] = 0
    still: bool = False

    @model_validator(mode="after")
    def _still_needs_change(self) -> "TriggerOptions":
        if self.still and not self.change:
            raise ValueError("`still` needs `change`, as in change = 0.02")
        return self


class Trigger(Protocol):
    """Says which pictures of a stream are judged.

    Attributes:
        name: Of the picture that was wanted last; empty for none.
        missed: Pictures that were asked for, and could not be had.
        problem: What is wrong now, as a sentence; empty if nothing is.
    """

    name: str
    missed: int

    @property
    def problem(self) -> str: ...  # noqa: D102 - see above

    def start(self) -> None:
        """Begins to listen for what asks for pictures."""

    def check(self) -> None:
        """Tries whether it could listen.

        Raises:
            FavaeError: It could not.
        """

    def close(self) -> None:
        """Ends to listen."""

    def is_due(self, seconds: float) -> bool:
        """Returns whether a picture of this time may be wanted; it is then read."""

    def is_wanted(self, image: np.ndarray, seconds: float) -> bool:
        """Returns whether a picture that is due is to be judged, and counts from it if so.

        Args:
            image: H×W×3 uint8.
            seconds: Its time.
        """


class PictureTrigger:
    """Wants pictures by their time and by what they show.

    Args:
        options: What is asked for.
    """

    name, missed, problem = "", 0, ""

    def __init__(self, options: TriggerOptions):
        self._options, self._every = options, options.every_ms / 1000
        self._next = -np.inf
        self._judged: np.ndarray | None = None
        self._before: np.ndarray | None = None

    def start(self) -> None:
        """See `Trigger.start`."""

    def check(self) -> None:
        """See `Trigger.check`."""

    def close(self) -> None:
        """See `Trigger.close`."""

    def is_due(self, seconds: float) -> bool:
        """See `Trigger.is_due`."""
        return seconds >= self._next - SLACK

    def is_wanted(self, image: np.ndarray, seconds: float) -> bool:
        """See `Trigger.is_wanted`."""
        if self._options.change and not self._has_changed(image):
            return False
        # In steps from the first one: a picture that comes late does not put off all that follow.
        is_in_step = seconds - self._next < self._every
        self._next = (self._next if is_in_step else seconds) + self._every
        return True

    def _has_changed(self, image: np.ndarray) -> bool:
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        before, self._before = self._before, small
        if self._judged is not None and _difference(small, self._judged) < self._options.change:
            return False
        if self._options.still and (
            before is None or _difference(small, before) >= REST * self._options.change
        ):
            return False
        self._judged = small
        return True


def _difference(image: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(image - other).mean())
