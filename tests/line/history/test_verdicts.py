"""Single verdicts are read as they were written, page by page."""

from pathlib import Path

import pytest
from line_history import at, everything, write_database

from favae_demo.line.history.reader import reading
from favae_demo.line.history.verdicts import SHOWS, count_verdicts, read_all, read_one, read_page

RECORDS = [
    at(0, 0, verdict="defect", multiple=1.2, picture="/kept/0.jpg"),
    at(1, 1, multiple=0.7, picture="/kept/1.jpg", remark="It is dark."),
    at(2, 2, verdict="not judged", multiple=3.0, picture="/kept/2.jpg"),
    at(3, 3, verdict="unreadable", multiple=None, threshold=None, fingerprint="cd" * 32),
    at(4, 4, multiple=0.5),
    at(5, 5, verdict="defect", multiple=1.9),
]
NUMBERS = {
    "kept": [2, 1, 0],
    "defect": [5, 0],
    "good": [4, 1],
    "not judged": [2],
    "unreadable": [3],
    "all": [5, 4, 3, 2, 1, 0],
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_database(tmp_path_factory.mktemp("line") / "v.sqlite", RECORDS)


@pytest.mark.parametrize("show", SHOWS)
def test_what_is_shown(show: str, path: Path) -> None:
    with reading(path) as database:
        found = read_page(database, everything(path), show, "new", 0, 24)
        assert [int(one.record.id, 16) for one in found] == NUMBERS[show]
        assert count_verdicts(database, everything(path), show) == len(found)


def test_records_are_as_they_were_written(path: Path) -> None:
    with reading(path) as database:
        found = [one.record for one in read_all(database, everything(path), "all")]
        first = read_page(database, everything(path), "all", "old", 0, 1)[0]
        assert read_one(database, first.number) == first
        assert read_one(database, 999) is None
    for one, expected in zip(found, RECORDS, strict=True):
        got, wanted = vars(one), vars(expected)
        assert {**got, "regions": len(one.regions)} == {**wanted, "regions": len(expected.regions)}
    assert found[0].regions[0]["centre"] == [0.2, 0.3]


def test_pages_and_orders(path: Path) -> None:
    with reading(path) as database:
        pages = [read_page(database, everything(path), "all", "old", page, 4) for page in (0, 1, 2)]
        high = read_page(database, everything(path), "all", "high", 0, 3)
    assert [len(page) for page in pages] == [4, 2, 0]
    assert [int(one.record.id, 16) for page in pages for one in page] == [0, 1, 2, 3, 4, 5]
    assert [one.record.multiple for one in high] == [3.0, 1.9, 1.2]
