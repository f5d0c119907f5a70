"""Marks: the log, the copies beside it, and a category with its marked pictures."""

from pathlib import Path

import numpy as np
import pytest

from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library.feedback import (
    DEFECT,
    GOOD,
    LOG,
    TAKEN_BACK,
    Feedback,
    Verdict,
    beside_marked,
    with_marked,
)
from favae_demo.data.mvtec import Category, load_category


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "marks", "widget")


@pytest.fixture
def category(tiny_mvtec: Path) -> Category:
    return load_category(tiny_mvtec, "widget")


def image(folder: Path, grey: int) -> Path:
    path = folder / f"new {grey}.png"
    save_png(path, np.full((40, 50, 3), grey, np.uint8))
    return path


def test_the_log_says_who_said_what_of_which_verdict(feedback: Feedback, tmp_path: Path) -> None:
    said = Verdict("defect", 1.7, "widget-none-quick", "ab" * 32)
    feedback.mark(image(tmp_path, 90), GOOD, "ada", name="part 7.png", verdict=said)
    (entry,) = feedback.log()
    assert (entry.said, entry.who, entry.name, entry.verdict, entry.multiple, entry.model, entry.fingerprint) == (
        "good", "ada", "part 7.png", "defect", 1.7, "widget-none-quick", "ab" * 32,
    )  # fmt: skip
    assert len(entry.picture) == 64
    assert entry.time.endswith("Z")
    assert (decode(feedback.folder / entry.file) == 90).all()


def test_the_last_that_was_said_holds(feedback: Feedback, tmp_path: Path) -> None:
    one, other = image(tmp_path, 90), image(tmp_path, 120)
    feedback.mark(one, GOOD, "ada")
    feedback.mark(other, GOOD, "ada")
    feedback.mark(one, DEFECT, "bob")
    assert [(mark.said, mark.who) for mark in feedback.marks()] == [(GOOD, "ada"), (DEFECT, "bob")]
    assert (len(feedback.paths(GOOD)), len(feedback.paths(DEFECT))) == (1, 1)
    assert len(feedback.log()) == 3


def test_a_mark_is_taken_back_and_the_log_keeps_both(feedback: Feedback, tmp_path: Path) -> None:
    entry = feedback.mark(image(tmp_path, 90), GOOD, "ada")
    feedback.take_back(entry.picture, "bob")
    assert feedback.marks() == []
    assert not (feedback.folder / entry.file).exists()
    assert [(mark.said, mark.who) for mark in feedback.log()] == [(GOOD, "ada"), (TAKEN_BACK, "bob")]
    with pytest.raises(DataError, match="not marked any more"):
        feedback.take_back(entry.picture, "bob")


def test_a_torn_line_costs_itself_only(feedback: Feedback, tmp_path: Path) -> None:
    feedback.mark(image(tmp_path, 90), GOOD, "ada")
    with (feedback.folder / LOG).open("ab") as log:
        log.write(b'{"time": "2026-01-01T00:0')
    feedback.mark(image(tmp_path, 120), GOOD, "ada")
    assert [mark.name for mark in feedback.log()] == ["new 90.png", "new 120.png"]


def test_marked_pictures_join_the_category_and_its_folder_stays(
    feedback: Feedback, category: Category, tmp_path: Path
) -> None:
    files = sorted(category.root.rglob("*"))
    feedback.mark(image(tmp_path, 90), GOOD, "ada")
    feedback.mark(image(tmp_path, 120), DEFECT, "ada")
    joined = with_marked(category, tmp_path / "marks")
    assert (len(joined.train), len(joined.test)) == (len(category.train) + 1, len(category.test) + 1)
    assert joined.train[-1].is_good
    assert joined.counts["marked"] == 1
    assert joined.find(joined.test[-1].key).path == feedback.paths(DEFECT)[0]
    assert sorted(category.root.rglob("*")) == files
    assert with_marked(category, tmp_path / "none") is category


def test_marks_move_nothing_where_people_look_through_a_category(
    feedback: Feedback, category: Category, tmp_path: Path
) -> None:
    good, scratched = category.find("test/good/001.png"), category.find("test/scratch/002.png")
    feedback.mark(scratched.path, GOOD, "ada", sample=scratched)
    feedback.mark(good.path, DEFECT, "ada", sample=good)
    assert beside_marked(category, tmp_path / "marks") is category
    feedback.mark(image(tmp_path, 90), GOOD, "ada")
    feedback.mark(image(tmp_path, 120), DEFECT, "ada")
    seen = beside_marked(category, tmp_path / "marks")
    assert seen.samples[:-1] == category.samples
    assert seen.test[-1].path == feedback.paths(DEFECT)[-1]


def test_a_test_picture_that_is_marked_is_there_once(
    feedback: Feedback, category: Category, tmp_path: Path
) -> None:
    good, scratched = category.find("test/good/001.png"), category.find("test/scratch/002.png")
    feedback.mark(good.path, GOOD, "ada", sample=good)
    feedback.mark(scratched.path, DEFECT, "ada", sample=scratched)
    joined = with_marked(category, tmp_path / "marks")
    assert len(joined.train) == len(category.train) + 1
    assert joined.counts == category.counts | {"good": 3}
    assert joined.find(scratched.key).mask_path == scratched.mask_path


def test_a_deleted_category_leaves_no_marks(feedback: Feedback, tmp_path: Path) -> None:
    feedback.mark(image(tmp_path, 90), GOOD, "ada")
    feedback.forget()
    assert feedback.log() == []
    assert not feedback.folder.exists()
    feedback.forget()


@pytest.mark.parametrize("name", ["../other", ".hidden", "", "a/b"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no category"):
        Feedback(tmp_path, name)


def test_what_is_no_picture_leaves_no_trace(feedback: Feedback, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ImageError, match=r"text\.png"):
        feedback.mark(tmp_path / "text.png", GOOD, "ada")
    with pytest.raises(ImageError, match=r"gone\.png"):
        feedback.mark(tmp_path / "gone.png", GOOD, "ada")
    assert feedback.log() == []
    assert feedback.paths(GOOD) == []
