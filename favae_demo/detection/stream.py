"""Detection on a stream of frames, with a history of scores. There is no queue: the newest frame is always next."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from favae_demo.detection.drift import Drift, DriftMonitor, Usual, signals
from favae_demo.detection.frame_sources import FrameSource
from favae_demo.scoring.detection import GOOD, NOT_JUDGED, Detection

WINDOW = 20.0  # seconds of the history of scores
MAX_POINTS = 2000  # of the history, at any frame rate
_NAP = 0.005  # seconds of waiting where no frame is due


@dataclass(frozen=True)
class Point:
    """One score of the history.

    Attributes:
        seconds: Time of the frame, in seconds of playing.
        score: Image score.
        is_defect: Whether it was above the threshold of that time.
    """

    seconds: float
    score: float
    is_defect: bool


@dataclass(frozen=True)
class JudgedFrame:
    """The detection of one frame, with the history up to it.

    Attributes:
        detection: The detection.
        number: Number of frames so far, this one included.
        defects: Number of them with the verdict `defect`.
        not_judged: Number of them that are not judged.
        seconds: Time of the frame, in seconds of playing.
        history: Scores of the last `WINDOW` seconds, oldest first, this one included.
        held: Whether the stream is paused at this frame until `Stream.release`.
        drift: How the last frames differ from the good images, or None.
    """

    detection: Detection
    number: int
    defects: int
    seconds: float
    history: tuple[Point, ...]
    held: bool = False
    drift: Drift | None = None
    not_judged: int = 0


class Stream:
    """Runs detection on frames as they come; iteration continues until `stop`.

    One thread steps or iterates; all other methods may be called from any thread.

    Args:
        source: Gives the frames; closed at the end of an iteration.
        judge: Returns the detection of an image H×W×3 uint8 RGB.
        usual: What the good images of the model have, see `drift.usual_signals`.
        clock: Returns the time in seconds; pauses are subtracted.
    """

    def __init__(
        self,
        source: FrameSource,
        judge: Callable[[np.ndarray], Detection],
        *,
        usual: Mapping[str, Usual] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.source, self._judge, self._clock = source, judge, clock
        self._monitor = DriftMonitor(usual or {})
        self.hold_on_defect = False
        self._history: deque[Point] = deque(maxlen=MAX_POINTS)
        self._number = self._defects = self._not_judged = 0
        self._played, self._since = 0.0, clock()
        self._reasons: set[str] = set()
        self._stopped, self._lock = threading.Event(), threading.Lock()

    @property
    def is_held(self) -> bool:
        """Whether the stream is paused at a picture with another verdict than `good`."""
        return "held" in self._reasons

    @property
    def seconds(self) -> float:
        """Seconds of playing so far, without pauses."""
        with self._lock:
            return self._played + (0.0 if self._reasons else self._clock() - self._since)

    def pause(self, reason: str, on: bool = True) -> None:
        """Adds or removes a reason to pause; the clock runs while there is none."""
        with self._lock:
            now, ran = self._clock(), not self._reasons
            (self._reasons.add if on else self._reasons.discard)(reason)
            if ran and self._reasons:
                self._played += now - self._since
            elif not ran and not self._reasons:
                self._since = now

    def release(self) -> None:
        """Continues after a picture that paused the stream."""
        self.pause("held", False)

    def stop(self) -> None:
        """Ends the iteration before the next frame."""
        self._stopped.set()

    def step(self) -> JudgedFrame | None:
        """Runs detection on the frame that is due; returns None after a short wait if there is none or the stream is paused.

        Raises:
            FavaeError: The source gives no frames any more, or the model cannot run.
        """
        frame = None if self._reasons else self.source.at(self.seconds)
        if frame is None:
            self._stopped.wait(_NAP)
            return None
        return self._record(self._judge(frame.image), frame.name)

    def frames(self, wanted: Callable[[], bool] = lambda: True) -> Iterator[JudgedFrame]:
        """Yields one result for each frame until `stop`, or until `wanted`, called between frames, returns False."""
        try:
            while wanted() and not self._stopped.is_set():
                if (judged := self.step()) is not None:
                    yield judged
        finally:
            self.source.close()

    def __iter__(self) -> Iterator[JudgedFrame]:
        """Yields one result for each frame until `stop`."""
        return self.frames()

    def _record(self, detection: Detection, name: str) -> JudgedFrame:
        """Adds a detection to the counts and the history; returns the frame's result."""
        now = self.seconds
        self._number += 1
        self._defects += detection.is_defect
        self._not_judged += detection.verdict == NOT_JUDGED
        self._history.append(Point(now, detection.score, detection.is_defect))
        while self._history[0].seconds < now - WINDOW:
            self._history.popleft()
        if self.hold_on_defect and detection.verdict != GOOD:
            self.pause("held")
        history = tuple(self._history)
        return JudgedFrame(
            replace(detection, name=name), self._number, self._defects, now, history, self.is_held,
            self._monitor.add(name or f"picture {self._number}", signals(detection)),
            self._not_judged,
        )  # fmt: skip
