"""Waits for what other threads and processes do."""

import time
from collections.abc import Callable


def await_true(reached: Callable[[], object], seconds: float = 60) -> None:
    """Waits until something is so, and fails if that takes too long."""
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)
