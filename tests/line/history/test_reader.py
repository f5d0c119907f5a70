"""What is read is of one moment, only databases of verdicts are read, and a month is not read row by row."""

import sqlite3
from pathlib import Path

import pytest
from line_history import MINUTE_MS, NOON_MS, at, everything, write_database

from favae_demo.line.history.places import read_places
from favae_demo.line.history.reader import (
    HOUR_MS,
    Filter,
    HistoryError,
    Span,
    cells_table,
    reading,
    source_names,
    whole_span,
)
from favae_demo.line.history.timeline import MOST_DOTS, read_timeline
from favae_demo.line.tallies import QUARTER_MS

STEPS = 100  # of SQLite's machine, between two calls


def test_the_span_and_the_sources(tmp_path: Path) -> None:
    path = write_database(
        tmp_path / "v.sqlite", [at(3, 1, source="right"), at(70, 2, source="left"), at(5, 3)]
    )
    with reading(path) as database:
        assert whole_span(database) == Span(NOON_MS + 3 * MINUTE_MS, NOON_MS + 70 * MINUTE_MS + 1)
        assert source_names(database) == ["left", "right"]
    with reading(write_database(tmp_path / "empty.sqlite", [])) as database:
        assert whole_span(database) is None


def test_the_latest_span_ends_at_the_newest_verdict() -> None:
    whole = Span(NOON_MS + 1, NOON_MS + 10 * HOUR_MS + 5)
    assert Span.latest(whole, 3 * HOUR_MS) == Span(
        NOON_MS + 7 * HOUR_MS + QUARTER_MS, NOON_MS + 10 * HOUR_MS + QUARTER_MS
    )
    assert Span.latest(whole, None) == Span(NOON_MS, NOON_MS + 10 * HOUR_MS + QUARTER_MS)
    assert Span.latest(whole, 99 * HOUR_MS).start_ms == NOON_MS
    minute = Span(NOON_MS + 9 * HOUR_MS + MINUTE_MS, NOON_MS + 10 * HOUR_MS + MINUTE_MS)
    assert Span.latest(whole, HOUR_MS) == minute
    assert Span.latest(Span(NOON_MS + 1, NOON_MS + 2), None) == Span(NOON_MS, NOON_MS + MINUTE_MS)


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    path = write_database(tmp_path / "v.sqlite", [at(0, 1)])
    with reading(path) as database:
        assert read_timeline(database, everything(path)).pictures == 1
        write_database(path, [at(1, 2)])  # the line goes on meanwhile
        assert read_timeline(database, everything(path)).pictures == 1
    with reading(path) as database:
        assert read_timeline(database, everything(path)).pictures == 2


def test_other_files_get_a_sentence(tmp_path: Path) -> None:
    for name, sentence in (
        ("gone.sqlite", "There is no database 'gone.sqlite'"),
        (".", "There is no database"),
    ):
        with pytest.raises(HistoryError, match=sentence), reading(tmp_path / name):
            pass
    letter = tmp_path / "letter.sqlite"
    letter.write_text(
        "Dear reader, this is no database at all, only a letter that is long enough to look like one." * 20
    )
    with pytest.raises(HistoryError, match="cannot be read as a database of verdicts"), reading(letter):
        pass
    with sqlite3.connect(tmp_path / "notes.sqlite") as other:
        other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    with pytest.raises(HistoryError, match="is no database of verdicts"), reading(tmp_path / "notes.sqlite"):
        pass
    later = write_database(tmp_path / "later.sqlite", [])
    with sqlite3.connect(later) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(HistoryError, match="later version"), reading(later):
        pass


def test_nothing_can_be_written(tmp_path: Path) -> None:
    path = write_database(tmp_path / "v.sqlite", [at(0, 1)])
    with pytest.raises(HistoryError, match="readonly"), reading(path) as database:
        database.execute("DELETE FROM verdicts")


def test_more_verdicts_in_the_same_hours_cost_nothing(tmp_path: Path) -> None:
    """A time and a score are counted once, however many pictures have them: this is what opens a month of a million at once."""
    small, large = (
        write_database(
            tmp_path / f"{times}.sqlite", [at(0.01 * n, n) for n in range(times * (MOST_DOTS + 1))]
        )
        for times in (1, 5)
    )

    def cost(path: Path) -> int:
        calls = 0

        def called() -> None:
            nonlocal calls
            calls += 1

        begin = NOON_MS - 300 * HOUR_MS
        asked = Filter(Span(begin, NOON_MS + 300 * HOUR_MS))
        with reading(path) as database:
            database.set_progress_handler(called, STEPS)
            assert read_timeline(database, asked).pictures > MOST_DOTS
            read_places(database, asked)
        return calls

    assert cost(large) <= 1.5 * cost(small) + 5


def test_a_database_of_an_earlier_version_is_read_all_the_same(tmp_path: Path) -> None:
    path = write_database(tmp_path / "v.sqlite", [at(15 * n, n, verdict="defect") for n in range(50)])
    asked = everything(path)
    with reading(path) as database:
        assert cells_table(database, asked, QUARTER_MS) == "tallies"
        new = read_timeline(database, asked)
    with sqlite3.connect(path) as database:
        database.executescript("DROP TRIGGER tally_inserted; DROP TRIGGER tally_deleted; DROP TABLE tallies;")
    database.close()
    with reading(path) as database:
        assert cells_table(database, asked, QUARTER_MS) == "cells"
        old = read_timeline(database, asked)
        assert source_names(database) == ["left"]
    assert old.counts == new.counts == {"defect": 50}
    assert old.defects.tolist() == new.defects.tolist()
