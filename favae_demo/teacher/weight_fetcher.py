"""Fetching teacher weights beside the page: one background thread a set of weights, watched by whoever needs them."""

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from favae_demo.core.errors import CancelledError, FavaeError, WeightsError


@dataclass(frozen=True)
class Fetch:
    """How far a fetch is.

    Attributes:
        teacher: Whose weights.
        expected: Fingerprint of the only weights that will do, or None.
        source: Where they come from at present.
        done: Bytes so far.
        total: Bytes in all, 0 while that is not known.
        running: Whether it goes on.
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
        """How much is done, in [0, 1]."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Fetcher:
    """The fetches of one process; every method may be called from any thread.

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
        """Whether the weights are in the cache; those that came with the app's packages are put there now."""
        from favae_demo.teacher import weight_store  # torch: not before it is needed

        return weight_store.is_cached(teacher, self.cache_dir, expected) or weight_store.take_installed(
            teacher, self.cache_dir, self.teacher_dir, expected
        )

    def start(self, teacher: str, expected: str | None) -> Fetch:
        """Begins to fetch, or tells how far the fetch under way is."""
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
        """Stops all fetches under way; what is on this machine already stays as it is."""
        with self._lock:
            self._cancelled |= {key for key, fetch in self._fetches.items() if fetch.running}

    def wait(self, teacher: str, expected: str | None) -> None:
        """Fetches and blocks until the weights are here.

        Raises:
            WeightsError: They could not be had, or the fetch was stopped.
        """
        while (fetch := self._fetches.get((teacher, expected)) or self.start(teacher, expected)).running:
            time.sleep(0.1)
        if fetch.problem:
            raise WeightsError(fetch.problem)

    def latest(self) -> Fetch | None:
        """The fetch that was begun last, or None."""
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
                lambda source, done, total: self._note(key, source=source, done=done, total=total),
                lambda: key in self._cancelled,
                expected=expected,
            )
            self._note(key, running=False)
        except CancelledError:
            self._note(key, running=False, problem="The download was stopped.")
        except FavaeError as error:
            self._note(key, running=False, problem=str(error))
        except BaseException:
            self._note(key, running=False, problem="Fetching the weights failed; the server's log says why.")
            raise

    def _note(self, key: tuple[str, str | None], **changes: Any) -> None:
        with self._lock:
            self._fetches[key] = replace(self._fetches[key], **changes)
