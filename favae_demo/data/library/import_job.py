"""Adding data beside the page: one thread at a time, watched by whoever looks; a closed tab does not end it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from favae_demo.core.errors import DataError, FavaeError, PlanError
from favae_demo.data.library.import_progress import Progress

Work = Callable[[Progress, Callable[[], bool]], list[str]]
"""Adds categories and returns their names; told a progress to report to, and what says whether to stop."""


@dataclass(frozen=True)
class ImportJob:
    """How far something that is being added is.

    Attributes:
        title: What is added, for people.
        number: Counts the jobs of this process from 1.
        stage: What is being done at present, one of the constants of `import_progress`.
        done: How much of the stage is done.
        total: How much the stage is in all, 0 while that is not known.
        running: Whether it goes on.
        problem: Why it ended without an addition, or an empty string.
        needs_roles: Whether the problem is that the plan leaves something open.
        added: Names of the categories it added.
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
        """How much of the stage is done, in [0, 1]."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


@dataclass(eq=False)
class ImportRunner:
    """The additions of one process; every method may be called from any thread."""

    _job: ImportJob | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, title: str, work: Work) -> ImportJob:
        """Begins to add something.

        Raises:
            DataError: Something else is being added.
        """
        with self._lock:
            if self._job and self._job.running:
                raise DataError(f"{self._job.title} is being added; wait until it is done, or stop it first.")
            self._job = job = ImportJob(title, self._job.number + 1 if self._job else 1)
            self._stop.clear()
        threading.Thread(target=self._run, args=(work,), name=f"add {title}", daemon=True).start()
        return job

    def cancel(self) -> None:
        """Stops what is under way; it ends within moments, and nothing half-added stays."""
        self._stop.set()

    def remark(self, sentence: str) -> None:
        """Adds a sentence on what the check of the images found."""
        with self._lock:
            if self._job:
                self._job = replace(self._job, remarks=(*self._job.remarks, sentence))

    def latest(self) -> ImportJob | None:
        """What was begun last, or None."""
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
