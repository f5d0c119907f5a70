"""Versions of a model: recalibrated from the marks, with figures before and after, and undone."""

from pathlib import Path

import numpy as np
import pytest
from command_line import refusal, run_json
from small_training import small_config

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library.feedback import DEFECT, GOOD, Feedback
from favae_demo.data.mvtec import load_category
from favae_demo.detection.registry import Registry
from favae_demo.runs import revisions
from favae_demo.runs.pipeline import run_training
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["trained_widget"]

MODEL = "widget-none-quick"


@pytest.fixture
def darker(widget_settings: Settings, tmp_path: Path) -> Path:
    """Folder with the category's training pictures in less light."""
    folder = tmp_path / "darker"
    for sample in load_category(widget_settings.data_dir, "widget").train:
        save_png(folder / sample.path.name, np.rint(decode(sample.path) * 0.9).astype(np.uint8))
    return folder


def test_from_marks_to_a_version_and_back(widget_settings: Settings, darker: Path, capsys) -> None:
    test = widget_settings.data_dir / "widget" / "test"
    marked = run_json(capsys, "mark", "good", darker, "--category", "widget", "--checkpoint", MODEL)
    assert (marked["marked"], marked["good"], marked["defect"]) == (12, 12, 0)
    run_json(capsys, "mark", "defect", test / "scratch" / "000.png", "--category", "widget")
    made = run_json(capsys, "recalibrate", "--model", MODEL)
    path = Path(made["model"])
    assert (path.stem, made["number"], made["parent"], made["pictures"]) == (f"{MODEL}-v2", 2, MODEL, 12)
    assert made["before"]["marked_good"]["pictures"] == made["after"]["marked_good"]["pictures"] == 12
    assert made["after"]["marked_good"]["called"] <= made["before"]["marked_good"]["called"]
    assert made["after"]["marked_defects"]["pictures"] == 1
    assert (made["after"]["good"]["pictures"], made["after"]["defects"]["pictures"]) == (4, 8)
    assert 0 < made["seconds"] < 10
    assert read_card(path).revision["after"] == made["after"]
    assert Registry(widget_settings).models("widget")[0].path == path

    again = run_json(capsys, "recalibrate", "--model", path.stem)
    assert (again["number"], again["parent"], again["root"]) == (3, path.stem, made["root"])
    undone = run_json(capsys, "recalibrate", "--model", again["model"], "--undo")
    assert Path(undone["model"]) == path
    assert revisions.undo(path, widget_settings).stem == MODEL
    assert [model.path.stem for model in Registry(widget_settings).models("widget")] == [MODEL]
    with pytest.raises(CheckpointError, match="nothing to undo"):
        revisions.undo(widget_settings.checkpoint_dir / f"{MODEL}.safetensors", widget_settings)


def test_marked_defects_move_no_limit(widget_settings: Settings, darker: Path, capsys) -> None:
    def limit(model: str) -> float:
        return read_card(Path(model)).good_scores.threshold(0.05).value

    without = run_json(capsys, "recalibrate", "--model", MODEL, "--pictures", darker)
    for path in sorted(darker.iterdir())[:6]:
        run_json(capsys, "mark", "defect", path, "--category", "widget")
    beside = run_json(capsys, "recalibrate", "--model", MODEL, "--pictures", darker)
    assert limit(beside["model"]) == limit(without["model"])
    assert beside["after"]["marked_defects"]["pictures"] == 6


def test_marks_are_listed_and_taken_back(widget_settings: Settings, darker: Path, capsys) -> None:
    picture = sorted(darker.iterdir())[0]
    run_json(capsys, "mark", "good", picture, "--category", "widget", "--checkpoint", MODEL)
    (entry,) = run_json(capsys, "mark", "list", "--category", "widget")["log"]
    assert (entry["model"], len(entry["fingerprint"])) == (MODEL, 64)
    assert (entry["verdict"] == "defect") == (entry["multiple"] > 1)
    assert run_json(capsys, "mark", "undo", picture, "--category", "widget")["good"] == 0
    assert Feedback(widget_settings.marks_dir, "widget").marks() == []
    assert "not marked" in refusal(capsys, "mark", "undo", picture, "--category", "widget")


def test_a_later_training_learns_from_the_pictures_marked_good(
    widget_settings: Settings, darker: Path
) -> None:
    feedback = Feedback(widget_settings.marks_dir, "widget")
    first, second, third, *_ = sorted(darker.iterdir())
    feedback.mark(first, GOOD, "me")
    feedback.mark(second, GOOD, "me")
    feedback.mark(third, DEFECT, "me")
    counts = {}
    for name, marks_dir in (("without", None), ("with", widget_settings.marks_dir)):
        folder = RunFolder(widget_settings.runs_dir / name)
        folder.create(small_config(epochs=1), "widget", widget_settings.data_dir, marks_dir=marks_dir)
        for _ in run_training(folder, widget_settings):
            pass
        card = read_card(folder.model)
        counts[name] = (card.data["train"] + card.data["held_out"], card.metrics["n_defect"])
    assert counts == {"without": (12, 8), "with": (14, 9)}


def test_too_few_marks_say_how_many_are_needed(widget_settings: Settings, darker: Path, capsys) -> None:
    assert "0 pictures marked good: at least 5" in refusal(capsys, "recalibrate", "--model", MODEL)
    for path in darker.iterdir():
        path.unlink()
    assert "no pictures" in refusal(capsys, "mark", "good", darker, "--category", "widget")
