"""Single verdicts from the database of a line: a page of them, one of them, all that are asked for."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from favae_demo.line.history.reader import Filter
from favae_demo.line.verdict_record import ModelIdentity, VerdictRecord, utc_text

# What is shown → its condition.
SHOWS = {
    "kept": "picture <> ''",
    "defect": "verdict = 'defect'",
    "good": "verdict = 'good'",
    "not judged": "verdict = 'not judged'",
    "unreadable": "verdict = 'unreadable'",
    "all": "1",
}
ORDERS = {"new": "time_ms DESC, number DESC", "old": "time_ms, number", "high": "multiple DESC, number"}
COLUMNS = "number, id, time_ms, source, name, verdict, multiple, score, threshold, regions, model, remark, picture, milliseconds"


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict with its number in the database."""

    number: int
    record: VerdictRecord


def count_verdicts(database: sqlite3.Connection, asked: Filter, show: str) -> int:
    """Returns how many verdicts there are.

    Args:
        database: From `reading`.
        asked: Which verdicts count.
        show: A key of `SHOWS`.
    """
    query = f"SELECT count(*) FROM verdicts WHERE {asked.condition} AND {SHOWS[show]}"
    return database.execute(query, asked.values).fetchone()[0]


def read_page(
    database: sqlite3.Connection, asked: Filter, show: str, order: str, page: int, size: int
) -> list[StoredVerdict]:
    """Returns one page of verdicts.

    Args:
        database: From `reading`.
        asked: Which verdicts count.
        show: A key of `SHOWS`.
        order: A key of `ORDERS`.
        page: Index of the page, from 0.
        size: Verdicts on a page.
    """
    return list(_read(database, asked, show, order, f"LIMIT {size} OFFSET {page * size}"))


def read_all(database: sqlite3.Connection, asked: Filter, show: str) -> Iterator[StoredVerdict]:
    """Yields all verdicts in the order of time, one by one from disk; arguments as of `count_verdicts`."""
    return _read(database, asked, show, "old")


def read_one(database: sqlite3.Connection, number: int) -> StoredVerdict | None:
    """Returns a verdict by its number; None where there is none."""
    rows = database.execute(f"SELECT {COLUMNS} FROM verdicts WHERE number = ?", (number,))
    return next(_stored(database, rows), None)


def _read(
    database: sqlite3.Connection, asked: Filter, show: str, order: str, limit: str = ""
) -> Iterator[StoredVerdict]:
    query = f"SELECT {COLUMNS} FROM verdicts WHERE {asked.condition} AND {SHOWS[show]} ORDER BY {ORDERS[order]} {limit}"
    return _stored(database, database.execute(query, asked.values))


def _stored(database: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> Iterator[StoredVerdict]:
    model_rows = database.execute("SELECT number, name, fingerprint, category FROM models")
    models = {number: ModelIdentity(*names) for number, *names in model_rows}
    for (
        number,
        id_,
        time_ms,
        source,
        name,
        verdict,
        multiple,
        score,
        threshold,
        regions,
        model,
        *rest,
    ) in rows:
        judge, (remark, picture, milliseconds) = models[model], rest
        record = VerdictRecord(
            id=id_, time=utc_text(datetime.fromtimestamp(time_ms / 1000, UTC)), source=source, name=name,
            category=judge.category, verdict=verdict, multiple=multiple, score=score, threshold=threshold,
            regions=tuple(json.loads(regions)), model=judge.name, fingerprint=judge.fingerprint, remark=remark,
            picture=picture, milliseconds=milliseconds,
        )  # fmt: skip
        yield StoredVerdict(number, record)
