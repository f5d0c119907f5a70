"""Pytest plugin: full disks, files of limited size, and read-only folders."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

NOBODY = 65534
DISK = 8 << 20  # bytes


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Limits the size of files, in bytes, within the block: this simulates a full disk without privileges."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Runs the block as an unprivileged user if this process is root, for which file permissions have no effect."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place(tiny_mvtec: Path) -> Iterator[Path]:
    """A folder that every user may read, with the images of `widget` in `data`."""
    with tempfile.TemporaryDirectory(prefix="place-") as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copytree(tiny_mvtec / "widget", place / "data" / "widget")
        subprocess.run(["chmod", "-R", "a+rX", place], check=True)
        yield place


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MiB; skips the test if this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may mount no disk, so none can be filled")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fills a disk up to `leave` free bytes; returns the file that occupies the space."""
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free // 4096 * 4096 - leave))
    return filler


def files(folder: Path) -> dict[str, bytes]:
    """Returns the contents of all files in a folder, by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
