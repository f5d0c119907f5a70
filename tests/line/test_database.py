"""The SQLite sink: each verdict once, readable while it is written, and only files of its own are touched."""

import sqlite3
from pathlib import Path

import pytest
from line_records import record, rows

from favae_demo.core.errors import ConfigError
from favae_demo.line.sinks import SinkError
from favae_demo.line.sinks.database import SCHEMA_VERSION, DatabaseOptions, DatabaseSink


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "verdicts.sqlite"


@pytest.fixture
def sink(path: Path):
    sink = DatabaseSink(DatabaseOptions(path=path))
    yield sink
    sink.close()


def test_every_value_is_kept(sink: DatabaseSink, path: Path) -> None:
    sink.deliver([record(3, remark="It is dark.", picture="/a.jpg"), record(4, multiple=None, score=None)])
    query = "SELECT utc, source, name, category, verdict, multiple, score, threshold, model, fingerprint, remark, picture FROM readable"
    assert rows(path, query) == [
        ("2026-03-01 06:00:03.125", "left", "00003.png", "widget", "defect", 1.5, 3.0, 2.0, "widget-none-quick", "ab" * 32,
         "It is dark.", "/a.jpg"),
        ("2026-03-01 06:00:04.125", "left", "00004.png", "widget", "good", None, None, 2.0, "widget-none-quick", "ab" * 32, "", ""),
    ]  # fmt: skip
    assert rows(
        path, "SELECT json_extract(regions, '$[0].box[1]') FROM verdicts WHERE verdict = 'defect'"
    ) == [0.2]
    assert rows(path, "PRAGMA user_version") == [SCHEMA_VERSION]


def test_what_comes_again_is_not_written_again(sink: DatabaseSink, path: Path) -> None:
    sink.deliver([record(i) for i in range(5)])
    sink.deliver([record(i) for i in range(3, 8)])
    assert rows(path) == [record(i).id for i in range(8)]


def test_it_is_read_while_it_is_written(sink: DatabaseSink, path: Path) -> None:
    sink.deliver([record(0)])
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)
    sink.deliver([record(1)])  # a reader in the middle of reading does not stop the writer
    assert reader.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)
    reader.rollback()
    assert reader.execute("SELECT count(*) FROM verdicts").fetchone() == (2,)
    reader.close()


def test_two_models_of_one_name_are_told_apart(sink: DatabaseSink, path: Path) -> None:
    sink.deliver([record(0), record(1, fingerprint="cd" * 32), record(2)])
    query = "SELECT fingerprint FROM readable ORDER BY number"
    assert [text[:2] for text in rows(path, query)] == ["ab", "cd", "ab"]


def test_a_database_of_others_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    with pytest.raises(ConfigError, match="another program"):
        DatabaseSink(DatabaseOptions(path=path))
    assert rows(path, "SELECT name FROM sqlite_master") == ["notes"]
    path.write_text("Dear reader, this is a letter and not a database at all.")
    with pytest.raises(ConfigError, match="cannot be used as a database"):
        DatabaseSink(DatabaseOptions(path=path))
    assert path.read_text().startswith("Dear reader")


def test_a_later_schema_is_refused(sink: DatabaseSink, path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    other.close()
    with pytest.raises(ConfigError, match="later version"):
        DatabaseSink(DatabaseOptions(path=path))


def test_a_check_tells_that_another_program_holds_it(sink: DatabaseSink, path: Path) -> None:
    sink.check()
    sink._database.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SinkError, match="locked"):
        sink.check()
    other.rollback()
    other.close()
    sink.check()
