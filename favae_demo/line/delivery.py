"""Takes the records of one sink from the spool and delivers them in order, again and again until the sink takes them."""

import logging
import sqlite3
import threading

from favae_demo.core.errors import FavaeError
from favae_demo.core.os_failures import sentence
from favae_demo.line.config import SinkPlan
from favae_demo.line.pauses import Pauses
from favae_demo.line.sinks import Sink
from favae_demo.line.spool import Spool

log = logging.getLogger(__name__)
WAIT = 0.5  # seconds between two checks whether to end
FAILURES = (FavaeError, OSError, sqlite3.Error)  # that a sink may have


class Delivery:
    """Delivers to one sink in a thread of its own.

    Args:
        plan: The sink.
        spool: Where records wait.
    """

    def __init__(self, plan: SinkPlan, spool: Spool):
        self.plan, self._spool = plan, spool
        self.problem = ""
        self._sink: Sink | None = None
        self._pauses = Pauses()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sink {plan.name}", daemon=True)

    def start(self) -> None:
        """Starts to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end: it delivers what waits, until that fails."""
        self._stop.set()
        self._spool.wake()

    def join(self, wait: float) -> None:
        """Waits until it has ended."""
        self._thread.join(wait)

    def _run(self) -> None:
        try:
            while not self._step():
                pass
        finally:
            self._close()

    def _step(self) -> bool:
        """Delivers the next records; returns whether to end."""
        stopping = self._stop.is_set()
        try:
            sink = self._opened()
            waiting = self._spool.pending(self.plan.name, sink.batch, 0 if stopping else WAIT)
            if not waiting:
                self._recover()
                return stopping
            sink.deliver([item.record for item in waiting])
            self._spool.delivered(self.plan.name, waiting[-1].number)
        except Exception as error:
            if not isinstance(
                error, FAILURES
            ):  # a bug, here or in a library; the verdicts wait as for any other failure
                log.exception("Sink %s failed unexpectedly.", self.plan.name)
            self._fail(error)
            return stopping or (self._stop.wait(self._pauses.next()) and False)
        self._recover()
        return False

    def _opened(self) -> Sink:
        if self._sink is None:
            self._sink = self.plan.open()
            self._sink.start()
        return self._sink

    def _fail(self, error: Exception) -> None:
        text = sentence(error) if isinstance(error, OSError) else str(error)
        if text != self.problem:
            log.warning("Sink %s: %s Its verdicts wait.", self.plan.name, text)
        self.problem = text
        self._close()  # it is opened anew: a file may have been moved, a connection broken

    def _recover(self) -> None:
        if self.problem:
            log.info("Sink %s is there again.", self.plan.name)
        self.problem = ""
        self._pauses.reset()

    def _close(self) -> None:
        if self._sink is not None:
            try:
                self._sink.close()
            except Exception as error:
                log.warning("Sink %s: %s", self.plan.name, error)
            self._sink = None
