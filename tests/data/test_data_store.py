"""Adding archives and folders, fetching MVTec AD, deleting: whole or not at all, whatever comes in."""

import hashlib
import io
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_server import FakeServer
from PIL import Image

from favae_demo.data import adding, archives, library, mvtec_archives, space
from favae_demo.data.archives import Limits, unpack
from favae_demo.data.mvtec import list_categories, load_category
from favae_demo.data.thumbnails import thumbnails
from favae_demo.errors import Cancelled, DataError
from favae_demo.settings import Settings


def png(level: int = 0, side: int = 8) -> bytes:
    """A PNG with some structure, different for each level."""
    rng = np.random.default_rng(level)
    stream = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (side, side, 3), np.uint8)).save(stream, "PNG")
    return stream.getvalue()


LAYOUT = {f"part/train/good/{i:03}.png": png(i) for i in range(6)} | {
    "part/test/good/000.png": png(20),
    "part/test/hole/000.png": png(21),
    "part/ground_truth/hole/000_mask.png": png(22),
    "part/license.txt": b"free",
}
WRITERS: dict[str, Callable] = {}


def writer(ending: str) -> Callable:
    return lambda function: WRITERS.setdefault(ending, function)


@writer("zip")
def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: dict[str, bytes], mode: str = "w:xz") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


WRITERS |= {
    "tar.xz": write_tar,
    "tar.gz": lambda path, files: write_tar(path, files, "w:gz"),
    "tar": lambda path, files: write_tar(path, files, "w"),
}


@writer("folder")
def write_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(*(tmp_path / name for name in ("data", "checkpoints", "runs", "cache")))


def nothing_left(settings: Settings) -> bool:
    """Whether the data folder holds nothing but the lock."""
    return {path.name for path in settings.data_dir.iterdir()} <= {library.LOCK}


def refused(source: Path, settings: Settings, words: str, **options: object) -> None:
    with pytest.raises(DataError, match=words):
        adding.add(source, settings, **options)
    assert nothing_left(settings)


@pytest.mark.parametrize("ending", WRITERS)
def test_a_category_comes_in_whole_and_read_only(ending: str, settings: Settings, tmp_path: Path):
    source, told = WRITERS[ending](tmp_path / f"box.{ending}", LAYOUT), []
    assert adding.add(source, settings, progress=lambda *step: told.append(step)) == ["part"]
    part = load_category(settings.data_dir, "part")
    assert (len(part.train), part.counts) == (6, {"good": 1, "hole": 1})
    assert (
        part.find("test/hole/000.png").mask_path.read_bytes() == LAYOUT["part/ground_truth/hole/000_mask.png"]
    )
    assert (part.root / "license.txt").read_bytes() == b"free"
    writable = [p for p in (part.root, *part.root.rglob("*")) if stat.S_IMODE(p.stat().st_mode) & 0o222]
    assert writable == []
    assert library.origin_of("part", settings).taken_from == source.name
    assert {stage for stage, _, _ in told} == {adding.UNPACKING, adding.CHECKING}
    assert all(done <= total for _, done, total in told)
    assert list_categories(settings.data_dir) == ["part"]
    assert source.exists()


def test_several_categories_and_a_name_of_ones_own(settings: Settings, tmp_path: Path):
    two = {f"all/{kind}/train/good/{i}.png": png(i) for kind in ("nut", "bolt") for i in range(3)}
    source = write_zip(tmp_path / "two.zip", two)
    refused(source, settings, "leave the name empty", name="x")
    assert sorted(adding.add(source, settings)) == ["bolt", "nut"]
    assert adding.add(write_zip(tmp_path / "one.zip", LAYOUT), settings, "My Part!") == ["my_part"]


@pytest.mark.parametrize("ending", ["zip", "tar.xz", "folder"])
def test_loose_pictures_are_good_parts(ending: str, settings: Settings, tmp_path: Path):
    files = {f"scan {i}.png": png(i) for i in range(6)} | {
        "__MACOSX/x.png": b"?",
        ".hidden.png": b"?",
        "a.exe": b"MZ",
    }
    source = WRITERS[ending](tmp_path / f"Knee scans.{ending}", files)
    (name,) = adding.add(source, settings, None if ending != "folder" else "knee scans")
    assert name == "knee_scans"
    category = load_category(settings.data_dir, name)
    assert (len(category.train), len(category.samples)) == (6, 6)


def test_pictures_in_several_folders_are_not_taken_for_good_ones(settings: Settings, tmp_path: Path):
    files = {f"{kind}/{i}.png": png(i) for kind in ("ok", "broken") for i in range(6)}
    refused(write_zip(tmp_path / "a.zip", files), settings, "several folders")


@pytest.mark.parametrize(
    "name",
    [
        "../out.png",
        "/abs.png",
        "a/../../out.png",
        "C:/out.png",
        "..\\out.png",
        "part/\nx.png",
        "d/" * 20 + "x.png",
    ],
)
@pytest.mark.parametrize("ending", ["zip", "tar.xz"])
def test_a_path_that_leads_out_is_refused(name: str, ending: str, settings: Settings, tmp_path: Path):
    source = WRITERS[ending](tmp_path / f"a.{ending}", LAYOUT | {name: png()})
    before = set(tmp_path.rglob("*out.png"))
    refused(source, settings, "unsafe path")
    assert set(tmp_path.rglob("*out.png")) == before == set()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, settings: Settings, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar", LAYOUT, "w")
    with tarfile.open(source, "a") as archive:
        entry = tarfile.TarInfo("part/train/good/link.png")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    refused(source, settings, "link or a device")


def test_a_link_in_a_zip_is_refused(settings: Settings, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", LAYOUT)
    with zipfile.ZipFile(source, "a") as archive:
        entry = zipfile.ZipInfo("part/train/good/link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    refused(source, settings, "link or a device")


@pytest.mark.parametrize("ending", ["zip", "tar.xz", "tar"])
def test_a_cut_off_archive_leaves_nothing(ending: str, settings: Settings, tmp_path: Path):
    whole = WRITERS[ending](tmp_path / f"whole.{ending}", LAYOUT).read_bytes()
    source = tmp_path / f"a.{ending}"
    source.write_bytes(whole[: len(whole) // 4 // 512 * 512 + 30])
    refused(source, settings, "damaged|neither")


def test_a_file_that_is_no_archive_and_one_that_is_not_there(settings: Settings, tmp_path: Path):
    (tmp_path / "a.zip").write_text("Dear reader")
    refused(tmp_path / "a.zip", settings, "neither a folder nor")
    refused(tmp_path / "b.zip", settings, "There is no file")
    refused(write_zip(tmp_path / "c.zip", {"notes.txt": b"x"}), settings, "no pictures")


def test_a_damaged_picture_stops_all(settings: Settings, tmp_path: Path):
    files = LAYOUT | {"part/test/hole/007.png": b"no picture"}
    refused(write_zip(tmp_path / "a.zip", files), settings, r"007\.png.*Nothing was added")


def test_bounds_hold_against_what_an_archive_claims(tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", {f"{i}.png": bytes(1000) for i in range(9)})
    patched = source.read_bytes().replace((1000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    (tmp_path / "liar.zip").write_bytes(patched)
    for archive, limits, words in (
        (source, Limits(entries=8), "more than 8 files"),
        (source, Limits(bytes=5000), "more room"),
        (tmp_path / "liar.zip", Limits(bytes=5), "more room|damaged"),
    ):
        target = tmp_path / f"{archive.stem}-{limits.entries}-{limits.bytes}"
        target.mkdir()
        with pytest.raises(DataError, match=words):
            unpack(archive, target, lambda done, total: None, limits=limits)
        assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) <= limits.bytes


def test_a_full_disk_is_told_before_anything_is_written(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=space.SPARE_BYTES + 100)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda path: usage)
    refused(write_folder(tmp_path / "box", LAYOUT), settings, "not enough room")
    refused(write_zip(tmp_path / "a.zip", LAYOUT), settings, "more room")
    with pytest.raises(DataError, match="not enough room"):
        mvtec_archives.fetch("bottle", settings)


def test_stopping_leaves_nothing(settings: Settings, tmp_path: Path):
    source, calls = write_zip(tmp_path / "a.zip", LAYOUT), []

    def third_time() -> bool:
        calls.append(1)
        return len(calls) > 3

    with pytest.raises(Cancelled):
        adding.add(source, settings, cancel=third_time)
    assert nothing_left(settings)


def test_what_a_killed_run_left_is_swept(settings: Settings, tmp_path: Path):
    left = settings.data_dir / f"{library.STAGING}old"
    write_folder(left, LAYOUT)
    (left / "part").chmod(0o555)
    assert list_categories(settings.data_dir) == []
    adding.add(write_zip(tmp_path / "a.zip", LAYOUT), settings)
    assert not left.exists()


def test_a_taken_name_is_refused_and_what_is_there_stays(settings: Settings, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", LAYOUT)
    adding.add(source, settings)
    with pytest.raises(DataError, match="already a category 'part'"):
        adding.add(source, settings)
    assert list_categories(settings.data_dir) == ["part"]
    refused_names = {"sample_bottle": "generated sample parts", "   ": "Give the parts a name"}
    for name, words in refused_names.items():
        with pytest.raises(DataError, match=words):
            adding.add(source, settings, name)


def test_a_read_only_data_folder_says_what_to_set(settings: Settings, tmp_path: Path):
    blocked = replace(settings, data_dir=tmp_path / "file" / "data")
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="FAVAE_DATA_DIR"):
        adding.add(write_zip(tmp_path / "a.zip", LAYOUT), blocked)
    for policy in ("off", "limited"):
        with pytest.raises(DataError, match="cannot be changed on this server"):
            adding.add(tmp_path / "a.zip", replace(settings, training=policy))


def test_deleting_frees_the_disk_and_spares_what_is_not_ours(settings: Settings, tmp_path: Path):
    adding.add(write_zip(tmp_path / "a.zip", LAYOUT), settings)
    part = load_category(settings.data_dir, "part")
    small = thumbnails(part.samples, settings.cache_dir)
    size = sum(p.stat().st_size for p in part.root.rglob("*") if p.is_file())
    theirs = write_folder(
        settings.data_dir, {name.replace("part", "theirs", 1): c for name, c in LAYOUT.items()}
    )
    os.symlink(part.root, settings.data_dir / "linked")
    for name, words in (
        ("theirs", "not added by this app"),
        ("linked", "not added"),
        ("../x", "There is no category"),
    ):
        with pytest.raises(DataError, match=words):
            library.delete(name, settings)
    assert library.delete("part", settings) == size
    assert not part.root.exists()
    assert not any(path.exists() for path in small)
    assert load_category(theirs, "theirs").counts == {"good": 1, "hole": 1}
    assert [path.name for path in settings.data_dir.glob(f"{library.LEAVING}*")] == []


# Fetching MVTec AD


@pytest.fixture
def bottle(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The local server stands in for the host; returns the archive's path there."""
    files = {name.replace("part", "bottle", 1): content for name, content in LAYOUT.items()}
    content = write_tar(tmp_path / "original.tar.xz", files).read_bytes()
    row = replace(mvtec_archives.ARCHIVES["bottle"], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(mvtec_archives.ARCHIVES, "bottle", row)
    monkeypatch.setenv("FAVAE_MVTEC_URL", server.url)
    server.files[f"/{row.path}"] = content
    return f"/{row.path}"


def test_the_table_is_complete():
    rows = mvtec_archives.ARCHIVES
    assert (
        len(rows)
        == len({row.path for row in rows.values()})
        == len({row.sha256 for row in rows.values()})
        == 15
    )
    assert all(row.path.endswith(f"/{name}.tar.xz") and len(row.sha256) == 64 for name, row in rows.items())
    assert rows["bottle"].url.startswith("https://www.mydrive.ch/shares/150452/")


def test_a_category_is_fetched_checked_and_added(bottle: str, server: FakeServer, settings: Settings):
    told = []
    assert mvtec_archives.fetch("bottle", settings, lambda *step: told.append(step)) == ["bottle"]
    size = len(server.files[bottle])
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["fetching", "checking", "unpacking"]
    assert ("fetching", size, size) in told
    assert library.origin_of("bottle", settings).source == "MVTec AD"
    assert "NC" in library.origin_of("bottle", settings).licence
    assert len(load_category(settings.data_dir, "bottle").train) == 6
    assert mvtec_archives.fetched_bytes("bottle", settings) == 0
    with pytest.raises(DataError, match="already"):
        mvtec_archives.fetch("bottle", settings)
    assert len(server.requests) == 1


def test_a_cut_connection_is_taken_up_again(bottle: str, server: FakeServer, settings: Settings):
    server.cut_after = len(server.files[bottle]) // 2 + 1
    mvtec_archives.fetch("bottle", settings)
    assert [wanted for _, wanted in server.requests] == [None, f"bytes={server.cut_after}-"]


def test_a_stopped_download_goes_on_where_it_was(bottle: str, server: FakeServer, settings: Settings):
    server.cut_after = 100
    stop_at_200 = lambda: mvtec_archives.fetched_bytes("bottle", settings) >= 200  # noqa: E731
    with pytest.raises(Cancelled, match="goes on from there"):
        mvtec_archives.fetch("bottle", settings, cancel=stop_at_200)
    got = mvtec_archives.fetched_bytes("bottle", settings)
    assert 200 <= got < len(server.files[bottle])
    assert list_categories(settings.data_dir) == []
    server.cut_after, before = None, len(server.requests)
    mvtec_archives.fetch("bottle", settings)
    assert [wanted for _, wanted in server.requests[before:]] == [f"bytes={got}-"]


def test_a_stopped_download_can_be_discarded(bottle: str, settings: Settings):
    part = mvtec_archives.part_path("bottle", settings)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(77))
    assert mvtec_archives.discard("bottle", settings) == 77
    assert not part.exists()


def test_another_file_is_refused_and_not_kept(bottle: str, server: FakeServer, settings: Settings):
    right = server.files[bottle]
    server.files[bottle] = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(DataError, match="checksum is wrong"):
        mvtec_archives.fetch("bottle", settings)
    assert nothing_left(settings)
    assert mvtec_archives.fetched_bytes("bottle", settings) == 0
    server.files[bottle] = right
    assert mvtec_archives.fetch("bottle", settings) == ["bottle"]


def test_a_host_without_the_file_says_how_else_to_get_it(bottle: str, server: FakeServer, settings: Settings):
    del server.files[bottle]
    with pytest.raises(DataError, match=r"404.*get bottle\.tar\.xz from https://www\.mvtec"):
        mvtec_archives.fetch("bottle", settings)
    with pytest.raises(DataError, match="no category 'cup'"):
        mvtec_archives.fetch("cup", settings)


def test_an_archive_is_known_by_its_content(tmp_path: Path):
    assert archives.is_archive(write_tar(tmp_path / "a.bin", LAYOUT))
    (tmp_path / "b.zip").write_bytes(b"no")
    assert not archives.is_archive(tmp_path / "b.zip")


def test_a_tar_with_a_damaged_header_is_not_taken_for_a_short_one(settings: Settings, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar", LAYOUT, "w")
    content = source.read_bytes()
    place = content.index(b"part/train/good/003.png")
    source.write_bytes(content[:place] + b"?" + content[place + 1 :])
    refused(source, settings, "damaged")
