"""The default sink: a SQLite file, which may be read while it is written."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from favae_demo.line import tallies
from favae_demo.line.options import Table
from favae_demo.line.sinks import SinkError
from favae_demo.line.sqlite_files import open_database
from favae_demo.line.verdict_record import VerdictRecord

SCHEMA_VERSION = 1
# Times are milliseconds since 1970 in UTC: a million rows are grouped by hour without parsing text. The view shows them as text.
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS models (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, fingerprint TEXT NOT NULL, category TEXT NOT NULL, UNIQUE (fingerprint, name));
CREATE TABLE IF NOT EXISTS verdicts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time_ms INTEGER NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,
    verdict TEXT NOT NULL, multiple REAL, score REAL, threshold REAL, regions TEXT NOT NULL, model INTEGER NOT NULL REFERENCES models,
    remark TEXT NOT NULL, picture TEXT NOT NULL, milliseconds REAL NOT NULL);
CREATE INDEX IF NOT EXISTS verdicts_by_time ON verdicts (time_ms, source, verdict, multiple);
CREATE INDEX IF NOT EXISTS verdicts_kept ON verdicts (time_ms, source) WHERE picture <> '';
CREATE INDEX IF NOT EXISTS verdicts_with_defect ON verdicts (time_ms, source) WHERE verdict = 'defect';
CREATE VIEW IF NOT EXISTS readable AS
    SELECT v.number, strftime('%Y-%m-%d %H:%M:%f', time_ms / 1000.0, 'unixepoch') AS utc, source, v.name, category, verdict, multiple,
    score, threshold, regions, m.name AS model, fingerprint, remark, picture, milliseconds, id
    FROM verdicts v JOIN models m ON m.number = v.model;
{tallies.SCHEMA}"""


class DatabaseOptions(Table):
    """Settings of the sink `sqlite`."""

    path: Path


class DatabaseSink:
    """Writes verdicts to a SQLite file; one that is there already is not written again.

    Args:
        options: Its settings.
    """

    batch = 256

    def __init__(self, options: DatabaseOptions):
        self._path = options.path
        self._database = open_database(options.path, SCHEMA, SCHEMA_VERSION)

    def start(self) -> None:
        """See `Sink.start`."""

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        with self._database as database:
            for record in records:
                database.execute(
                    "INSERT OR IGNORE INTO models (name, fingerprint, category) VALUES (?, ?, ?)",
                    (record.model, record.fingerprint, record.category),
                )
            database.executemany(_INSERT, [_row(record) for record in records])

    def check(self) -> None:
        """See `Sink.check`."""
        try:
            with self._database as database:
                database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise SinkError(f"{str(self._path)!r} cannot be written: {error}.") from error

    def close(self) -> None:
        """See `Sink.close`."""
        self._database.close()


_INSERT = """INSERT OR IGNORE INTO verdicts (id, time_ms, source, name, verdict, multiple, score, threshold, regions, model, remark,
picture, milliseconds) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, number, ?, ?, ? FROM models WHERE fingerprint = ? AND name = ?"""


def _row(record: VerdictRecord) -> tuple[object, ...]:
    time_ms = round(datetime.fromisoformat(record.time).timestamp() * 1000)
    return (
        record.id, time_ms, record.source, record.name, record.verdict, record.multiple, record.score, record.threshold,
        json.dumps(record.regions), record.remark, record.picture, record.milliseconds, record.fingerprint, record.model,
    )  # fmt: skip
