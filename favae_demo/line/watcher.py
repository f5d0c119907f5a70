"""Judges the pictures of one source as they come."""

import logging
import threading
import time
from bisect import bisect_left
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from favae_demo.core.errors import FavaeError
from favae_demo.core.os_failures import sentence
from favae_demo.detection.detector import Detector
from favae_demo.detection.drift import ADVICE, DriftMonitor, signals, usual_signals
from favae_demo.line.config import SourcePlan
from favae_demo.line.pauses import Pauses
from favae_demo.line.picture_store import PictureStore
from favae_demo.line.sources import Shot, Source, Surroundings
from favae_demo.line.spool import Spool
from favae_demo.line.verdict_record import (
    VERDICTS,
    ModelIdentity,
    VerdictRecord,
    judged_record,
    unreadable_record,
)
from favae_demo.scoring.detection import Detection

log = logging.getLogger(__name__)
BUCKETS = (10, 25, 50, 100, 250, 500, 1000, 2500)  # milliseconds
WAIT = 0.5  # seconds between two checks whether to end


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to judge."""

    detector: Detector
    identity: ModelIdentity


@dataclass
class Counts:
    """What a source has given since the start. Other threads read it: no key or item is ever added.

    Attributes:
        verdicts: Their number by kind.
        dropped: Pictures that newer ones replaced.
        within: Verdicts by the time that they took: up to each of `BUCKETS`, and above.
        milliseconds: The sum of these times.
    """

    verdicts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(VERDICTS, 0)))
    dropped: int = 0
    within: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    milliseconds: float = 0.0

    def add(self, record: VerdictRecord) -> None:
        """Counts a verdict."""
        self.verdicts[record.verdict] += 1
        self.within[bisect_left(BUCKETS, record.milliseconds)] += 1
        self.milliseconds += record.milliseconds


class Watcher:
    """Judges the pictures of one source in a thread of its own.

    Args:
        plan: The source.
        model: Judges its pictures.
        spool: Takes the verdicts.
        pictures: Keeps pictures.
        around: What the source is opened with.
    """

    def __init__(
        self,
        plan: SourcePlan,
        model: LoadedModel,
        spool: Spool,
        pictures: PictureStore,
        around: Surroundings,
    ):
        self.plan, self.counts, self.problem = plan, Counts(), ""
        self._model, self._spool, self._pictures, self._around = model, spool, pictures, around
        self._drift = DriftMonitor(usual_signals(model.detector))
        self._pauses = Pauses()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"source {plan.name}", daemon=True)

    def start(self) -> None:
        """Starts to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end after the picture that is being judged."""
        self._stop.set()

    def join(self, wait: float) -> None:
        """Waits until it has ended."""
        self._thread.join(wait)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    @property
    def is_drifting(self) -> bool:
        """Whether the last pictures together are unlike the good parts."""
        return self._drift.current is not None

    def _run(self) -> None:
        """Watches until it is asked to end or the source is over; after a failure the source is opened anew."""
        while not self._stop.is_set():
            try:
                with closing(self.plan.open(self._around)) as source:
                    if self._watch(source):
                        return
            except Exception as error:
                if not isinstance(error, (FavaeError, OSError)):  # a bug, here or in a library
                    log.exception("Source %s failed unexpectedly.", self.plan.name)
                self._fail(error)

    def _watch(self, source: Source) -> bool:
        """Judges pictures until it is asked to end; returns whether the source is over."""
        dropped = self.counts.dropped
        while not self._stop.is_set():
            shot = source.take(WAIT)
            self.counts.dropped = dropped + source.dropped
            self._tell(source.problem)
            if shot is None:
                if source.is_over:
                    return True
                continue
            self._judge(shot)
            self._pauses.reset()
        return False

    def _judge(self, shot: Shot) -> None:
        record = self._record(shot)
        if self._spool.commit(record, shot.mark):
            self.counts.add(record)

    def _record(self, shot: Shot) -> VerdictRecord:
        model, source = self._model, self.plan.name
        if shot.image is None:
            return unreadable_record(
                shot.problem, model.identity, id=shot.id, time=shot.time, source=source, name=shot.name
            )
        (detection,) = model.detector.detect([shot.image], rate=self.plan.options.rate, names=[shot.name])
        milliseconds = (time.monotonic() - shot.at) * 1000
        record = judged_record(
            detection, model.identity, id=shot.id, time=shot.time, source=source, milliseconds=milliseconds
        )
        return self._kept(self._with_drift(record, detection), detection.image)

    def _with_drift(self, record: VerdictRecord, detection: Detection) -> VerdictRecord:
        """Returns the record with a remark if the last pictures have become unlike the good ones, which is also logged once."""
        before = self._drift.current
        drift = self._drift.add(record.name or record.time, signals(detection))
        if drift is None:
            if before is not None:
                log.info("Source %s: the pictures are as usual again.", self.plan.name)
            return record
        if before is None:
            log.warning("Source %s: %s %s", self.plan.name, drift.sentence, ADVICE)
        return replace(record, remark=f"{record.remark} {drift.sentence}".strip())

    def _kept(self, record: VerdictRecord, image: np.ndarray) -> VerdictRecord:
        """Keeps the picture if it is wanted; a disk that takes no pictures does not stop the verdicts."""
        try:
            return self._pictures.keep(record, image)
        except (FavaeError, OSError) as error:
            self._tell(_text(error))
            return replace(record, remark=f"{record.remark} The picture could not be kept.".strip())

    def _fail(self, error: Exception) -> None:
        self._tell(_text(error))
        self._stop.wait(self._pauses.next())

    def _tell(self, problem: str) -> None:
        """Logs a problem when it begins and when it ends."""
        if problem == self.problem:
            return
        if problem:
            log.warning("Source %s: %s", self.plan.name, problem)
        else:
            log.info("Source %s is well again.", self.plan.name)
        self.problem = problem


def _text(error: Exception) -> str:
    return sentence(error) if isinstance(error, OSError) else str(error)
