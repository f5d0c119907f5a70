"""Pytest plugin: disks that are full, files that may not grow, and folders that may only be read."""

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
    """Within the block no file grows beyond this: a full disk that needs no rights to be played."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Within the block this process may only do what permissions say: root is asked for none, so it becomes somebody else."""
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
    """A folder that every user may enter, with the pictures of `widget` in `data`."""
    with tempfile.TemporaryDirectory(prefix="place-") as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copytree(tiny_mvtec / "widget", place / "data" / "widget")
        subprocess.run(["chmod", "-R", "a+rX", place], check=True)
        yield place


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes; skips where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may mount no disk, so none can be filled")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Takes all but so many bytes of a disk; returns the file that takes them."""
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free // 4096 * 4096 - leave))
    return filler


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder: names with contents."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
