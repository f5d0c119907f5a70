"""Durations of repeated calls, memory of a process, and calls in a separate process."""

import multiprocessing
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from favae_demo.core.errors import FavaeError

SAMPLING = 0.05  # seconds between two readings of the memory


@dataclass(frozen=True)
class Times:
    """Durations of repeated calls.

    Attributes:
        seconds: Duration of each call.
    """

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median, on which a single interruption has no effect."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The 95th percentile; of fewer than twenty calls, the maximum."""
        if len(self.seconds) < 20:
            return max(self.seconds)
        return statistics.quantiles(self.seconds, n=20, method="inclusive")[-1]


def time_calls(call: Callable[[], object], repeats: int, warm_up: int = 2) -> Times:
    """Measures the durations of repeated calls, after `warm_up` calls that are not counted."""
    for _ in range(warm_up):
        call()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return Times(tuple(seconds))


def print_status(text: str) -> None:
    """Prints what is being measured, if standard error is a terminal."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def run_isolated(call: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Returns the result of a call in a new process, with that process's peak memory as `peak_mb`.

    The threads of one engine and the memory of one part then do not affect the next.

    Raises:
        FavaeError: The process was killed, as operating systems do when memory runs out.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            return pool.submit(_with_peak, call, arguments).result()
        except BrokenProcessPool as error:
            raise FavaeError(
                "A measurement was ended by the system, most likely for want of memory; "
                "close other programs, or give a lower --reference-batch."
            ) from error


def _with_peak(call: Callable[..., dict[str, Any]], arguments: tuple[Any, ...]) -> dict[str, Any]:
    return call(*arguments) | {"peak_mb": peak_mb()}


def peak_mb(pid: int | str = "self") -> float | None:
    """Returns the peak memory of a process in MB, or None if the operating system does not report that of another process."""
    if (highest := _status(pid, "VmHWM")) is not None:
        return highest
    if pid != "self" or sys.platform == "win32":
        return None
    import resource  # not on Windows

    unit = 1e6 if sys.platform == "darwin" else 1e3
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


class OwnMemory:
    """Context manager that measures the peak anonymous memory of this process, without the pages of mapped files.

    Attributes:
        mb: Peak memory in MB; None if the operating system does not report it (Linux does).
    """

    def __enter__(self) -> "OwnMemory":
        self.mb, self._done = _status("self", "RssAnon"), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while self.mb is not None and not self._done.wait(SAMPLING):
            self.mb = max(self.mb, _status("self", "RssAnon") or 0.0)


def _status(pid: int | str, field: str) -> float | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    kilobytes = next((line.split()[1] for line in lines if line.startswith(f"{field}:")), None)
    return None if kilobytes is None else round(int(kilobytes) * 1.024e-3, 1)
