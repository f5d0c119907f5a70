"""Downloads of teacher weights in the background, with one thread for each set of weights; several callers can wait for the same download."""

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from favae_demo.core.errors import CancelledError, FavaeError, WeightsError


@dataclass(frozen=True)
class Fetch:
    """State of one download.

    Attributes:
        teacher: Id of the teacher.
        expected: Fingerprint of the weights that a checkpoint requires; None accepts any.
        source: Name of the source that is being tried.
        done: Bytes so far.
        total: Bytes in total, 0 if unknown.
        running: Whether the download is in progress.
        problem: Why it ended without the weights, or an empty string.
    """

    teacher: str
    expected: str | None
    source: str = ""
    done: int = 0
    total: int = 0
    running: bool = True
    problem: str = ""

    @property
    def share(self) -> float:
        """Progress, in [0, 1]."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Fetcher:
    """The downloads of one process; all methods are thread-safe.

    Args:
        cache_dir: The app's cache folder, where weights are kept.
        teacher_dir: Folder with weights that the user put there, or None.
    """

    def __init__(self, cache_dir: Path, teacher_dir: Path | None):
        self.cache_dir, self.teacher_dir = cache_dir, teacher_dir
        self._fetches: dict[tuple[str, str | None], Fetch] = {}
        self._cancelled: set[tuple[str, str | None]] = set()
        self._lock = threading.Lock()

    def ready(self, teacher: str, expected: str | None) -> bool:
        """Returns whether the weights are in the cache; copies them there first if they came with the app's packages."""
        from favae_demo.teacher import weight_store  # here, since it imports torch, which takes seconds

        return weight_store.is_cached(teacher, self.cache_dir, expected) or weight_store.take_installed(
            teacher, self.cache_dir, self.teacher_dir, expected
        )

    def start(self, teacher: str, expected: str | None) -> Fetch:
        """Starts a download unless it is in progress already; returns its state."""
        key = (teacher, expected)
        with self._lock:
            known = self._fetches.get(key)
            if known and known.running:
                return known
            self._cancelled.discard(key)
            self._fetches[key] = Fetch(teacher, expected)
        threading.Thread(target=self._run, args=(key,), name=f"fetch {teacher}", daemon=True).start()
        return self._fetches[key]

    def cancel(self) -> None:
        """Stops all downloads in progress; weights that are on this machine already are kept."""
        with self._lock:
            self._cancelled |= {key for key, fetch in self._fetches.items() if fetch.running}

    def wait(self, teacher: str, expected: str | None) -> None:
        """Downloads the weights and blocks until they are in the cache.

        Raises:
            WeightsError: No source has the weights, or the download was stopped.
        """
        while (fetch := self._fetches.get((teacher, expected)) or self.start(teacher, expected)).running:
            time.sleep(0.1)
        if fetch.problem:
            raise WeightsError(fetch.problem)

    def latest(self) -> Fetch | None:
        """Returns the state of the download that was started last, or None."""
        with self._lock:
            return next(reversed(self._fetches.values()), None)

    def _run(self, key: tuple[str, str | None]) -> None:
        from favae_demo.teacher.weight_store import ensure

        teacher, expected = key
        try:
            ensure(
                teacher,
                self.cache_dir,
                self.teacher_dir,
                lambda source, done, total: self._update(key, source=source, done=done, total=total),
                lambda: key in self._cancelled,
                expected=expected,
            )
            self._update(key, running=False)
        except CancelledError:
            self._update(key, running=False, problem="The download was stopped.")
        except FavaeError as error:
            self._update(key, running=False, problem=str(error))
        except BaseException:
            self._update(
                key, running=False, problem="Fetching the weights failed; the server's log says why."
            )
            raise

    def _update(self, key: tuple[str, str | None], **changes: Any) -> None:
        with self._lock:
            self._fetches[key] = replace(self._fetches[key], **changes)
