"""Runs one import at a time in a background thread; it goes on when the page that started it is closed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from favae_demo.core.errors import DataError, FavaeError, PlanError
from favae_demo.data.library.import_progress import Progress

Work = Callable[[Progress, Callable[[], bool]], list[str]]
"""Adds categories and returns their names. It is called with a progress callback, and with a callback that returns True to stop it."""


@dataclass(frozen=True)
class ImportJob:
    """State of an import.

    Attributes:
        title: Name of what is added, shown to the user.
        number: Number of the import in this process, from 1.
        stage: Current stage, one of the constants of `import_progress`.
        done: Units of the stage that are done.
        total: Units of the stage in all; 0 while unknown.
        running: Whether it is still running.
        problem: Why it failed or was stopped; empty if it did not.
        needs_roles: Whether it failed because the plan leaves a role open.
        added: Names of the added categories.
        remarks: What the check of the images found.
    """

    title: str
    number: int
    stage: str = ""
    done: int = 0
    total: int = 0
    running: bool = True
    problem: str = ""
    needs_roles: bool = False
    added: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of the stage that is done, in [0, 1]."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


@dataclass(eq=False)
class ImportRunner:
    """Starts and tracks the imports of one process; thread-safe."""

    _job: ImportJob | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, title: str, work: Work) -> ImportJob:
        """Starts an import.

        Raises:
            DataError: Another import is running.
        """
        with self._lock:
            if self._job and self._job.running:
                raise DataError(f"{self._job.title} is being added; wait until it is done, or stop it first.")
            self._job = job = ImportJob(title, self._job.number + 1 if self._job else 1)
            self._stop.clear()
        threading.Thread(target=self._run, args=(work,), name=f"add {title}", daemon=True).start()
        return job

    def cancel(self) -> None:
        """Requests a stop of the running import, which leaves nothing behind."""
        self._stop.set()

    def remark(self, sentence: str) -> None:
        """Adds a remark of the image check to the running import."""
        with self._lock:
            if self._job:
                self._job = replace(self._job, remarks=(*self._job.remarks, sentence))

    def latest(self) -> ImportJob | None:
        """Returns the import that was started last, or None."""
        with self._lock:
            return self._job

    def _run(self, work: Work) -> None:
        try:
            added = work(self._progress, self._stop.is_set)
            self._note(running=False, added=tuple(added))
        except FavaeError as error:
            self._note(running=False, problem=str(error), needs_roles=isinstance(error, PlanError))
        except BaseException:
            self._note(running=False, problem="Adding it failed; the server's log says why.")
            raise

    def _progress(self, stage: str, done: int, total: int) -> None:
        self._note(stage=stage, done=done, total=total)

    def _note(self, **changes: Any) -> None:
        with self._lock:
            if self._job:
                self._job = replace(self._job, **changes)
