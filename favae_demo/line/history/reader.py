"""Opens the database of a line to read it, and narrows it to the verdicts that are asked for."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from favae_demo.core.errors import FavaeError
from favae_demo.core.files import display_name
from favae_demo.line.sinks.database import SCHEMA_VERSION
from favae_demo.line.tallies import QUARTER_MS, cells_query

MINUTE_MS, HOUR_MS = 60_000, 4 * QUARTER_MS
SHORT_MS = 2 * HOUR_MS  # spans that are read from the verdicts themselves
WAIT = 5.0  # seconds for a writer that holds the file
CELLS = "cells"


class HistoryError(FavaeError):
    """A database of verdicts cannot be read."""


@dataclass(frozen=True)
class Span:
    """A span of time.

    Attributes:
        start_ms: Its begin, in milliseconds since 1970 in UTC.
        end_ms: Its end, which is not part of it.
    """

    start_ms: int
    end_ms: int

    @classmethod
    def latest(cls, whole: "Span", length_ms: int | None) -> "Span":
        """Returns the end of a span, from a quarter of an hour to another, a short one from a minute to another; the whole one for None."""
        length = whole.length_ms if length_ms is None else min(whole.length_ms, length_ms)
        unit = QUARTER_MS if length > SHORT_MS else MINUTE_MS
        end = -(-whole.end_ms // unit) * unit
        start = whole.start_ms if length_ms is None else max(whole.start_ms, end - length_ms)
        return cls(start // unit * unit, end)

    @property
    def length_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.start_ms

    @property
    def is_whole(self) -> bool:
        """Whether it begins and ends at a quarter of an hour."""
        return not (self.start_ms % QUARTER_MS or self.end_ms % QUARTER_MS)


@dataclass(frozen=True)
class Filter:
    """Which verdicts are asked for.

    Attributes:
        span: When the pictures were taken up.
        source: Name of a source; empty for all.
        text: What the picture's name or the remark contains, in upper or lower case; empty for all.
    """

    span: Span
    source: str = ""
    text: str = ""

    @property
    def condition(self) -> str:
        """The condition on `verdicts` as SQL, with the names of `values`."""
        text = r"(name LIKE :text ESCAPE '\' OR remark LIKE :text ESCAPE '\')" if self.text else ""
        return " AND ".join(filter(None, ("time_ms >= :start AND time_ms < :end", self._source, text)))

    @property
    def cell_condition(self) -> str:
        """The condition on the table of `cells_table`."""
        return " AND ".join(filter(None, ("start_ms >= :start AND start_ms < :end", self._source)))

    @property
    def values(self) -> dict[str, object]:
        """Values of the conditions."""
        escaped = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {
            "start": self.span.start_ms,
            "end": self.span.end_ms,
            "source": self.source,
            "text": f"%{escaped}%",
        }

    @property
    def _source(self) -> str:
        return "source = :source" if self.source else ""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a database that others may write meanwhile; all that is read within the block is of one moment.

    Raises:
        HistoryError: There is no such file, or it is no database of verdicts; also where reading fails later.
    """
    name = display_name(path.name)
    if not path.is_file():
        raise HistoryError(f"There is no database {name!r}.")
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT)
        try:
            _check(database, name)
            database.execute("PRAGMA temp_store = MEMORY")
            database.execute("BEGIN")
            yield database
        finally:
            database.close()
    except sqlite3.Error as error:
        raise HistoryError(f"{name!r} cannot be read as a database of verdicts: {error}.") from error


def whole_span(database: sqlite3.Connection) -> Span | None:
    """Returns the span of all verdicts; None where there are none."""
    first, last = (
        database.execute(f"SELECT {end}(time_ms) FROM verdicts").fetchone()[0] for end in ("min", "max")
    )
    return None if first is None else Span(first, last + 1)


def source_names(database: sqlite3.Connection) -> list[str]:
    """Returns the names of all sources."""
    table = "tallies" if _has_tallies(database) else "verdicts"
    return [name for (name,) in database.execute(f"SELECT DISTINCT source FROM {table} ORDER BY source")]


def cells_table(database: sqlite3.Connection, asked: Filter, step_ms: int) -> str:
    """Returns the name of a table in the columns of `tallies` with times that a step is made of.

    That is `tallies` itself, unless a text, a shorter time or a database of an earlier version needs the verdicts themselves.
    """
    if not asked.text and step_ms % QUARTER_MS == 0 and asked.span.is_whole and _has_tallies(database):
        return "tallies"
    database.execute(f"DROP TABLE IF EXISTS temp.{CELLS}")
    query = cells_query(min(step_ms, QUARTER_MS), asked.condition)
    database.execute(f"CREATE TEMP TABLE {CELLS} AS {query}", asked.values)
    return CELLS


def _check(database: sqlite3.Connection, name: str) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise HistoryError(
            f"{name!r} was written by a later version of this program; update it to read this file."
        )
    if not _has(database, "verdicts") or not _has(database, "models"):
        raise HistoryError(f"{name!r} is no database of verdicts; choose the file that `watch --out` names.")


def _has_tallies(database: sqlite3.Connection) -> bool:
    return _has(database, "tallies")


def _has(database: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return database.execute(query, (table,)).fetchone() is not None
