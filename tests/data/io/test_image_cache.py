import os
import time
from pathlib import Path

import numpy as np
import pytest

from favae_demo.core import disk_cache
from favae_demo.core.errors import ImageError
from favae_demo.data.io import image_cache
from favae_demo.data.io.image_cache import cached_images
from favae_demo.data.io.images import load_images, save_png


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    made = [tmp_path / "data" / f"{i}.png" for i in range(5)]
    for path in made:
        save_png(path, rng.integers(0, 256, (40, 50, 3), np.uint8))
    return made


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each call decoded."""
    counts: list[int] = []

    def counted(paths, size, levels=None):
        counts.append(len(paths))
        return load_images(paths, size, levels)

    monkeypatch.setattr(image_cache, "load_images", counted)
    return counts


def files(cache: Path) -> list[Path]:
    return sorted((cache / disk_cache.IMAGES).iterdir())


def test_the_second_load_decodes_nothing_and_gives_the_same_pixels(paths, decoded, tmp_path):
    first = cached_images(paths, 16, "widget", tmp_path)
    again = cached_images(paths, 16, "widget", tmp_path)
    assert decoded == [5]
    np.testing.assert_array_equal(first, load_images(paths, 16))
    np.testing.assert_array_equal(again, first)
    assert len(files(tmp_path)) == 1


def test_without_a_cache_folder_nothing_is_kept(paths, decoded, tmp_path):
    for _ in range(2):
        cached_images(paths, 16, "widget", None)
    assert decoded == [5, 5]
    assert not (tmp_path / disk_cache.IMAGES).exists()


@pytest.mark.parametrize("change", ["content", "time", "size", "order", "fewer", "about"])
def test_whatever_changes_is_loaded_anew(paths, decoded, tmp_path, change):
    cached_images(paths, 16, "widget", tmp_path)
    asked = {"content": paths, "time": paths, "order": paths[::-1], "fewer": paths[1:]}.get(change, paths)
    status = paths[0].stat()
    if change == "content":
        save_png(paths[0], np.zeros((40, 50, 3), np.uint8))
        os.utime(paths[0], ns=(status.st_atime_ns, status.st_mtime_ns))  # the size tells
    elif change == "time":
        os.utime(paths[0], ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
    size = 8 if change == "size" else 16
    found = cached_images(asked, size, "gadget" if change == "about" else "widget", tmp_path)
    assert len(decoded) == 2
    np.testing.assert_array_equal(found, load_images(asked, size))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_file_is_not_believed(paths, decoded, tmp_path, damage):
    first = cached_images(paths, 16, "widget", tmp_path)
    (file,) = files(tmp_path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "other":
        np.savez(file, pictures=first[1:])
    else:
        file.write_bytes({"cut": data[: len(data) // 2], "flipped": data, "empty": b""}[damage])
    np.testing.assert_array_equal(cached_images(paths, 16, "widget", tmp_path), first)
    np.testing.assert_array_equal(cached_images(paths, 16, "widget", tmp_path), first)
    assert decoded == [5, 5]


def test_a_cache_that_cannot_be_written_costs_only_time(paths, decoded, tmp_path):
    (tmp_path / disk_cache.IMAGES).write_text("a file where the folder should be")
    np.testing.assert_array_equal(cached_images(paths, 16, "widget", tmp_path), load_images(paths, 16))
    assert decoded == [5]


def test_a_missing_image_is_named(paths, tmp_path):
    cached_images(paths, 16, "widget", tmp_path)
    paths[2].unlink()
    with pytest.raises(ImageError, match=r"'2\.png' does not exist"):
        cached_images(paths, 16, "widget", tmp_path)


def test_the_cache_is_bounded_and_what_was_unused_for_longest_goes(paths, tmp_path):
    for name in ("old", "used", "new"):
        cached_images(paths, 16, name, tmp_path)
        for file in files(tmp_path):
            os.utime(file, (file.stat().st_atime - 100, file.stat().st_mtime - 100))
    cached_images(paths, 16, "old", tmp_path)  # a hit counts as use
    size = files(tmp_path)[0].stat().st_size
    cached_images(paths, 16, "newest", tmp_path, most_bytes=2 * size)
    left = {file.name.split("-")[0] for file in files(tmp_path)}
    assert left == {
        disk_cache.entry_path(tmp_path, name, 0, "").name.split("-")[0] for name in ("old", "newest")
    }


def test_half_written_files_of_killed_processes_go_those_being_written_stay(tmp_path):
    for name, age in (("killed.tmp", disk_cache.ABANDONED_SECONDS + 10), ("busy.tmp", 5)):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    disk_cache.evict(tmp_path, 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["busy.tmp"]


def test_a_deleted_category_is_forgotten_and_no_other(paths, tmp_path):
    for name in ("widget", "widget-2"):
        cached_images(paths, 16, name, tmp_path)
    disk_cache.remove_entries(tmp_path / disk_cache.IMAGES, "widget")
    (file,) = files(tmp_path)
    assert file.name.startswith(disk_cache.entry_path(tmp_path, "widget-2", 0, "").name.split("-")[0])
    disk_cache.remove_entries(tmp_path / "none", "widget")
