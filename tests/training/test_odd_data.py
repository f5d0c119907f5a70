"""Trainings on pictures that teach nothing, and trainings whose loss is no number: a usable model or a sentence, never a NaN."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from odd_images import ODD, assert_sane, even
from simple_teacher import LargeTeacher
from whole_runs import TINY, after, epochs, finish, new_folder

from favae_demo.config.presets import make_config
from favae_demo.core.errors import TrainingError
from favae_demo.data.io.images import save_png
from favae_demo.detection.detector import Detector
from favae_demo.runs import manager
from favae_demo.training.state import load_tensors, save_tensors

pytest_plugins = ["whole_runs"]

PLAIN = replace(TINY, epochs=2, views=0, score="channels", image_score="top")
EXTENDED = replace(
    make_config("extended", "screw", width=0.05, latent=4, batch_size=4, weight_average=0.5), max_steps=4
)
RECIPES = {"plain": PLAIN, "plain, plainly summed": replace(PLAIN, score="scaled"), "extended": EXTENDED}
SETS = {
    "all the same": lambda one: [one] * 6,
    "all black": lambda one: [even(0)] * 6,
    "all white, all in one row": lambda one: [even(255, 1, 300)] * 6,
    "two": lambda one: [one, one[::-1]],
}


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("runs.pipeline", "teacher.teacher"):
        monkeypatch.setattr(f"favae_demo.{module}.load_teacher", lambda *_, **__: LargeTeacher())


def widgets(home: Path, images: list[np.ndarray]) -> Path:
    for number, image in enumerate(images):
        save_png(home / "widget" / "train" / "good" / f"{number}.png", image)
    return home


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("images", SETS)
@pytest.mark.usefixtures("teacher")
def test_images_that_teach_nothing_give_a_model_that_answers(tmp_path, settings, recipe, images):
    """There are no test pictures either, so nothing is measured."""
    rng = np.random.default_rng(0)
    shown = SETS[images](rng.integers(0, 256, (96, 96, 3), dtype=np.uint8))
    folder = new_folder(tmp_path / "run", widgets(tmp_path / "data", shown), RECIPES[recipe])
    assert finish(folder, settings, measure=True)[-1].metrics == {}
    text = (folder.path / "events.jsonl").read_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    found = Detector.load(folder.model, settings).detect([shown[0], *ODD.values()])
    for one in found:
        assert_sane(one)
    if images != "two":
        assert found[0].verdict == "good"  # it is what all good parts look like


def test_a_loss_that_is_no_number_ends_the_run_with_the_best_model_so_far(tmp_path, tiny_mvtec, settings):
    settings = replace(settings, runs_dir=tmp_path)
    folder = new_folder(tmp_path / "run", tiny_mvtec)
    finish(folder, settings, stop=after(5))
    best = folder.best.read_bytes()
    tensors, metadata = load_tensors(folder.last)
    blown = {
        name: value * 1e30 if name.startswith("model.encoder.head") else value
        for name, value in tensors.items()
    }
    save_tensors(folder.last, blown, metadata)
    assert finish(folder, settings)[-1].stopped_because == "diverged"
    assert folder.best.read_bytes() == best
    assert all(np.isfinite(list(event.train.values())).all() for event in epochs(folder))
    view = manager.view("run", settings)
    assert (view.state, view.can_resume) == (manager.FINISHED, False)
    assert "no longer a number" in view.status()
    for one in Detector.load(folder.model, settings).detect(list(ODD.values())):
        assert_sane(one)


def test_a_model_that_gives_no_numbers_is_never_kept(tmp_path, tiny_mvtec, settings):
    """Half precision knows no number beyond 65,504."""
    folder = new_folder(tmp_path / "run", tiny_mvtec)
    finish(folder, settings)
    folder.model.unlink()
    tensors, metadata = load_tensors(folder.best)
    save_tensors(folder.best, {name: value * 1e6 for name, value in tensors.items()}, metadata)
    with pytest.raises(TrainingError, match="lower learning rate"):
        finish(folder, settings)
    assert not folder.model.exists()


def test_a_category_whose_test_folder_is_empty_is_trained_and_not_measured(tmp_path, tiny_mvtec, settings):
    shutil.copytree(tiny_mvtec / "widget" / "train", tmp_path / "data" / "widget" / "train")
    (tmp_path / "data" / "widget" / "test" / "good").mkdir(parents=True)
    folder = new_folder(tmp_path / "run", tmp_path / "data", replace(TINY, epochs=1))
    assert finish(folder, settings, measure=True)[-1].metrics == {}
