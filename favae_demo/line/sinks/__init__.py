"""Where verdicts go: one file for each kind, one row each in `SINKS` (`favae_demo/line/sinks/table.py`)."""

from collections.abc import Sequence
from typing import Protocol

from favae_demo.core.errors import FavaeError
from favae_demo.line.verdict_record import VerdictRecord


class SinkError(FavaeError):
    """A sink cannot take verdicts now; it is tried again."""


class Sink(Protocol):
    """Takes verdicts. Used by one thread.

    Attributes:
        batch: How many it takes at once.
    """

    batch: int

    def start(self) -> None:
        """Called once before verdicts are delivered, but not before a check: connects, and says that it is there.

        Raises:
            FavaeError: It cannot now.
        """

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """Takes records, oldest first; after a failure or a crash the same ones come again.

        Raises:
            FavaeError: It cannot take them now. `OSError` and `sqlite3.Error` mean the same.
        """

    def check(self) -> None:
        """Tries whether it could take verdicts, without writing one.

        Raises:
            FavaeError: It could not.
        """

    def close(self) -> None:
        """Closes files and connections."""
