"""Detection beside a training: the training is real, runs apart, and is gone afterwards. Nothing here is timed."""

import os
from pathlib import Path

import pytest
from small_training import small_config

from favae_demo.bench import during_training, models
from favae_demo.config.presets import QUICK
from favae_demo.core.errors import FavaeError
from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.training.events import Failed, StepDone

pytest_plugins = ["trained_widget"]


ENDLESS = {"epochs": 10_000, "patience": 10_000, "max_seconds": during_training.LONGEST}


def test_an_image_is_judged_beside_a_real_training_that_is_gone_afterwards(
    widget_settings: Settings, tiny_mvtec: Path
) -> None:
    path = widget_settings.checkpoint_dir / "widget-none-quick.safetensors"
    image, config = models.sample_images(1)[0], small_config(**ENDLESS)
    runs = []

    def measure_and_fail() -> None:
        with during_training.running_training(widget_settings, config, "widget") as folder:
            pid = read_json(folder.path / "process.json")["pid"]
            runs.append((folder, pid))
            assert any(isinstance(event, StepDone) for event in folder.events())
            assert os.getsid(pid) != os.getsid(0)  # in one session they would share one part of the processor
            found = during_training.measure_image(path, "torch", image, widget_settings, 3)
            assert found["p95_ms"] >= found["p50_ms"] > 0
            assert manager.is_alive(folder)
            raise FavaeError("as if a measurement failed")

    with pytest.raises(FavaeError, match="as if a measurement failed"):
        measure_and_fail()
    ((folder, pid),) = runs
    assert not manager.is_alive(folder)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.path.exists()
    assert not list(widget_settings.cache_dir.glob(".bench-*"))


def test_a_training_that_ends_before_its_time_is_said(
    widget_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "launch", lambda folder: folder.record(Failed("There is no room.")))
    with (
        pytest.raises(FavaeError, match=r"before its time.*There is no room\."),
        during_training.running_training(widget_settings, small_config(), "widget"),
    ):
        pytest.fail("it began to measure")


@pytest.mark.skipif(not hasattr(os, "SCHED_OTHER"), reason="this system has no scheduling classes")
@pytest.mark.parametrize(
    ("text", "unfavoured"),
    [
        ("/autogroup-7 nice 0\n", False),
        ("/autogroup-7 nice 19\n", True),
        ("\n", False),
        ("", False),
        (None, False),
    ],
)
def test_whether_it_gives_way_is_read_from_its_group_if_it_is_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, unfavoured: bool
) -> None:
    group = tmp_path / "autogroup"
    if text is not None:
        group.write_text(text)
    monkeypatch.setattr(during_training, "AUTOGROUP", group)
    monkeypatch.setattr(os, "sched_getscheduler", lambda _: os.SCHED_OTHER)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    assert during_training.has_low_priority() == unfavoured


def test_the_training_beside_is_the_quick_one_and_does_not_end_while_it_is_measured() -> None:
    config = during_training.endless_training()
    assert (config.preset, config.teacher, config.batch_size) == ("quick", "vgg16", QUICK.batch_size)
    assert config.epochs * (config.views * 0.8 // config.batch_size) > 100_000
    assert config.max_seconds > during_training.PATIENCE
    assert not config.max_steps
