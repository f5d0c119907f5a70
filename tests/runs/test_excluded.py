"""A training without some of the good pictures."""

import pytest
from whole_runs import TINY

from favae_demo.core.errors import DataError
from favae_demo.data.mvtec import load_category
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Started
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["whole_runs"]
LEFT_OUT = ("003.png", "train/good/007.png")


def test_a_run_does_not_see_the_pictures_that_it_leaves_out(tmp_path, tiny_mvtec, settings):
    folder = RunFolder(tmp_path / "run")
    folder.create(TINY, "widget", tiny_mvtec, exclude=LEFT_OUT)
    assert folder.task().exclude == LEFT_OUT
    started = next(event for event in run_training(folder, settings) if isinstance(event, Started))
    assert started.train_pictures + started.held_out_pictures == 10


def test_a_category_without_some_pictures(tiny_mvtec):
    widget = load_category(tiny_mvtec, "widget")
    less = widget.without(LEFT_OUT)
    assert {sample.name for sample in widget.train} - {sample.name for sample in less.train} == {
        "003.png",
        "007.png",
    }
    assert less.test == widget.test
    with pytest.raises(DataError, match=r"no good training picture '99\.png'"):
        widget.without(["99.png"])
