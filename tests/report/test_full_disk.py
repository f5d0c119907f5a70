"""A full disk, and folders that may only be read: one plain sentence or the work without keeping it; nothing half-written."""

import shutil
from dataclasses import replace
from pathlib import Path

import kept_models
import numpy as np
import pytest
from fake_server import FakeServer
from faulty_disks import as_nobody, files, fill, largest_file
from report_cases import report_on

from favae_demo.core.download import download
from favae_demo.core.errors import ConfigError, DataError, DownloadError, WeightsError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.library.own_parts import make_category
from favae_demo.data.library.store import Library
from favae_demo.data.library.upload_checks import inspect
from favae_demo.data.mvtec import load_category
from favae_demo.data.thumbnails import thumbnails
from favae_demo.evaluation.results_cache import lookup, measure
from favae_demo.report import archive
from favae_demo.teacher import weight_store

pytest_plugins = ["faulty_disks", "trained_widget"]

LARGE = bytes(range(256)) * 8192  # two megabytes


def test_a_download_onto_a_full_disk_says_so_at_once_and_goes_on_once_there_is_room(
    server: FakeServer, small_disk: Path
):
    server.files["/a"] = LARGE
    (small_disk / "other").write_bytes(b"earlier")
    filler = fill(small_disk, 600_000)
    with pytest.raises(DownloadError, match="disk is full"):
        download(f"{server.url}/a", small_disk / "a", lambda *_: None)
    assert len(server.requests) == 1
    part = (small_disk / "a").read_bytes()
    assert 0 < len(part) < len(LARGE)
    assert LARGE.startswith(part)
    filler.unlink()
    download(f"{server.url}/a", small_disk / "a", lambda *_: None)
    assert (small_disk / "a").read_bytes() == LARGE
    assert (small_disk / "other").read_bytes() == b"earlier"


def test_a_download_that_may_not_grow_says_so(server: FakeServer, tmp_path: Path):
    server.files["/a"] = LARGE
    with largest_file(300_000), pytest.raises(DownloadError, match="larger than this system allows"):
        download(f"{server.url}/a", tmp_path / "a", lambda *_: None)
    assert LARGE.startswith((tmp_path / "a").read_bytes())


@pytest.mark.parametrize("name", ["report.html", "report.zip"])
def test_a_report_that_finds_no_room_leaves_the_earlier_one(
    widget_settings: Settings, small_disk: Path, name: str
):
    data, path = report_on(widget_settings), small_disk / name
    archive.write(data, path)
    before = files(small_disk)
    filler = fill(small_disk, 30_000)
    with pytest.raises(ConfigError, match=r"cannot be written .*No space left"):
        archive.write(data, path)
    filler.unlink()
    assert files(small_disk) == before


def test_own_parts_that_find_no_room_are_not_half_there(
    widget_settings: Settings, small_disk: Path, tmp_path: Path
):
    library = Library(small_disk / "data", widget_settings.cache_dir, widget_settings.max_pixels)
    rng = np.random.default_rng(0)
    for number in range(6):
        save_png(tmp_path / "own" / f"{number}.png", rng.integers(0, 256, (300, 300, 3), dtype=np.uint8))
    report = inspect(sorted((tmp_path / "own").iterdir()), max_pixels=library.max_pixels)
    make_category("first", report, library)
    before = files(library.data_dir / "first")
    filler = fill(small_disk, 500_000)
    with pytest.raises(DataError, match="cannot be written"):
        make_category("second", report, library)
    filler.unlink()
    assert files(library.data_dir / "first") == before
    assert sorted(path.name for path in library.data_dir.iterdir() if path.is_dir()) == ["first"]
    make_category("second", report, library)


def test_figures_are_measured_though_they_cannot_be_kept(tiny_mvtec: Path, tmp_path: Path):
    """With room for no file, and in a cache that may only be read."""
    model = kept_models.FOLDER / "plain-16.safetensors"
    detector, category = kept_models.load("plain-16"), load_category(tiny_mvtec, "widget")
    with largest_file(5):
        found = measure(detector, model, category, tmp_path / "cache")
    assert found.n_defect == 8
    assert lookup(model, category, tmp_path / "cache") is None
    assert files(tmp_path / "cache") == {}


def test_a_closed_cache_hides_no_image(open_place: Path):
    cache, category = open_place / "cache", load_category(open_place / "data", "widget")
    cache.mkdir(mode=0o555)
    detector, model = kept_models.load("plain-16"), open_place / "model.safetensors"
    shutil.copy(kept_models.FOLDER / "plain-16.safetensors", model)
    model.chmod(0o644)
    with as_nobody():
        small = thumbnails(category.test[:3], cache)
        assert all(path.is_file() for path in small)
        assert measure(detector, model, category, cache).n_good == 4
    assert list(cache.iterdir()) == []
    for path in small:
        path.unlink()


def test_weights_that_cannot_be_kept_are_a_sentence(open_place: Path):
    """Weights that came with the app's packages, a cache that may only be read, and a damaged file in it."""
    settings = replace(Settings.from_env(), cache_dir=open_place / "cache", teacher_dir=None)
    target = weight_store.cache_path("efficientnet-lite0", settings.cache_dir)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"damaged")
    target.parent.chmod(0o555)
    with as_nobody(), pytest.raises(WeightsError, match="cannot be written"):
        weight_store.ensure("efficientnet-lite0", settings.cache_dir, settings.teacher_dir)
    assert target.read_bytes() == b"damaged"
