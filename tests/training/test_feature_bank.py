import errno
import os
from pathlib import Path

import pytest
import torch
from simple_teacher import SimpleTeacher

from favae_demo.core import disk_cache
from favae_demo.training import feature_bank
from favae_demo.training.feature_bank import FeatureBank, LiveFeatures, NoFeatures, bank_path, fits

INDEX = torch.tensor([3, 0, 19, 3])


@pytest.fixture(scope="module")
def views() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (20, 3, 32, 32), dtype=torch.uint8, generator=generator)


@pytest.fixture(autouse=True)
def small_passes(monkeypatch):
    """Several passes of the teacher for so few views."""
    monkeypatch.setattr(feature_bank, "images_per_pass", lambda height, width: 8)


def filled(views, budget_mb, folder) -> FeatureBank:
    bank = FeatureBank(SimpleTeacher(), views, budget_mb, folder)
    assert list(bank.fill()) == [8, 16, len(views)]
    return bank


def test_memory_and_disk_give_the_same_features(views, tmp_path):
    in_memory, on_disk = filled(views, 100, tmp_path / "a"), filled(views, 0, tmp_path / "b")
    assert not (tmp_path / "a").exists()
    for one, other in zip(in_memory.features(INDEX), on_disk.features(INDEX), strict=True):
        assert one.dtype == torch.float32
        assert torch.equal(one, other)
    assert list((tmp_path / "b").iterdir()) == []  # a file without a name: nobody can find it half-filled


def test_the_bank_holds_what_the_teacher_gives_but_for_half_precision(views, tmp_path):
    live = LiveFeatures(SimpleTeacher(), views).features(INDEX)
    for stored, exact in zip(filled(views, 100, tmp_path).features(INDEX), live, strict=True):
        torch.testing.assert_close(stored, exact, rtol=1e-3, atol=1e-4)
        assert stored.shape == exact.shape


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_features_come_in_the_layout_of_the_loss_and_are_the_same(views, tmp_path, monkeypatch, layout):
    plain = filled(views, 100, tmp_path).features(INDEX)
    monkeypatch.setattr(feature_bank, "memory_format", lambda device: layout)
    for budget in (100, 0):
        for known, one in zip(plain, filled(views, budget, tmp_path).features(INDEX), strict=True):
            assert torch.equal(known, one)
            assert one.is_contiguous(memory_format=layout)


def test_the_file_on_disk_vanishes_with_the_bank(views, tmp_path):
    bank = filled(views, 0, tmp_path)
    del bank
    assert list(tmp_path.iterdir()) == []


def test_the_plain_vae_has_no_features():
    assert NoFeatures().features(INDEX) == []


class CountingTeacher(SimpleTeacher):
    """Counts the pictures it looks at."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def features(self, x: torch.Tensor) -> list[torch.Tensor]:
        self.seen += len(x)
        return super().features(x)


def shelved(views: torch.Tensor, cache: Path, about: str = "widget", **options) -> FeatureBank:
    """A bank that is kept, or taken up, with the teacher's standardisation fitted to the first ten views."""
    teacher, basis = CountingTeacher(), views[:10]
    path = bank_path(about, teacher, "relu", views, basis, cache)
    bank = FeatureBank(teacher, views, 0, cache / "past", basis=basis, path=path, **options)
    for _ in bank.fill():
        pass
    return bank


def files(cache: Path) -> list[Path]:
    return sorted((cache / disk_cache.FEATURES).iterdir())


def assert_same(one: FeatureBank, other: FeatureBank) -> None:
    for ours, theirs in zip(one.features(INDEX), other.features(INDEX), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(one.teacher.mean0, other.teacher.mean0)


def test_a_kept_bank_is_taken_up_bit_by_bit_without_the_teacher(views, tmp_path):
    first, again = shelved(views, tmp_path), shelved(views, tmp_path)
    assert (first.teacher.seen, again.teacher.seen) == (len(views), 0)
    assert first.teacher.mean0.abs().sum() > 0
    assert_same(first, again)
    plain = FeatureBank(SimpleTeacher(), views, 100, tmp_path, basis=views[:10])
    list(plain.fill())
    assert_same(plain, again)
    assert len(files(tmp_path)) == 1
    assert not (tmp_path / "past").exists()


@pytest.mark.parametrize("changed", ["views", "basis", "tap", "teacher", "threads", "torch"])
def test_whatever_features_depend_on_tells_banks_apart(views, tmp_path, changed, monkeypatch):
    teacher, other = SimpleTeacher(), views.clone()
    other[-1, 0, 0, 0] ^= 1
    asked = {"views": views, "basis": views[:10], "tap": "relu", "category": "widget"}
    path = bank_path(teacher=teacher, cache_dir=tmp_path, **asked)
    assert path == bank_path(teacher=SimpleTeacher(), cache_dir=tmp_path, **asked)
    asked |= {"views": {"views": other}, "basis": {"basis": None}, "tap": {"tap": "conv"}}.get(changed, {})
    if changed == "teacher":
        teacher.fingerprint = "another"
    elif changed == "threads":
        monkeypatch.setattr(torch, "get_num_threads", lambda: 99)
    elif changed == "torch":
        monkeypatch.setattr(torch, "__version__", "0.0")
    assert path != bank_path(teacher=teacher, cache_dir=tmp_path, **asked)


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_damaged_bank_is_computed_anew(views, tmp_path, damage):
    first = shelved(views, tmp_path)
    (file,) = files(tmp_path)
    data = file.read_bytes()
    if damage == "other":
        shelved(views[:-1], tmp_path)
        (other,) = [path for path in files(tmp_path) if path != file]
        data = other.read_bytes()
    file.unlink()
    file.write_bytes({"cut": data[:-2], "empty": b"", "other": data}[damage])
    again = shelved(views, tmp_path)
    assert again.teacher.seen == len(views)
    assert_same(first, again)
    assert shelved(views, tmp_path).teacher.seen == 0


def test_a_bank_that_was_broken_off_leaves_nothing(views, tmp_path):
    teacher = SimpleTeacher()
    path = bank_path("widget", teacher, "relu", views, None, tmp_path)
    filling = FeatureBank(teacher, views, 100, tmp_path, path=path).fill()
    next(filling)
    assert len(files(tmp_path)) == 1
    filling.close()
    assert files(tmp_path) == []


def test_kept_banks_are_bounded_and_the_oldest_goes(views, tmp_path):
    shelved(views, tmp_path, "a")
    size = files(tmp_path)[0].stat().st_size
    for about in ("b", "c"):
        for file in files(tmp_path):
            os.utime(file, (file.stat().st_atime - 100, file.stat().st_mtime - 100))
        shelved(views, tmp_path, about, most_bytes=2 * size)
    left = {file.name.split("-")[0] for file in files(tmp_path)}
    assert left == {disk_cache.entry_path(tmp_path, about, 0, "").name.split("-")[0] for about in ("b", "c")}


@pytest.mark.parametrize("obstacle", ["too large", "no room", "full disk", "no folder"])
def test_where_a_bank_cannot_be_kept_it_is_used_all_the_same(views, tmp_path, obstacle, monkeypatch):
    expected = shelved(views, tmp_path / "other")
    options = {"most_bytes": 10} if obstacle == "too large" else {}
    if obstacle == "no room":
        monkeypatch.setattr(feature_bank, "free_bytes", lambda folder: 10)
    elif obstacle == "full disk":
        tries = iter([OSError(errno.ENOSPC, "full")])

        def reserve(*_args) -> None:
            for error in tries:
                raise error

        monkeypatch.setattr(os, "posix_fallocate", reserve)
    elif obstacle == "no folder":
        (tmp_path / disk_cache.FEATURES).write_text("a file where the folder should be")
    bank = shelved(views, tmp_path, **options)
    assert_same(bank, expected)
    if (tmp_path / disk_cache.FEATURES).is_dir():
        assert files(tmp_path) == []


def test_only_a_graphics_card_with_room_takes_a_bank(views, monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (views.nbytes * 2, views.nbytes * 9))
    assert not fits(torch.device("cpu"), [views])
    assert fits(torch.device("cuda"), [views])
    assert not fits(torch.device("cuda"), [views, views[:1]])
