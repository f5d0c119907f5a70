"""A category's images are converted with one white level, decided from all of its training images."""

import cv2
import numpy as np
import pytest
from image_writers import planes

from favae_demo.checkpoints.card import Card
from favae_demo.core.errors import DataError
from favae_demo.data.io.images import decode, load_images, save_png
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.library import category_levels
from favae_demo.data.library.category_levels import levels_of_files, set_levels, training_levels
from favae_demo.data.library.own_parts import make_category
from favae_demo.data.library.store import Library
from favae_demo.data.library.upload_checks import inspect
from favae_demo.data.mvtec import Category, load_category
from favae_demo.data.thumbnails import forget, thumbnails


@pytest.fixture(autouse=True)
def _forget():
    category_levels._decided.cache_clear()


def twin(path, image: np.ndarray, form: str) -> None:
    """Saves an 8-bit picture as another camera would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "png 12":
        deep = np.rint(image[..., ::-1] * (4095 / 255)).astype(np.uint16)
        assert cv2.imwrite(str(path.with_suffix(".png")), deep)
    elif form == "tiff planes 16":
        path.with_suffix(".tiff").write_bytes(planes(image.astype(np.uint16) * 257))
    else:
        save_png(path, image)


def category(root, form: str, gain: float = 1.0) -> Category:
    rng = np.random.default_rng(0)
    for number in range(6):
        image = (rng.integers(0, 256, (20, 24, 3)) * gain).astype(np.uint8)
        twin(root / f"cap/train/good/{number:03}.png", image if number else image // 9, form)
        twin(root / f"cap/test/good/{number:03}.png", image // 5, form)
    return load_category(root, "cap")


@pytest.mark.parametrize(
    ("form", "levels"), [("png 12", Levels(0, 4095)), ("tiff planes 16", Levels(0, 65_535)), ("png 8", None)]
)
def test_deep_twins_of_a_category_give_the_very_pixels(tmp_path, form, levels):
    plain, deep = category(tmp_path / "plain", "png 8"), category(tmp_path / "deep", form)
    assert category_levels.category_levels(deep, tmp_path / "cache") == levels
    for split in ("train", "test"):  # dark test images too, whose own peak would make them bright
        mine, theirs = (
            load_images([sample.path for sample in getattr(one, split)], 16, levels) for one in (deep, plain)
        )
        np.testing.assert_array_equal(mine, theirs)


def test_levels_are_read_once_and_again_when_an_image_is_added(tmp_path, monkeypatch):
    deep = category(tmp_path, "png 12")
    paths = [sample.path for sample in deep.train]
    found = training_levels(paths, "cap", tmp_path / "cache")
    category_levels._decided.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(category_levels, "needs_levels", lambda path: pytest.fail("it was read again"))
        assert training_levels(paths, "cap", tmp_path / "cache") == found
    twin(tmp_path / "cap/train/good/010.png", np.full((20, 24, 3), 255, np.uint8), "tiff planes 16")
    more = [sample.path for sample in load_category(tmp_path, "cap").train]
    assert training_levels(more, "cap", tmp_path / "cache") == Levels(0, 65_535)


def test_damaged_and_missing_images_do_not_count(tmp_path):
    deep = category(tmp_path, "png 12")
    deep.train[1].path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16) + b"\x10")
    paths = [sample.path for sample in deep.train]
    assert levels_of_files([*paths, tmp_path / "none.png"]) == Levels(0, 4095)
    assert training_levels([*paths, tmp_path / "none.png"], "cap") == Levels(0, 4095)


def test_own_parts_are_stored_with_one_level_that_is_noted(tmp_path):
    source = category(tmp_path / "source", "png 12", gain=0.3)
    library = Library(tmp_path / "data", tmp_path / "cache", 10**7)
    make_category("cam", inspect([sample.path for sample in source.train]), library)
    added = load_category(tmp_path / "data", "cam")
    assert category_levels.category_levels(added) == Levels(0, 4095)
    stored = sorted(decode(sample.path, Levels(0, 4095)).mean() for sample in added.train)
    right = sorted(decode(sample.path, Levels(0, 4095)).mean() for sample in source.train)
    np.testing.assert_allclose(stored, right)
    assert stored[0] < stored[1] / 4  # the dark image stays dark


def test_the_level_of_added_parts_can_be_changed_and_decided_again(tmp_path):
    source = category(tmp_path / "source", "png 12")
    library = Library(tmp_path / "data", tmp_path / "cache", 10**7)
    make_category("cam", inspect([sample.path for sample in source.train]), library)
    added = load_category(library.data_dir, "cam")
    mode = added.root.stat().st_mode
    assert set_levels("cam", Levels(100, 2047), library) == Levels(100, 2047)
    assert category_levels.category_levels(added, library.cache_dir) == Levels(100, 2047)
    brighter = [decode(sample.path, Levels(100, 2047)).mean() for sample in added.train]
    right = [decode(sample.path, Levels(100, 2047)).mean() for sample in source.train]
    np.testing.assert_allclose(sorted(brighter), sorted(right))  # the values that 8 bits would have lost
    assert set_levels("cam", None, library) == Levels(0, 4095)
    assert added.root.stat().st_mode == mode


def test_eight_bits_have_no_level_to_set(tmp_path):
    category(tmp_path / "data", "png 8")
    with pytest.raises(DataError, match="8 bits"):
        set_levels("cap", Levels(0, 200), Library(tmp_path / "data", tmp_path / "cache", 10**7))


def test_a_server_that_allows_no_changes_keeps_its_levels(tmp_path):
    deep = category(tmp_path / "data", "png 12")
    with pytest.raises(DataError, match="cannot be changed"):
        set_levels(
            "cap", Levels(0, 200), Library(tmp_path / "data", tmp_path / "cache", 10**7, writable=False)
        )
    assert not (deep.root / category_levels.NOTE).exists()


def test_thumbnails_follow_the_level(tmp_path):
    deep = category(tmp_path, "png 12")
    dark, bright = (
        decode(thumbnails(deep.test[:1], tmp_path / "cache", levels)[0]).mean()
        for levels in (Levels(0, 4095), Levels(0, 1023))
    )
    assert bright > 3 * dark
    forget(deep.test[:1], tmp_path / "cache")
    assert not list((tmp_path / "cache/thumbnails").iterdir())


@pytest.mark.parametrize("text", ["{", "[]", '{"levels": {"black": 1, "white": 0}}', '{"levels": 5}'])
def test_a_broken_note_is_passed_over(tmp_path, text):
    deep = category(tmp_path, "png 12")
    (deep.root / category_levels.NOTE).write_text(text)
    assert category_levels.category_levels(deep) == Levels(0, 4095)


def test_cards_without_levels_behave_as_before():
    card = Card("cap", None, "", "", (), None)  # type: ignore[arg-type]
    assert card.levels is TYPE_LEVELS
    assert Card("cap", None, "", "", (), None, data={"levels": {"black": 0, "white": 4095}}).levels == Levels(
        0, 4095
    )
