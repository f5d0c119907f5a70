"""Categories that the app adds and deletes: whole or not at all, and never what is the user's own."""

import hashlib
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from data_trees import category, images, tar_xz
from fake_server import FakeServer
from waiting import await_true

from favae_demo.core import disk_space
from favae_demo.core.disk_space import check_space, size_text
from favae_demo.core.errors import CancelledError, DataError
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.library import store
from favae_demo.data.library.import_job import ImportJob, ImportRunner
from favae_demo.data.library.importer import add
from favae_demo.data.library.mvtec_download import ARCHIVES, Archive, discard, fetch, fetched_bytes, part_path
from favae_demo.data.library.store import (
    Library,
    Origin,
    check_new,
    clean_name,
    delete,
    origin_of,
    publish,
    staging,
)
from favae_demo.data.mvtec import list_categories, load_category
from favae_demo.data.thumbnails import thumbnails


@pytest.fixture
def gear(tmp_path: Path) -> Path:
    return category(tmp_path / "given" / "Gear Wheels")


def left_over(library: Library) -> list[str]:
    """What is in the data folder beside its lock."""
    return sorted(path.name for path in library.data_dir.iterdir() if path.name != store.LOCK)


def test_a_folder_with_a_category_is_added_read_only_with_its_origin(library: Library, gear: Path) -> None:
    before = {path: path.stat().st_mode for path in gear.rglob("*")}
    assert add(gear, library) == ["gear_wheels"]
    assert load_category(library.data_dir, "gear_wheels").counts == {"good": 1, "dent": 2}
    origin = origin_of("gear_wheels", library.data_dir)
    assert (origin.source, origin.licence, origin.taken_from) == ("own pictures", "", "Gear Wheels")
    assert origin.added.startswith("20")
    for path in (library.data_dir / "gear_wheels").rglob("*"):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert {path: path.stat().st_mode for path in gear.rglob("*")} == before
    assert left_over(library) == ["gear_wheels"]


def test_several_categories_come_from_one_archive_all_or_none(
    library: Library, gear: Path, tmp_path: Path
) -> None:
    category(gear.parent / "bolts")
    packed = tar_xz(gear.parent, tmp_path / "all.tar.xz")
    with pytest.raises(DataError, match="2 categories"):
        add(packed, library, name="one")
    (library.data_dir / "gear_wheels").mkdir()
    with pytest.raises(DataError, match="already a category 'gear_wheels'"):
        add(packed, library)
    assert left_over(library) == ["gear_wheels"]
    (library.data_dir / "gear_wheels").rmdir()
    assert sorted(add(packed, library)) == ["bolts", "gear_wheels"]


def test_two_categories_whose_names_become_the_same_are_refused(library: Library, tmp_path: Path) -> None:
    for name in ("gear wheel", "Gear-Wheel", "gear_wheel"):
        category(tmp_path / "given" / name)
    with pytest.raises(DataError, match="two categories of the same name"):
        add(tmp_path / "given", library)
    assert left_over(library) == []


def test_the_name_of_a_generated_category_is_not_taken(library: Library, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="kept for generated sample parts"):
        add(category(tmp_path / "given" / "sample_bottle"), library)
    assert left_over(library) == []


def test_images_without_a_layout_do_not_pass_for_a_published_category(
    library: Library, tmp_path: Path
) -> None:
    images(tmp_path / "given" / "bottle", 6)
    with pytest.raises(DataError, match="kept for MVTec AD"):
        add(tmp_path / "given" / "bottle", library)
    assert left_over(library) == []


def test_images_without_a_layout_are_good_parts(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "scans", 6)
    assert add(tar_xz(tmp_path / "scans", tmp_path / "Liver.tar.xz"), library) == ["liver"]
    assert len(load_category(library.data_dir, "liver").train) == 6


def test_images_in_several_folders_are_not_guessed_at(library: Library, tmp_path: Path) -> None:
    images(tmp_path / "scans" / "fine", 6)
    images(tmp_path / "scans" / "broken", 6, 50)
    with pytest.raises(DataError, match="several folders"):
        add(tmp_path / "scans", library)
    assert left_over(library) == []


def test_a_damaged_image_stops_the_adding(library: Library, gear: Path) -> None:
    (gear / "train" / "good" / "001.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"'001\.png'.*Nothing was added"):
        add(gear, library)
    assert left_over(library) == []


def test_an_empty_folder_and_a_stop_leave_nothing(library: Library, gear: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        add(tmp_path / "empty", library)
    with pytest.raises(CancelledError):
        add(gear, library, cancel=lambda: True)
    assert left_over(library) == []


def test_a_full_disk_is_said_before_anything_is_written(
    library: Library, gear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "free_bytes", lambda folder: 1000)
    with pytest.raises(DataError, match=r"not enough room: about .* MB are needed and 0.1 MB are free"):
        add(gear, library)
    assert left_over(library) == []
    monkeypatch.setattr(disk_space, "free_bytes", lambda folder: 15_000_000)
    check_space({library.data_dir: 10_000_000})
    with pytest.raises(DataError, match="20 MB are needed"):  # both lie on one disk
        check_space({library.data_dir: 10_000_000, library.cache_dir: 10_000_000})


def test_only_what_the_app_added_is_deleted(library: Library, gear: Path) -> None:
    add(gear, library)
    category(library.data_dir / "mine")
    small = thumbnails(load_category(library.data_dir, "gear_wheels").samples, library.cache_dir)
    parts = [sample.path for sample in load_category(library.data_dir, "gear_wheels").train]
    cached_images(parts, 16, "gear_wheels", library.cache_dir)
    small += (library.cache_dir / "pictures").iterdir()
    assert delete("gear_wheels", library) > 1000
    assert left_over(library) == ["mine"]
    assert not any(path.exists() for path in small)
    for name, reason in {
        "mine": "not added by this app",
        "gear_wheels": "no category",
        "..": "no category",
    }.items():
        with pytest.raises(DataError, match=reason):
            delete(name, library)
    assert len(load_category(library.data_dir, "mine").train) == 4


def test_a_link_with_the_apps_note_is_not_followed(library: Library, tmp_path: Path) -> None:
    elsewhere = category(tmp_path / "elsewhere")
    store.write_json(elsewhere / store.MARKER, vars(Origin("own pictures")))
    (library.data_dir / "linked").symlink_to(elsewhere)
    with pytest.raises(DataError, match="not added by this app"):
        delete("linked", library)
    assert list_categories(elsewhere.parent) == ["elsewhere"]


def test_names_are_made_safe_and_published_ones_kept(library: Library) -> None:
    assert clean_name("  ../Größe 7/b ") == "größe_7_b"
    assert len(clean_name("x" * 300)) == store.LONGEST_NAME
    with pytest.raises(DataError, match="at least one letter"):
        clean_name(" ../ ")
    check_new("bottle", library, own=False)
    with pytest.raises(DataError, match=r"kept for MVTec AD.*'my_bottle'"):
        check_new("bottle", library, own=True)
    with pytest.raises(DataError, match="kept for generated"):
        check_new("sample_bottle", library, own=False)


def test_nothing_changes_where_training_is_off_or_the_folder_is_closed(
    library: Library, gear: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="on this server"):
        add(gear, replace(library, writable=False))
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="FAVAE_DATA_DIR"):
        add(gear, replace(library, data_dir=tmp_path / "file"))


def test_what_a_killed_process_left_is_swept_and_never_listed(library: Library, gear: Path) -> None:
    category(library.data_dir / f"{store.STAGING}dead" / "half")
    assert list_categories(library.data_dir) == []
    with staging(library) as folder:
        assert left_over(library) == [folder.name]
        category(folder / "x")
        publish(folder / "x", "whole", Origin("own pictures"), library.data_dir)
    assert left_over(library) == ["whole"]


def test_sizes_in_words() -> None:
    assert [size_text(n) for n in (0, 1, 148 << 20, 2.5e9)] == ["0 MB", "0.1 MB", "155 MB", "2.5 GB"]


@pytest.fixture
def host(server: FakeServer, gear: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """A host that has the archive of `bottle`, and nothing else."""
    packed = tar_xz(gear.rename(gear.parent / "bottle"), tmp_path / "bottle.tar.xz").read_bytes()
    digest = hashlib.sha256(packed).hexdigest()
    monkeypatch.setenv("FAVAE_MVTEC_URL", server.url)
    monkeypatch.setitem(ARCHIVES, "bottle", Archive("bottle", "x/bottle.tar.xz", 1, digest))
    server.files["/x/bottle.tar.xz"] = packed
    return server


def test_the_table_has_all_fifteen() -> None:
    assert len(ARCHIVES) == 15
    assert ARCHIVES["wood"].url == (
        "https://www.mydrive.ch/shares/150465/d5b4115b720cdb54d217e75636e6e374/download/420938383-1629960649/wood.tar.xz"
    )
    assert all(len(one.sha256) == 64 and 100 < one.mib < 710 for one in ARCHIVES.values())
    assert sum(one.mib for one in ARCHIVES.values()) == 5014


def test_a_category_is_fetched_though_the_line_breaks(host: FakeServer, library: Library) -> None:
    size = len(host.files["/x/bottle.tar.xz"])
    host.cut_after, seen = size // 3 + 1, []  # three connections, whatever the remainder
    assert fetch("bottle", library, lambda *told: seen.append(told)) == ["bottle"]
    assert len(host.requests) == 3
    assert load_category(library.data_dir, "bottle").counts == {"good": 1, "dent": 2}
    assert "CC BY-NC-SA 4.0" in origin_of("bottle", library.data_dir).licence
    assert fetched_bytes("bottle", library.cache_dir) == 0  # the archive is not kept
    assert list(dict.fromkeys(stage for stage, *_ in seen)) == [
        "fetching",
        "checking",
        "unpacking",
        "writing",
    ]
    with pytest.raises(DataError, match="already a category"):
        fetch("bottle", library)


def test_a_corrupt_download_is_thrown_away(host: FakeServer, library: Library) -> None:
    whole = host.files["/x/bottle.tar.xz"]
    host.files["/x/bottle.tar.xz"] = whole[:-1] + bytes([whole[-1] ^ 1])
    with pytest.raises(DataError, match="checksum is wrong"):
        fetch("bottle", library)
    assert fetched_bytes("bottle", library.cache_dir) == 0
    assert list_categories(library.data_dir) == []
    host.files["/x/bottle.tar.xz"] = whole
    assert fetch("bottle", library) == ["bottle"]


def test_a_stopped_download_goes_on_where_it_was(
    host: FakeServer, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("favae_demo.core.download.BLOCK", 100)
    asked = iter([False] * 5)
    with pytest.raises(CancelledError, match="goes on from there"):
        fetch("bottle", library, cancel=lambda: next(asked, True))
    had = fetched_bytes("bottle", library.cache_dir)
    assert 0 < had < len(host.files["/x/bottle.tar.xz"])
    assert left_over(library) == []
    fetch("bottle", library)
    assert host.requests[-1][1] == f"bytes={had}-"
    assert list_categories(library.data_dir) == ["bottle"]


def test_a_download_under_way_is_neither_begun_again_nor_thrown_away(
    host: FakeServer, library: Library
) -> None:
    refused = []

    def meanwhile(stage: str, _done: int, _total: int) -> None:
        if stage == "checking":
            for action in (fetch, discard):
                with pytest.raises(DataError, match="being fetched just now") as error:
                    action("bottle", library)
                refused.append(error)

    assert fetch("bottle", library, meanwhile) == ["bottle"]
    assert len(refused) >= 2
    assert discard("bottle", library) == 0


def test_only_downloads_are_thrown_away(library: Library) -> None:
    part = part_path("wood", library.cache_dir)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    with pytest.raises(DataError, match="no category"):
        discard("../downloads/wood", library)
    with pytest.raises(DataError, match="on this server"):
        discard("wood", replace(library, writable=False))
    assert discard("wood", library) == 4
    assert not part.exists()


def test_a_dead_link_says_what_else_to_do(host: FakeServer, library: Library) -> None:
    host.files.clear()
    with pytest.raises(DataError, match=r"answered 404.*get bottle.tar.xz from https://www.mvtec.com"):
        fetch("bottle", library)
    with pytest.raises(DataError, match="no category 'spoon'"):
        fetch("spoon", library)


def test_no_room_stops_before_the_first_byte(
    host: FakeServer, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "free_bytes", lambda folder: 1 << 20)
    with pytest.raises(DataError, match="not enough room"):
        fetch("bottle", library)
    assert host.requests == []
    assert not part_path("bottle", library.cache_dir).exists()


def finished(adder: ImportRunner) -> ImportJob:
    await_true(lambda: not adder.latest().running)
    return adder.latest()


def test_in_the_background_one_at_a_time_with_a_stop(host: FakeServer, library: Library) -> None:
    adder, go_on = ImportRunner(), []
    host.before = lambda: [time.sleep(0.01) for _ in iter(lambda: bool(go_on), True)]

    def work(progress: Callable, cancel: Callable) -> list[str]:
        return fetch("bottle", library, progress, cancel)

    assert adder.latest() is None
    adder.start("Bottle", work)
    with pytest.raises(DataError, match="Bottle is being added"):
        adder.start("Again", work)
    adder.cancel()
    go_on.append(True)
    assert "goes on from there" in finished(adder).problem
    assert adder.start("Bottle", work).number == 2  # an earlier stop is forgotten
    assert finished(adder) == replace(adder.latest(), problem="", added=("bottle",), running=False)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_the_background_does_not_run_for_ever() -> None:
    adder = ImportRunner()
    adder.start("x", lambda progress, cancel: [][0])
    assert "server's log" in finished(adder).problem
    for thread in threading.enumerate():
        if thread.name == "add x":
            thread.join()
