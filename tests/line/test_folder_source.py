"""A watched folder: each picture once, when it is whole, whatever it is called meanwhile."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import save_png
from favae_demo.line.sources import Shot, Surroundings
from favae_demo.line.sources.folder import FolderOptions, FolderSource
from favae_demo.line.spool import Spool
from favae_demo.line.verdict_record import (
    ModelIdentity,
    unreadable_record,  # any record does
)

LONG_AGO = 1_700_000_000
SETTLE = 0.2  # seconds
MODEL = ModelIdentity("m", "", "widget")


class Watched:
    """A source on a folder, whose pictures are marked as judged when they are taken."""

    def __init__(self, root: Path, **options: object):
        self.folder = root / "in"
        self.folder.mkdir(exist_ok=True)
        self.root, self.options = root, options
        self.start()

    def start(self, *, once: bool = False) -> None:
        self.spool = Spool(self.root / "state", ["a"])
        options = {"name": "left", "model": "m", "path": self.folder, "settle": SETTLE} | self.options
        self.source = FolderSource(FolderOptions(**options), Surroundings(self.spool, once=once))

    def stop(self) -> None:
        self.source.close()
        self.spool.close()

    def take(self, wait: float = 3.0) -> Shot | None:
        shot = self.source.take(wait)
        if shot:
            made = unreadable_record(
                shot.problem, MODEL, id=shot.id, time=shot.time, source="left", name=shot.name
            )
            assert self.spool.commit(made, shot.mark)
        return shot

    def names(self, wait: float = 3 * SETTLE) -> list[str]:
        """Takes all that comes until nothing comes for a while."""
        return [shot.name for shot in iter(lambda: self.take(wait), None)]


@pytest.fixture
def watched(tmp_path: Path):
    watched = Watched(tmp_path)
    yield watched
    watched.stop()


def png(path: Path, level: int = 100, side: int = 32) -> bytes:
    """Returns the bytes of a picture, by way of a file that is deleted."""
    save_png(path, np.full((side, side, 3), level, np.uint8))
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    return png(tmp_path / "any.png")


def old(path: Path, data: bytes, second: int = 0) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (LONG_AGO + second, LONG_AGO + second))


def test_what_is_there_comes_first_the_oldest_before_the_others(watched: Watched, picture: bytes) -> None:
    for second, name in enumerate(("c.png", "a.JPG", "sub/b.png")):
        old(watched.folder / name, picture, second)
    old(watched.folder / "notes.txt", b"Dear reader")
    old(watched.folder / ".hidden.png", picture)
    assert watched.names() == ["c.png", "a.JPG", "sub/b.png"]


def test_a_picture_that_arrives_is_taken_at_once(watched: Watched, picture: bytes) -> None:
    watched.options["settle"] = 60
    watched.stop()
    watched.start()
    assert watched.take(0.1) is None
    start = time.monotonic()
    (watched.folder / "new.png").write_bytes(picture)
    shot = watched.take(5)
    assert shot
    assert (shot.name, shot.image.pixels.mean()) == ("new.png", 100)
    assert time.monotonic() - start < 2  # it was closed, so nothing waits for it to settle


def test_a_picture_is_not_taken_before_it_is_whole(watched: Watched, picture: bytes) -> None:
    """A writer that pauses in the middle for longer than a file needs to settle, then goes on."""
    settle = watched.options["settle"] = 5 * SETTLE  # longer than a busy machine holds the test up
    watched.stop()
    watched.start()
    assert watched.take(0.05) is None
    with (watched.folder / "slow.png").open("wb") as file:
        for part in (picture[:40], picture[40:60]):
            file.write(part)
            file.flush()
            assert watched.take(settle / 2) is None
        file.write(picture[60:])
    shot = watched.take()
    assert shot
    assert shot.image is not None
    assert watched.names() == []


def test_a_picture_closed_in_the_middle_is_taken_once_when_the_rest_is_there(
    watched: Watched, picture: bytes
) -> None:
    assert watched.take(0.05) is None
    path = watched.folder / "halves.png"
    path.write_bytes(picture[:50])
    assert watched.take(SETTLE / 4) is None
    with path.open("ab") as file:
        file.write(picture[50:])
    shot = watched.take()
    assert shot
    assert shot.image is not None
    assert watched.names() == []


def test_a_file_that_stays_damaged_is_named_once(watched: Watched) -> None:
    assert watched.take(0.05) is None
    (watched.folder / "bad.png").write_bytes(b"\x89PNG damaged")
    shot = watched.take()
    assert shot
    assert shot.image is None
    assert "bad.png" in shot.problem
    assert watched.names() == []


def test_a_picture_written_under_another_name_comes_once(watched: Watched, picture: bytes) -> None:
    assert watched.take(0.05) is None
    for temporary in ("a.tmp", ".a.png", "part.png"):
        (watched.folder / temporary).write_bytes(picture)
        (watched.folder / temporary).rename(watched.folder / f"final-{temporary.strip('.')}.png")
    assert sorted(watched.names()) == ["final-a.png.png", "final-a.tmp.png", "final-part.png.png"]


def test_a_judged_picture_under_a_new_name_is_not_judged_again(watched: Watched, picture: bytes) -> None:
    old(watched.folder / "a.png", picture)
    assert watched.names() == ["a.png"]
    (watched.folder / "a.png").rename(watched.folder / "b.png")
    assert watched.names() == []
    watched.stop()
    watched.start()
    assert watched.names() == []


def test_a_new_picture_of_an_old_name_is_judged(watched: Watched, tmp_path: Path, picture: bytes) -> None:
    old(watched.folder / "a.png", picture)
    first = watched.take()
    (watched.folder / "a.png").write_bytes(png(tmp_path / "other.png", 200))
    second = watched.take()
    assert first
    assert second
    assert (second.name, second.image.pixels.mean()) == ("a.png", 200)
    assert first.id != second.id


def test_a_restart_goes_on_where_it_stopped(watched: Watched, picture: bytes) -> None:
    for i in range(5):
        old(watched.folder / f"{i}.png", picture, i)
    assert [watched.take().name for _ in range(2)] == ["0.png", "1.png"]
    unjudged = watched.source.take(1)  # taken, and killed before its verdict was written
    watched.stop()
    old(watched.folder / "while-away.png", picture, 9)
    watched.start()
    again = watched.take()
    assert again
    assert unjudged
    assert (again.id, again.name) == (unjudged.id, "2.png")
    assert watched.names() == ["3.png", "4.png", "while-away.png"]


def test_nothing_is_dropped_in_a_burst(watched: Watched, picture: bytes) -> None:
    assert watched.take(0.05) is None
    names = [f"{i:03}.png" for i in range(200)]

    def write() -> None:
        for name in names:
            (watched.folder / name).write_bytes(picture)

    writer = threading.Thread(target=write)
    writer.start()
    taken = watched.names(1.0)
    writer.join()
    assert sorted(taken) == names
    assert watched.source.dropped == 0


def test_without_events_the_listing_finds_everything(
    tmp_path: Path, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network drive, which tells nothing."""
    monkeypatch.setattr(FolderSource, "_watch", lambda self: None)
    watched = Watched(tmp_path, rescan=0.1)
    assert watched.take(0.05) is None
    (watched.folder / "new.png").write_bytes(picture)
    shot = watched.take()
    assert shot
    assert shot.name == "new.png"
    assert watched.names() == []
    watched.stop()


def test_a_folder_that_goes_and_comes_back_is_watched_again(tmp_path: Path, picture: bytes) -> None:
    watched = Watched(tmp_path, rescan=0.1)
    old(watched.folder / "a.png", picture)
    assert watched.names() == ["a.png"]
    away = watched.folder.rename(tmp_path / "away")
    assert watched.take(0.5) is None
    assert "no folder" in watched.source.problem
    away.rename(watched.folder)
    old(watched.folder / "b.png", picture)
    assert watched.names() == ["b.png"]
    assert watched.source.problem == ""
    watched.stop()


def test_once_ends_when_all_is_judged(watched: Watched, picture: bytes) -> None:
    watched.stop()
    old(watched.folder / "old.png", picture)
    (watched.folder / "young.png").write_bytes(picture)
    watched.start(once=True)
    assert not watched.source.is_over
    assert sorted(watched.names()) == ["old.png", "young.png"]
    assert watched.source.is_over


def test_the_region_of_interest_is_cut_out(tmp_path: Path) -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    image[10:20, 40:60] = 200
    watched = Watched(tmp_path, roi=(0.5, 0.25, 0.75, 0.5))
    save_png(watched.folder / "a.png", image)
    shot = watched.take()
    assert shot
    assert shot.image.pixels.shape == (10, 20, 3)
    assert (shot.image.pixels == 200).all()
    watched.stop()


def test_a_check_misses_the_folder(watched: Watched) -> None:
    watched.source.check()
    watched.folder.rmdir()
    with pytest.raises(FavaeError, match="There is no folder"):
        watched.source.check()
