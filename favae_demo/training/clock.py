"""How long a training has taken, and how long its steps take."""

import time


class Clock:
    """Seconds since the run began, earlier sittings included, and a smoothed time per step."""

    def __init__(self):
        self._start = self._mark = time.monotonic()
        self._mean = 0.0

    def go_on(self, earlier: float) -> None:
        """Adds the seconds of earlier sittings; the first lap begins here."""
        self._start, self._mark = self._start - earlier, time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._start

    def lap(self) -> float:
        """Ends a step; returns the smoothed seconds of one."""
        now = time.monotonic()
        took, self._mark = max(now - self._mark, 1e-6), now
        self._mean = took if not self._mean else 0.9 * self._mean + 0.1 * took
        return self._mean
