"""A bounded spool on disk: verdicts wait in it, in order, until each sink has taken them.

Verdicts and what has been judged are written in one transaction. A process that is killed between two of them has neither lost nor doubled a
verdict: an image whose verdict was not written is judged again, and gets the same id.
"""

import hashlib
import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from favae_demo.core.errors import ConfigError
from favae_demo.line.sqlite_files import open_database
from favae_demo.line.verdict_record import VerdictRecord

log = logging.getLogger(__name__)
MOST_WAITING = 100_000  # records for each sink; about 100 MB on disk
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sinks (name TEXT PRIMARY KEY, delivered INTEGER NOT NULL, lost INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS judged (source TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (source, name, state))
    WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Waiting:
    """A record with its place in the order of the spool."""

    number: int
    record: VerdictRecord


@dataclass(frozen=True)
class Mark:
    """What must not be judged twice: an image, and the state in which it was read (size and time of change, or number of the frame)."""

    source: str
    name: str
    state: str

    @property
    def id(self) -> str:
        """The id of the verdict on it."""
        text = "\0".join((self.source, self.name, self.state))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Spool:
    """The records that wait, and what has been judged. Safe to use from several threads; one process at a time.

    Args:
        folder: Where its files lie; it is made.
        sinks: Names of the sinks. A sink that is new here gets what comes from now on.
        most: Records that wait for one sink at most; beyond that its oldest are given up, and counted.

    Raises:
        ConfigError: Another process uses this folder.
    """

    def __init__(self, folder: Path, sinks: Sequence[str], *, most: int = MOST_WAITING):
        folder.mkdir(parents=True, exist_ok=True)
        self._process_lock = FileLock(folder / "lock")
        try:
            self._process_lock.acquire(timeout=0)
        except Timeout:
            raise ConfigError(
                f"Another program watches with the folder {str(folder)!r} already; stop it, or name another `state`."
            ) from None
        self.most, self._changed = most, threading.Condition()
        # The write-ahead log survives a killed process as it is; after a power cut the last verdicts may be judged again.
        self._database = open_database(folder / "spool.sqlite", SCHEMA, SCHEMA_VERSION)
        self._add_sinks(sinks)

    def commit(self, record: VerdictRecord, mark: Mark | None = None) -> bool:
        """Adds a record for every sink, with the mark of what was judged; returns whether it is new."""
        with self._changed, self._database as database:
            if mark and self._is_marked(mark):
                return False
            row = database.execute(
                "INSERT OR IGNORE INTO records (id, body) VALUES (?, ?)", (record.id, record.to_json())
            )
            if mark:
                database.execute("INSERT INTO judged VALUES (?, ?, ?)", (mark.source, mark.name, mark.state))
            self._give_up_oldest()
            self._changed.notify_all()
            return row.rowcount == 1

    def is_judged(self, mark: Mark) -> bool:
        """Returns whether this has been judged."""
        with self._changed:
            return self._is_marked(mark)

    def rename(self, source: str, old: str, new: str) -> None:
        """Notes that a judged image has another name now."""
        with self._changed, self._database as database:
            database.execute(
                "INSERT OR IGNORE INTO judged SELECT source, ?, state FROM judged WHERE source = ? AND name = ?",
                (new, source, old),
            )

    def forget(self, source: str, present: Collection[str]) -> int:
        """Deletes the marks of images that no longer exist; returns their number.

        Args:
            source: Name of the source.
            present: Names of its images that exist.
        """
        with self._changed, self._database as database:
            rows = database.execute("SELECT DISTINCT name FROM judged WHERE source = ?", (source,))
            gone = [(source, name) for (name,) in rows if name not in present]
            database.executemany("DELETE FROM judged WHERE source = ? AND name = ?", gone)
            return len(gone)

    def pending(self, sink: str, most: int, wait: float = 0.0) -> list[Waiting]:
        """Returns the next records for a sink, oldest first; waits up to `wait` seconds for one."""
        with self._changed:
            waiting = self._next(sink, most)
            if not waiting and wait:
                self._changed.wait(wait)
                waiting = self._next(sink, most)
            return waiting

    def delivered(self, sink: str, number: int) -> None:
        """Notes that a sink has taken all records up to this one; what all sinks have is deleted."""
        with self._changed, self._database as database:
            database.execute("UPDATE sinks SET delivered = max(delivered, ?) WHERE name = ?", (number, sink))
            database.execute("DELETE FROM records WHERE number <= (SELECT min(delivered) FROM sinks)")

    def waiting(self) -> dict[str, int]:
        """Returns the number of records that wait, by sink."""
        with self._changed:
            return {name: self._newest() - delivered for name, delivered, _ in self._sink_rows()}

    def lost(self) -> dict[str, int]:
        """Returns the number of records that were given up since the spool was made, by sink."""
        with self._changed:
            return {name: lost for name, _, lost in self._sink_rows()}

    def wake(self) -> None:
        """Ends the waiting of `pending`."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Closes the files and lets other processes use the folder."""
        with self._changed:
            self._database.close()
            self._process_lock.release()

    def _add_sinks(self, names: Sequence[str]) -> None:
        with self._database as database:
            for name in names:
                row = (name, self._newest())
                database.execute("INSERT OR IGNORE INTO sinks (name, delivered) VALUES (?, ?)", row)
            for name, delivered, _ in self._sink_rows():
                if name not in names:
                    database.execute("DELETE FROM sinks WHERE name = ?", (name,))
                    log.warning(
                        "%d verdicts waited for %r, which is no sink any more.",
                        self._newest() - delivered,
                        name,
                    )

    def _is_marked(self, mark: Mark) -> bool:
        query = "SELECT 1 FROM judged WHERE source = ? AND name = ? AND state = ?"
        return self._database.execute(query, (mark.source, mark.name, mark.state)).fetchone() is not None

    def _next(self, sink: str, most: int) -> list[Waiting]:
        query = """SELECT number, body FROM records WHERE number > (SELECT delivered FROM sinks WHERE name = ?)
                   ORDER BY number LIMIT ?"""
        rows = self._database.execute(query, (sink, most))
        return [Waiting(number, VerdictRecord.from_json(body)) for number, body in rows]

    def _newest(self) -> int:
        row = self._database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'records'").fetchone()
        return row[0] if row else 0

    def _sink_rows(self) -> list[tuple[str, int, int]]:
        return self._database.execute("SELECT name, delivered, lost FROM sinks").fetchall()

    def _give_up_oldest(self) -> None:
        oldest = self._newest() - self.most
        self._database.execute(
            "UPDATE sinks SET lost = lost + ? - delivered, delivered = ? WHERE delivered < ?",
            (oldest, oldest, oldest),
        )
        self._database.execute("DELETE FROM records WHERE number <= ?", (oldest,))
