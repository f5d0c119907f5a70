"""JSON lines and CSV: appended, repaired after a crash, nothing doubled, no formula."""

import csv
import json
import os
from pathlib import Path

import pytest
from line_records import record

from favae_demo.line.sinks import text_files
from favae_demo.line.sinks.text_files import TextFileOptions, csv_file, json_lines

OPEN = {"jsonl": json_lines, "csv": csv_file}
each_kind = pytest.mark.parametrize("kind", list(OPEN))


def ids(path: Path) -> list[str]:
    if path.suffix == ".jsonl":
        return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def write(kind: str, path: Path, *numbers: int) -> None:
    sink = OPEN[kind](TextFileOptions(path=path))
    sink.deliver([record(i) for i in numbers])
    sink.close()


@each_kind
def test_lines_are_appended_over_restarts(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"new/v.{kind}"
    write(kind, path, 0, 1)
    write(kind, path, 2)
    assert ids(path) == [record(i).id for i in range(3)]


@each_kind
def test_after_a_crash_half_a_line_is_cut_off_and_what_comes_again_left_out(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / f"v.{kind}"
    write(kind, path, 0, 1, 2)
    os.truncate(path, path.stat().st_size - 20)
    write(kind, path, 0, 1, 2, 3)
    assert ids(path) == [record(i).id for i in range(4)]


@each_kind
def test_only_the_end_of_a_long_file_is_read(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"v.{kind}"
    write(kind, path, *range(50))
    monkeypatch.setattr(text_files, "TAIL_BYTES", 2000)
    write(kind, path, 48, 49, 50)
    assert ids(path) == [record(i).id for i in range(51)]


def test_names_with_line_breaks_stay_on_one_line(tmp_path: Path) -> None:
    name = "a\nb\u2028c.png"
    for kind, make in OPEN.items():
        sink = make(TextFileOptions(path=tmp_path / f"v.{kind}"))
        sink.deliver([record(0, name=name)])
        sink.close()
        write(kind, tmp_path / f"v.{kind}", 0, 1)
        assert ids(tmp_path / f"v.{kind}") == [record(0).id, record(1).id]


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    sink = csv_file(TextFileOptions(path=tmp_path / "v.csv"))
    sink.deliver([record(0, name="=1+1.png")])
    sink.close()
    with (tmp_path / "v.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == "'=1+1.png"
    assert (row["multiple"], row["regions"]) == ("1.5", "1")


@pytest.mark.skipif(os.name != "posix", reason="this system has no limit of file sizes")
def test_a_full_disk_leaves_no_half_batch(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "v.jsonl"
    sink = json_lines(TextFileOptions(path=path))
    sink.deliver([record(0)])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            sink.deliver([record(1), record(2)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ids(path) == [record(0).id]
    sink.deliver([record(1), record(2)])
    sink.close()
    assert ids(path) == [record(i).id for i in range(3)]
