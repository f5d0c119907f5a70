"""A training that begins with a model made in seconds, which serves until the better one replaces it."""

import pytest
from simple_teacher import SimpleTeacher
from whole_runs import TINY, new_folder

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.runs import pipeline
from favae_demo.runs.pipeline import run_training
from favae_demo.runs.status import INTERRUPTED, read_view
from favae_demo.training.events import Finished, FirstModel, Started
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["whole_runs"]


@pytest.fixture
def folder(project_settings: Settings, tiny_mvtec, monkeypatch) -> RunFolder:
    monkeypatch.setattr(pipeline, "load_teacher", lambda *args, **kwargs: SimpleTeacher())
    make = pipeline.make_config  # the simple teacher has the sizes of a picture of 128×128
    monkeypatch.setattr(
        pipeline,
        "make_config",
        lambda *args, **named: make(*args, **named, image_size=128, adapt=False, align=False),
    )
    return new_folder(project_settings.runs_dir / "run", tiny_mvtec)


def test_the_first_model_is_there_before_the_training_and_gives_way_to_its_own(folder, settings):
    presets = [
        read_card(folder.model).config.preset
        for event in run_training(folder, settings, measure=False, first=True)
        if isinstance(event, FirstModel | Finished)
    ]
    assert presets == ["instant", "tiny"]
    kinds = [type(event) for event in folder.events()]
    assert kinds.index(FirstModel) < kinds.index(Started)
    assert not (folder.path / ".first").exists()


def test_an_interrupted_training_keeps_it_and_makes_no_second_one(folder, settings):
    training = run_training(folder, settings, measure=False, first=True)
    next(event for event in training if isinstance(event, Started))
    training.close()  # as if killed
    assert read_view(folder, alive=False).state == INTERRUPTED
    assert read_card(folder.model).config.preset == "instant"
    made = [
        event
        for event in run_training(folder, settings, measure=False, first=True)
        if isinstance(event, FirstModel)
    ]
    assert made == []
    assert read_view(folder, alive=False).last(FirstModel).seconds > 0


def test_without_the_weights_for_it_the_training_goes_on(folder, settings, monkeypatch):
    def gone(*args: object, **kwargs: object) -> None:
        raise WeightsError("The weights cannot be had.")

    monkeypatch.setattr(pipeline, "load_teacher", gone)  # the training itself needs none
    events = list(run_training(folder, settings, measure=False, first=True))
    assert not any(isinstance(event, FirstModel) for event in events)
    assert isinstance(events[-1], Finished)
    assert read_card(folder.model).config.preset == TINY.preset


def test_a_stop_ends_the_making_of_the_first_model(folder, settings):
    events = list(run_training(folder, settings, measure=False, first=True, stop=lambda: True))
    assert not any(isinstance(event, FirstModel) for event in events)
    assert isinstance(events[-1], Finished)  # with the best model so far, of the training itself
    assert not (folder.path / ".first").exists()
