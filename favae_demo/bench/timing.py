"""Repeated calls and their times; memory of a process; calls in a process of their own."""

import multiprocessing
import resource
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

SAMPLING = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Times:
    """Seconds of repeated calls."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one: an interruption by another program does not move it."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """What 95 % of the calls stay below; of fewer than twenty calls, the longest."""
        if len(self.seconds) < 20:
            return max(self.seconds)
        return statistics.quantiles(self.seconds, n=20, method="inclusive")[-1]


def repeat(call: Callable[[], object], repeats: int, warm_up: int = 2) -> Times:
    """Times a call after some that do not count."""
    for _ in range(warm_up):
        call()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return Times(tuple(seconds))


def say(text: str) -> None:
    """Tells on a terminal what is being measured."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def apart(call: Callable[..., dict], *arguments: Any) -> dict[str, Any]:
    """What a call returns in a new process, with `peak_mb`, that process's highest memory.

    The threads of one engine and the memory of one part then do not weigh on the next.

    Raises:
        FavaeError: The process was ended from outside, as systems do when memory runs out.
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


def _with_peak(call: Callable[..., dict], arguments: tuple) -> dict[str, Any]:
    return call(*arguments) | {"peak_mb": peak_mb()}


def peak_mb(pid: int | str = "self") -> float | None:
    """Highest memory of a process so far in MB, or None where the system does not tell that of another process."""
    if (highest := _status(pid, "VmHWM")) is not None:
        return highest
    if pid != "self":
        return None
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


class OwnMemory:
    """Highest memory that a block of code holds itself, in MB; pages of files, which the system can take back, do not count.

    `mb` is None where the system does not tell (Linux does).
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
