"""The counts by quarter of an hour are those of the verdicts, whatever wrote or deleted them."""

import sqlite3
from pathlib import Path

import pytest
from line_history import at, write_database
from line_records import record, rows

from favae_demo.detection.drift import CHANGED
from favae_demo.line.tallies import QUARTER_MS, cells_query

TALLIES = "SELECT * FROM tallies WHERE pictures ORDER BY 1, 2, 3, 4, 5"
COUNTED = f"{cells_query(QUARTER_MS)} ORDER BY 1, 2, 3, 4, 5"
DRIFT = CHANGED.format(since="since 00003.png", changes="darker")
RECORDS = [
    *(at(minute, minute, verdict="defect" if minute % 7 == 0 else "good", multiple=0.3 + minute % 5 / 10) for minute in range(40)),
    at(41, 41, source="right", multiple=99.0, remark=f"It is small. {DRIFT}"),
    at(42, 42, source="right", multiple=None, verdict="unreadable"),
    at(43, 43, fingerprint="cd" * 32),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_database(tmp_path / "verdicts.sqlite", RECORDS)


def test_they_are_the_counts_of_the_verdicts(path: Path) -> None:
    found = rows(path, TALLIES)
    assert found == rows(path, COUNTED)
    assert sum(row[5] for row in found) == len(RECORDS)
    assert [row[3:] for row in found if row[1] == "right"] == [("good", 100, 1, 1), ("unreadable", -1, 1, 0)]


def test_what_comes_again_is_not_counted_again(path: Path) -> None:
    before = rows(path, TALLIES)
    write_database(path, RECORDS)
    assert rows(path, TALLIES) == before


def test_what_is_deleted_is_not_counted(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM verdicts WHERE source = 'right' OR number % 3 = 0")
    database.close()
    found = rows(path, TALLIES)
    assert found == rows(path, COUNTED)
    assert 20 < sum(row[5] for row in found) < len(RECORDS)


def test_a_database_of_an_earlier_version_is_counted_when_a_line_opens_it(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.executescript("DROP TRIGGER tally_inserted; DROP TRIGGER tally_deleted; DROP TABLE tallies;")
    database.close()
    write_database(path, [record(100)])
    assert rows(path, TALLIES) == rows(path, COUNTED)
    assert sum(row[5] for row in rows(path, TALLIES)) == len(RECORDS) + 1
