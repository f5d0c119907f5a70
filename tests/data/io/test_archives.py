"""Taking pictures out of archives: hostile, damaged and too large ones leave a sentence and nothing outside."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from favae_demo.core.errors import DataError
from favae_demo.data.io import archives, extraction
from favae_demo.data.io.archive_guards import Limits
from favae_demo.data.io.extraction import unpack


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "inside" / "target"
    folder.mkdir(parents=True)
    return folder


def tar(path: Path, *members: tuple[str, bytes], mode: str = "w:xz") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def special(path: Path, kind: bytes, name: str = "a/link.png") -> Path:
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return path


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("pack", [tar, zipped])
def test_images_and_notes_come_out_and_nothing_else(pack: Callable, tmp_path: Path, target: Path) -> None:
    members = [
        ("b/train/good/1.png", b"one"), ("./b/2.JPG", b"two"), ("b/license.txt", b"terms"),
        ("b/run.sh", b"rm"), ("b/.hidden.png", b"x"), ("__MACOSX/b/1.png", b"x"),
    ]  # fmt: skip
    seen = []
    count = unpack(pack(tmp_path / "b.any", *members), target, lambda *told: seen.append(told))
    assert count == 2
    assert files(target) == {"b/train/good/1.png", "b/2.JPG", "b/license.txt"}
    assert (target / "b/2.JPG").read_bytes() == b"two"
    assert len(seen) == len(members)
    assert seen[-1][0] == seen[-1][1] > 0 or pack is tar  # a tar ends with some padding


def test_a_folder_is_copied_and_its_source_stays(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.png").write_bytes(b"a")
    assert unpack(source, target, ignore) == 1
    assert files(target) == {"deep/a.png"} == files(source)


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize(
    "name", ["../evil.png", "a/../../evil.png", "/evil.png", "..\\evil.png", "C:/evil.png", "a\x01/evil.png", "d/" * 13 + "evil.png"],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(pack: Callable, name: str, tmp_path: Path, target: Path) -> None:
    with pytest.raises(DataError, match="unsafe path"):
        unpack(pack(tmp_path / "hostile", (name, b"evil")), target, ignore)
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith("evil.png")]
    assert not Path("/evil.png").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, tmp_path: Path, target: Path) -> None:
    with pytest.raises(DataError, match="link or a device"):
        unpack(special(tmp_path / "hostile.tar", kind), target, ignore)
    assert list(target.rglob("*")) == []


def test_a_link_in_a_zip_is_refused(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("a.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match="link or a device"):
        unpack(path, target, ignore)
    assert list(target.rglob("*")) == []


def test_a_bomb_is_stopped_by_what_it_writes(tmp_path: Path, target: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", ("a.png", bytes(20_000_000)))
    assert bomb.stat().st_size < 100_000
    with pytest.raises(DataError, match="more room"):
        unpack(bomb, target, ignore, limits=Limits(bytes=5_000_000))
    assert sum(path.stat().st_size for path in target.rglob("*")) <= 5_000_000


def test_too_many_entries_are_refused(tmp_path: Path, target: Path) -> None:
    many = zipped(tmp_path / "many.zip", *((f"{i}.txt", b"") for i in range(11)))
    assert unpack(many, target, ignore, limits=Limits(entries=11)) == 0
    with pytest.raises(DataError, match="more than 10 files"):
        unpack(many, target / "again", ignore, limits=Limits(entries=10))


def test_room_on_the_disk_is_a_limit(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "free_bytes", lambda folder: 10)
    with pytest.raises(DataError, match="more room"):
        unpack(zipped(tmp_path / "a.zip", ("a.png", bytes(11))), target, ignore)


def test_a_disk_that_fills_up_says_so(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(extraction, "_write", full)
    with pytest.raises(DataError, match="disk is full"):
        unpack(zipped(tmp_path / "a.zip", ("a.png", b"a")), target, ignore)


def test_damaged_archives_say_so(tmp_path: Path, target: Path) -> None:
    whole = tar(tmp_path / "a.tar.xz", ("a.png", os.urandom(100_000)))
    (tmp_path / "cut.tar.xz").write_bytes(whole.read_bytes()[:50_000])
    content = bytearray(zipped(tmp_path / "a.zip", ("a.png", os.urandom(10_000))).read_bytes())
    content[5_000] ^= 255
    (tmp_path / "bent.zip").write_bytes(content)
    for name in ("cut.tar.xz", "bent.zip"):
        with pytest.raises(DataError, match="damaged or incomplete"):
            unpack(tmp_path / name, target / name, ignore)


@pytest.mark.parametrize("place", [5, 512 + 512 + 5, 2 * 1024 + 300])
def test_a_cut_or_damaged_tar_is_not_taken_for_a_short_one(place: int, tmp_path: Path, target: Path) -> None:
    content = tar(
        tmp_path / "a.tar", *((f"{i}.png", bytes([i]) * 500) for i in range(4)), mode="w"
    ).read_bytes()
    (tmp_path / "bent.tar").write_bytes(content[:place] + b"?" + content[place + 1 :])
    (tmp_path / "cut.tar").write_bytes(content[: place + 1])
    for name in ("bent.tar", "cut.tar"):
        with pytest.raises(DataError, match=r"damaged or incomplete|neither"):
            unpack(tmp_path / name, target, ignore)
        for left in target.iterdir():
            left.unlink()


def test_a_name_that_comes_twice_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(DataError, match="twice"):
        unpack(tar(tmp_path / "a.tar", ("a.png", b"1"), ("a.png", b"2"), mode="w"), target, ignore)


def test_what_is_no_archive_says_so(tmp_path: Path, target: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear reader")
    with pytest.raises(DataError, match="neither a folder nor a ZIP or TAR"):
        unpack(tmp_path / "letter.zip", target, ignore)
    with pytest.raises(DataError, match="no file or folder"):
        unpack(tmp_path / "nothing.zip", target, ignore)
    assert not archives.is_archive(tmp_path / "letter.zip")


def test_the_tick_stops_it(tmp_path: Path, target: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(zipped(tmp_path / "a.zip", ("a.png", b"a"), ("b.png", b"b")), target, stop)
    assert files(target) == {"a.png"}
