"""Batches in the background, one thread for each; a batch continues when its browser tab is closed."""

import errno
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from favae_demo.core.errors import ConfigError, FavaeError
from favae_demo.core.held_files import hold
from favae_demo.data.io.image_stream import images
from favae_demo.detection.batch.folder import KEPT_SECONDS, BatchFolder
from favae_demo.detection.batch.judge import BatchRow, Scale, judge
from favae_demo.detection.drift import Drift, DriftMonitor
from favae_demo.detection.registry import Registry

MOST_AT_ONCE = 3
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Batch:
    """State of one batch; written by its thread alone, and read by others.

    Attributes:
        folder: Its results on disk.
        model: Path of the model file.
        title: Title of the model for people.
        scale: Rates and thresholds; None until the model is loaded.
        share: Progress, in [0, 1].
        session: Session of the page that started it, or an empty string.
        sources: What is judged.
        running: Whether the thread still runs.
        stopped: Whether it was stopped before all images were done.
        problem: Why it ended early, or an empty string.
        began: Time of its start, in seconds of the monotonic clock.
        seconds: Duration of the detection, without loading the model.
    """

    folder: BatchFolder
    model: Path
    title: str
    scale: Scale | None = None
    session: str = ""
    sources: tuple[Path, ...] = ()
    share: float = 0.0
    running: bool = True
    stopped: bool = False
    problem: str = ""
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    _rows: list[BatchRow] = field(default_factory=list)
    _monitor: DriftMonitor = field(default_factory=lambda: DriftMonitor({}))
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def rows(self) -> list[BatchRow]:
        """The rows so far."""
        return list(self._rows)

    @property
    def count(self) -> int:
        """Number of rows so far."""
        return len(self._rows)

    @property
    def drifts(self) -> list[Drift]:
        """Where the rows so far differ from the good images as a series."""
        return self._monitor.drifts

    @property
    def judged(self) -> int:
        """Number of rows with a score."""
        return sum(row.score is not None for row in self._rows)

    def content(self, number: int) -> bytes | None:
        """Returns the file of a row, read from its source again; None if that is gone or has changed."""
        name = next((row.name for row in self.rows if row.number == number), None)
        if not all(source.exists() for source in self.sources):
            return None
        given = islice(images(self.sources, wanted={number}), number - 1, number)
        return next((file.content for file in given if file.name == name), None)

    def stop(self) -> None:
        """Stops the batch after the current image; its results stay."""
        self._stop.set()

    def run(self, registry: Registry, sources: Sequence[Path], rates: Sequence[float]) -> None:
        """Runs detection on all images; called once, in the batch's thread."""
        with hold([*sources, self.folder.path]):
            self._run(registry, sources, rates)

    def _run(self, registry: Registry, sources: Sequence[Path], rates: Sequence[float]) -> None:
        try:
            registry.await_weights(self.model)
            detector = registry.detector(self.model)
            self.scale, start = Scale.of(detector, rates), time.monotonic()
            self._monitor = DriftMonitor(self.scale.usual)
            given = images(sources)
            for judged in judge(detector, self.scale, given, max_pixels=registry.settings.max_pixels):
                self.folder.keep(judged)
                self._rows.append(judged.row)
                if judged.row.signals:
                    self._monitor.add(judged.row.name, judged.row.signals)
                self.share, self.seconds = judged.share, time.monotonic() - start
                if self._stop.is_set():
                    self.stopped = self.share < 1
                    break
        except FavaeError as error:
            self.problem = str(error)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            self.problem = (
                "The disk is full; what was judged so far is kept." if full else f"It ended early: {error}."
            )
        except Exception:
            _log.exception("a batch failed")
            self.problem = "It ended early by a mistake of the program; the server's log says which."
        finally:
            self.running = False


class BatchManager:
    """The batches of one process, the latest of each owner; all methods are thread-safe.

    Args:
        registry: The available models.
        results: Folder in which each batch gets a folder.
    """

    def __init__(self, registry: Registry, results: Path):
        self._registry, self._results = registry, results
        self._batches: dict[str, Batch] = {}
        self._lock = threading.Lock()

    def of(self, owner: str) -> Batch | None:
        """Returns an owner's latest batch, or None."""
        with self._lock:
            return self._batches.get(owner)

    def start(
        self,
        owner: str,
        model: Path,
        title: str,
        sources: Sequence[Path],
        rates: Sequence[float],
        session: str = "",
    ) -> Batch:
        """Starts a batch, which replaces the owner's previous one.

        Args:
            owner: Secret key of the owner.
            model: Path of the model file.
            title: Title of the model for people.
            sources: Files, folders and archives, as for `image_stream.images`.
            rates: False-alarm rates that can be chosen afterwards.
            session: Session of the page, which has one batch at a time whatever owners it names.

        Raises:
            ConfigError: The owner's last batch is still running, or too many batches are.
        """
        with self._lock:
            now = time.monotonic()
            known = {
                key: batch
                for key, batch in self._batches.items()
                if batch.running or batch.began > now - KEPT_SECONDS
            }
            own = {
                id for id, batch in known.items() if batch.running and session and batch.session == session
            }
            if own or (owner in known and known[owner].running):
                raise ConfigError(
                    "Your last batch is still running; wait until it is done, or stop it first."
                )
            if sum(batch.running for batch in known.values()) >= MOST_AT_ONCE:
                raise ConfigError(
                    "Other visitors' batches are running at present; try again in a few minutes."
                )
            batch = known[owner] = Batch(
                BatchFolder.new(self._results), model, title, session=session, sources=tuple(sources)
            )
            self._batches = known
        work = threading.Thread(
            target=batch.run, args=(self._registry, sources, rates), name=f"batch {title}", daemon=True
        )
        work.start()
        return batch
