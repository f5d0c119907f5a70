"""A watched folder: each picture is judged once, when it is whole, and none is dropped."""

import contextlib
import logging
import queue
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field
from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from favae_demo.core.errors import ImageError
from favae_demo.core.files import encodable_name
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.images import read_image
from favae_demo.line.sources import Shot, SourceError, SourceOptions, Surroundings, crop
from favae_demo.line.spool import Mark

log = logging.getLogger(__name__)
POLL = 0.05  # seconds between two checks of files that are not whole yet


class FolderOptions(SourceOptions):
    """Settings of the source `folder`.

    Attributes:
        path: The folder, with all folders in it.
        settle: Seconds for which a file must not change before it counts as whole, where the system does not tell that it was closed.
        rescan: Seconds between two listings of the folder, which find what the system did not tell (network drives tell nothing).
    """

    path: Path
    settle: Annotated[float, Field(gt=0, le=3600)] = 1.0
    rescan: Annotated[float, Field(gt=0, le=86_400)] = 60.0


@dataclass(frozen=True)
class _State:
    """Size and time of change of a file, and since when they have been so."""

    size: int
    changed: int  # nanoseconds
    since: float  # seconds on the monotonic clock

    def text(self) -> str:
        return f"{self.size}-{self.changed}"


class FolderSource:
    """Gives the pictures of a folder as they arrive, those that are there first.

    Args:
        options: Its settings.
        around: What it is opened with.
    """

    dropped = 0

    def __init__(self, options: FolderOptions, around: Surroundings):
        self.options, self._around = options, around
        self.problem = ""
        # The observer's thread only puts events here; everything else happens in the thread that takes pictures.
        self._events: queue.SimpleQueue[FileSystemEvent] = queue.SimpleQueue()
        self._whole: dict[Path, None] = {}
        self._unsettled: dict[Path, _State] = {}
        self._observer: BaseObserver | None = None
        self._next_scan = 0.0

    @property
    def is_over(self) -> bool:
        """See `Source.is_over`."""
        return self._around.once and self._next_scan > 0 and not self._whole and not self._unsettled

    def take(self, wait: float) -> Shot | None:
        """See `Source.take`."""
        until = time.monotonic() + wait
        while True:
            if time.monotonic() >= self._next_scan:
                self._rescan()
            self._take_events()
            self._settle()
            while self._whole:
                path = next(iter(self._whole))
                del self._whole[path]
                if shot := self._read(path):
                    return shot
            if self.is_over or time.monotonic() >= until:
                return None
            self._await_event(min(POLL, max(0.0, until - time.monotonic())))

    def check(self) -> None:
        """See `Source.check`."""
        self._list_folder()

    def close(self) -> None:
        """See `Source.close`."""
        if self._observer:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def _rescan(self) -> None:
        """Lists the folder, adds what has not been judged, and forgets what is gone."""
        self._next_scan = time.monotonic() + self.options.rescan
        try:
            self._watch()
            paths = self._list_folder()
        except (OSError, SourceError) as error:
            self.problem = f"{error}"
            self.close()
            return
        self.problem = ""
        for path in paths:
            if path not in self._whole and path not in self._unsettled:
                self._add(path)
        self._around.memory.forget(self.options.name, {self._name(path) for path in paths})

    def _list_folder(self) -> list[Path]:
        """Returns the pictures in the folder, the oldest first."""
        if not self.options.path.is_dir():
            raise SourceError(f"There is no folder {str(self.options.path)!r}.")
        dated = []
        for path in self.options.path.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                if _is_picture(path) and path.is_file():
                    dated.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(dated)]

    def _watch(self) -> None:
        """Starts to watch for changes; where the system cannot, only the listings find them."""
        if self._observer and self._observer.is_alive():
            return
        observer = Observer()
        try:
            observer.schedule(_Collector(self._events), str(self.options.path), recursive=True)
            observer.start()
        except OSError as error:
            log.warning("%s: changes are found by listing the folder only (%s).", self.options.name, error)
            return
        self._observer = observer

    def _add(self, path: Path) -> None:
        """Adds a file that has not been judged: at once if it has long been as it is, else when it does not change any more."""
        if (state := self._state(path)) is None or self._around.memory.is_judged(self._mark(path, state)):
            return
        is_old = time.time() - state.changed / 1e9 > self.options.settle
        if is_old:
            self._whole[path] = None
        else:
            self._unsettled.setdefault(path, state)

    def _await_event(self, wait: float) -> None:
        with contextlib.suppress(queue.Empty):
            self._handle(self._events.get(timeout=wait))

    def _take_events(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._handle(self._events.get_nowait())

    def _handle(self, event: FileSystemEvent) -> None:
        path = Path(str(event.dest_path or event.src_path))
        if isinstance(event, FileMovedEvent):
            self._move(Path(str(event.src_path)), path)
        if not _is_picture(path):
            return
        if isinstance(event, FileClosedEvent):
            self._unsettled.pop(path, None)
            if (state := self._state(path)) and not self._around.memory.is_judged(self._mark(path, state)):
                self._whole[path] = None
        elif path not in self._whole:
            self._add(path)

    def _move(self, old: Path, new: Path) -> None:
        """A judged picture under a new name stays judged; one that waits goes on waiting under its new name."""
        if _is_picture(old) and _is_picture(new):
            self._around.memory.rename(self.options.name, self._name(old), self._name(new))
        self._unsettled.pop(old, None)
        was_whole = old in self._whole
        self._whole.pop(old, None)
        if was_whole and _is_picture(new):
            self._whole[new] = None

    def _settle(self) -> None:
        """Takes over files that have not changed for long enough."""
        now = time.monotonic()
        for path, state in list(self._unsettled.items()):
            current = self._state(path)
            if current is None:
                del self._unsettled[path]
            elif current.text() != state.text():
                self._unsettled[path] = current
            elif now - state.since >= self.options.settle:
                del self._unsettled[path]
                self._whole[path] = None

    def _read(self, path: Path) -> Shot | None:
        """Returns a picture, or None if it is gone, judged already, or not whole after all."""
        before = self._state(path)
        if before is None or self._around.memory.is_judged(self._mark(path, before)):
            return None
        shot = self._shot(path, before)
        after = self._state(path)
        is_new = 0 <= time.time() - before.changed / 1e9 < self.options.settle
        if after is None or (after.text() == before.text() and not (shot.problem and is_new)):
            return shot if after else None
        self._unsettled[path] = after  # it was being written
        return None

    def _shot(self, path: Path, state: _State) -> Shot:
        mark = self._mark(path, state)
        shot = Shot(None, mark.name, mark.id, mark)
        try:
            image = read_image(path, self._around.levels, max_pixels=self._around.max_pixels)
        except ImageError as error:
            return replace(shot, problem=str(error))
        return replace(shot, image=replace(image, pixels=crop(image.pixels, self.options.roi)))

    def _state(self, path: Path) -> _State | None:
        try:
            status = path.stat()
        except OSError:  # gone, or not to be seen any more
            return None
        return _State(status.st_size, status.st_mtime_ns, time.monotonic())

    def _name(self, path: Path) -> str:
        return encodable_name(path.relative_to(self.options.path).as_posix())

    def _mark(self, path: Path, state: _State) -> Mark:
        return Mark(self.options.name, self._name(path), state.text())


class _Collector(FileSystemEventHandler):
    """Puts what may concern a picture into a queue."""

    WANTED = (FileClosedEvent, FileCreatedEvent, FileModifiedEvent, FileMovedEvent)

    def __init__(self, events: "queue.SimpleQueue[FileSystemEvent]"):
        self._events = events

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer's thread."""
        if isinstance(event, self.WANTED):
            self._events.put(event)


def _is_picture(path: Path) -> bool:
    """Returns whether a name is that of a picture; programs write under hidden names before they rename."""
    return path.suffix.lower() in EXTENSIONS and not path.name.startswith(".")
