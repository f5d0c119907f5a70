"""A stream of frames through a detector, with what went before. Nothing waits in a queue: the newest frame is next."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from favae_demo.detection.frame_sources import FrameSource
from favae_demo.scoring.detection import Detection

WINDOW = 20.0  # seconds of scores that are kept
MAX_POINTS = 2000  # of them, whatever the pace
_NAP = 0.005  # seconds between two looks for a frame


@dataclass(frozen=True)
class Point:
    """One score of the past.

    Attributes:
        seconds: When, in seconds of playing.
        score: Image score.
        is_defect: Its verdict at that time.
    """

    seconds: float
    score: float
    is_defect: bool


@dataclass(frozen=True)
class JudgedFrame:
    """One judged frame, and what went before it.

    Attributes:
        found: The answer.
        number: How many frames have been judged, this one included.
        defects: How many of them were called defect.
        seconds: When, in seconds of playing.
        per_second: Frames judged a second, over the last two seconds.
        history: Scores of the last `WINDOW` seconds, oldest first, this one included.
        held: Whether the stream waits here for `Stream.release`.
    """

    found: Detection
    number: int
    defects: int
    seconds: float
    per_second: float
    history: tuple[Point, ...]
    held: bool = False


class Stream:
    """Judges frames as they come; iterating goes on until `stop`.

    One thread steps or iterates; everything else may be called from any other.

    Args:
        source: Where the frames come from; closed at the end of an iteration.
        judge: Gives the answer for H×W×3 uint8 RGB.
        clock: Seconds; pauses are taken out of it.
    """

    def __init__(
        self,
        source: FrameSource,
        judge: Callable[[np.ndarray], Detection],
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.source, self._judge, self._clock = source, judge, clock
        self.hold_on_defect = False
        self._history: deque[Point] = deque(maxlen=MAX_POINTS)
        self._number = self._defects = 0
        self._played, self._since = 0.0, clock()
        self._reasons: set[str] = set()
        self._stopped, self._lock = threading.Event(), threading.Lock()

    @property
    def is_held(self) -> bool:
        """Whether a defect is held."""
        return "held" in self._reasons

    @property
    def seconds(self) -> float:
        """Seconds of playing so far, without pauses."""
        with self._lock:
            return self._played + (0.0 if self._reasons else self._clock() - self._since)

    def pause(self, reason: str, on: bool = True) -> None:
        """Stops the clock for a reason, or takes the reason away; it runs while there is none."""
        with self._lock:
            now, ran = self._clock(), not self._reasons
            (self._reasons.add if on else self._reasons.discard)(reason)
            if ran and self._reasons:
                self._played += now - self._since
            elif not ran and not self._reasons:
                self._since = now

    def release(self) -> None:
        """Goes on after a held defect."""
        self.pause("held", False)

    def stop(self) -> None:
        """Ends the iteration, before the next frame."""
        self._stopped.set()

    def step(self) -> JudgedFrame | None:
        """Judges the frame that is due; None, after a short wait, where there is none or a pause is on.

        Raises:
            FavaeError: The source or the model cannot go on.
        """
        frame = None if self._reasons else self.source.at(self.seconds)
        if frame is None:
            self._stopped.wait(_NAP)
            return None
        found = self._judge(frame.image)
        return self._noted(found, frame.name)

    def running(self, wanted: Callable[[], bool] = lambda: True) -> Iterator[JudgedFrame]:
        """Looks, one a frame, until `stop` or until nobody wants more; asked between any two frames."""
        try:
            while wanted() and not self._stopped.is_set():
                if (look := self.step()) is not None:
                    yield look
        finally:
            self.source.close()

    def __iter__(self) -> Iterator[JudgedFrame]:
        """As `running`, until `stop`."""
        return self.running()

    def _noted(self, found: Detection, name: str) -> JudgedFrame:
        now = self.seconds
        self._number += 1
        self._defects += found.is_defect
        self._history.append(Point(now, found.score, found.is_defect))
        while self._history[0].seconds < now - WINDOW:
            self._history.popleft()
        if self.hold_on_defect and found.is_defect:
            self.pause("held")
        history = tuple(self._history)
        return JudgedFrame(
            replace(found, name=name), self._number, self._defects, now, _per_second(history, now), history, self.is_held
        )  # fmt: skip


def _per_second(history: tuple[Point, ...], now: float, over: float = 2.0) -> float:
    recent = [point.seconds for point in history if point.seconds >= now - over]
    span = recent[-1] - recent[0]
    return (len(recent) - 1) / span if span > 0 else 0.0
