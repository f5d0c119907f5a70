"""Own parts: what the check says of a user's pictures, and what is stored of them."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from data_trees import image, images
from PIL import Image
from small_training import small_config

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library.own_parts import LONGEST_SIDE, make_category
from favae_demo.data.library.store import LOCK, Library, origin_of
from favae_demo.data.library.upload import FINE, STOP, WARN, UploadReport
from favae_demo.data.library.upload_checks import inspect
from favae_demo.data.mvtec import load_category, load_mask
from favae_demo.detection.detector import Detector
from favae_demo.runs.pipeline import run_training
from favae_demo.training.run_folder import RunFolder


def warnings(report: UploadReport) -> list[str]:
    return [finding.sentence for finding in report.findings if finding.level == WARN]


@pytest.fixture
def good(tmp_path: Path) -> list[Path]:
    return images(tmp_path / "good", 24)


@pytest.mark.parametrize(("count", "level"), [(0, STOP), (4, STOP), (5, WARN), (19, WARN), (20, FINE)])
def test_how_many_are_enough(good: list[Path], count: int, level: str) -> None:
    report = inspect(good[:count])
    assert report.findings[0].level == level
    assert bool(report.stops) == (level == STOP)
    assert len(report.good) == count
    assert len(report.findings) == 1


def test_what_cannot_be_read_is_said_and_left_out(good: list[Path]) -> None:
    good[3].write_bytes(b"no picture")
    good[4].unlink()
    report = inspect(good)
    assert len(report.good) == 22
    (said,) = warnings(report)
    assert "'003.png' is not a PNG" in said
    assert said.endswith("1 picture more cannot be read.")
    assert report.parts[3].note == "cannot be read"


def test_copies_count_once_and_near_copies_are_said(good: list[Path], tmp_path: Path) -> None:
    photo = image(99, side=256)
    save_png(tmp_path / "photo.png", photo)
    noise = np.random.default_rng(0).normal(0, 4, photo.shape)
    save_png(tmp_path / "noisy.png", (photo + noise).clip(0, 255).astype(np.uint8))
    Image.fromarray(photo).save(tmp_path / "small.jpg", quality=70)
    shutil.copy(good[0], tmp_path / "again.png")
    more = [tmp_path / name for name in ("photo.png", "again.png", "noisy.png", "small.jpg")]
    report = inspect([*good, *more])
    copies, near = warnings(report)
    assert "1 picture given more than once (as again.png)" in copies
    assert "2 pictures almost the same as another one (noisy.png, small.jpg)" in near
    assert len(report.good) == 27


def test_the_same_image_as_good_and_as_defect_is_left_out(good: list[Path], tmp_path: Path) -> None:
    shutil.copy(good[0], tmp_path / "bad.png")
    report = inspect(good, [tmp_path / "bad.png"])
    assert "both as good part and as defect" in warnings(report)[0]
    assert (len(report.good), len(report.defects)) == (23, 0)


def test_other_shapes_and_empty_images_are_said(good: list[Path], tmp_path: Path) -> None:
    save_png(tmp_path / "wide.png", image(90)[:24])
    save_png(tmp_path / "lens_cap.png", np.full((48, 48), 7, np.uint8))
    shape, empty = warnings(inspect([*good, tmp_path / "wide.png", tmp_path / "lens_cap.png"]))
    assert "wide.png" in shape
    assert "48×48" in shape
    assert "lens_cap.png" in empty


def test_masks_go_by_name_and_useless_ones_are_said(good: list[Path], tmp_path: Path) -> None:
    defects = images(tmp_path / "bad", 4, 300)
    masks = [tmp_path / name for name in ("000_mask.png", "001.png", "002.png", "spare.png")]
    for path, content in zip(
        masks, (np.eye(48), np.zeros((48, 48)), np.ones((20, 48)), np.eye(48)), strict=True
    ):
        save_png(path, (content * 255).astype(np.uint8))
    report = inspect(good, defects, masks)
    assert [part.mask for part in report.defects] == [masks[0], None, None, None]
    said = " ".join(warnings(report))
    for words in (
        "'001.png' marks nothing",
        "'002.png' has another shape",
        "'spare.png'",
        "3 pictures with a defect and no mask",
    ):
        assert words in said


def test_too_many_and_a_stop(good: list[Path]) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    assert "at most 20,000" in inspect([good[0]] * 20_001).stops[0]
    with pytest.raises(KeyboardInterrupt):
        inspect(good, tick=stop)


def test_what_is_stored(good: list[Path], tmp_path: Path, library: Library) -> None:
    (bad,) = images(tmp_path / "bad", 1, 300)
    mask = np.zeros((24, 24), np.uint8)
    mask[:12] = 1  # half the size, and 1 for white
    save_png(tmp_path / "000_mask.png", mask)
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1500, 3000, 3), dtype=np.uint8))
    exif = photo.getexif()
    exif[0x0112], exif[0x8825] = 6, {1: "N"}  # turned, and with the place
    photo.save(tmp_path / "photo.jpg", exif=exif)
    report = inspect([*good, tmp_path / "photo.jpg"], [bad], [tmp_path / "000_mask.png"])
    seen: list[tuple[int, int]] = []
    name = make_category("My Scans", report, library, lambda *told: seen.append(told))
    category = load_category(library.data_dir, name)
    assert (name, len(category.train), category.counts) == ("my_scans", 22, {"good": 3, "defect": 1})
    assert seen[-1] == (26, 26)
    assert origin_of(name, library.data_dir).source == "own pictures"
    assert (decode(category.train[0].path)[..., 0] == image(0)).all()
    stored = Image.open(next(path for path in category.root.rglob("*photo.png")))
    assert stored.size == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert dict(stored.getexif()) == {}
    truth = load_mask(next(sample for sample in category.test if not sample.is_good), 48)
    assert truth[:24].all()
    assert not truth[24:].any()


def test_nothing_half_written(good: list[Path], library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone_by_then(report: UploadReport) -> None:
        good[5].unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt("stopped")

    def attempt(
        error: type[BaseException], words: str, title: str = "x", tick: Callable = lambda *_: None
    ) -> None:
        with pytest.raises(error, match=words):
            make_category(title, report, library, tick)
        assert [path.name for path in library.data_dir.iterdir() if path.name != LOCK] == []

    report = inspect(good[:3])
    attempt(DataError, "at least 5")
    report = inspect(good)
    attempt(DataError, "at least one letter", title="!")
    attempt(DataError, "kept for MVTec", title="Pill")
    attempt(KeyboardInterrupt, "^stopped$", tick=stop)
    with monkeypatch.context() as patch:
        patch.setattr("favae_demo.data.library.own_parts.save_png", full)
        attempt(DataError, "No space left")
    gone_by_then(report)
    attempt(Exception, "'005.png' does not exist")


def test_scans_of_another_domain_are_learnt_and_judged(
    tmp_path: Path, library: Library, project_settings: Settings
) -> None:
    """Grey pictures as of a small scanner, in a plain folder: checked, stored, trained on, and a bright spot is found."""
    torch.set_num_threads(1)
    good = images(tmp_path / "scans", 24)
    spotted = image(400)
    spotted[18:28, 20:30] = 255
    save_png(tmp_path / "spot" / "400.png", spotted)
    report = inspect(good, [tmp_path / "spot" / "400.png"])
    name = make_category("Scans", report, library)
    run = RunFolder(tmp_path / "run")
    config = replace(small_config(epochs=40, validation_ratio=0.3), background="none")
    run.create(config, name, library.data_dir)
    for _ in run_training(run, project_settings):
        pass
    assert read_card(run.model).category == name
    category = load_category(library.data_dir, name)
    judged = Detector.load(run.model, project_settings).detect([decode(one.path) for one in category.test])
    scores = {one.key: found.score for one, found in zip(category.test, judged, strict=True)}
    defect = scores.pop(next(key for key in scores if "defect" in key))
    assert len(scores) == 3
    assert defect > 2 * max(scores.values())
    assert judged[-1].verdict == "defect"
