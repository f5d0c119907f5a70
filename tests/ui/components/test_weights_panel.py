"""The panel that fetches teacher weights on first need, and what the tabs show meanwhile."""

import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from favae_demo.core.errors import WeightsPendingError
from favae_demo.detection.registry import Registry
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher
from favae_demo.ui import text
from favae_demo.ui.components import weights_panel
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.answers import OPENING
from favae_demo.ui.tabs.detect.opening import opening
from favae_demo.ui.tabs.detect.view import PARTS, DetectOptions

pytest_plugins = ["trained_widget"]

RUNNING = Fetch("vgg16", "f00", "a source", 12_000_000, 60_000_000)


@pytest.fixture
def own(app_settings, tmp_path) -> Services:
    """Services with a fetcher and a folder of models of their own."""
    models = shutil.copytree(app_settings.checkpoint_dir, tmp_path / "checkpoints")
    settings = replace(app_settings, checkpoint_dir=models)
    return Services(settings, Registry(settings))


def panel(services: Services, fetch: Fetch | None, monkeypatch, arrived: str = "") -> dict:
    monkeypatch.setattr(Fetcher, "latest", lambda self: fetch)
    return dict(zip(weights_panel.OUTPUTS, weights_panel.panel_values(services, arrived), strict=True))


def is_skipped(value: object) -> bool:
    return isinstance(value, dict) and value == gr.skip()


def test_without_a_fetch_nothing_is_shown(own: Services, monkeypatch) -> None:
    assert all(map(is_skipped, panel(own, None, monkeypatch).values()))


def test_source_and_size_are_named_while_it_runs(own: Services, monkeypatch) -> None:
    shown = panel(own, RUNNING, monkeypatch)
    assert shown["panel"].visible
    assert "VGG16 from a source: 12 of 60 MB" in shown["progress"]
    assert 'aria-valuenow="20"' in shown["progress"]
    assert (shown["cancel"].visible, shown["retry"].visible) == (True, False)
    assert is_skipped(shown["arrived"])
    assert (shown["timer"].active, shown["look"].interactive) == (True, True)


def test_a_problem_is_said_and_can_be_tried_again(own: Services, monkeypatch) -> None:
    failed = Fetch("vgg16", "f00", running=False, problem="No network: put the file into a folder.")
    shown = panel(own, failed, monkeypatch)
    assert failed.problem in shown["progress"]
    assert (shown["panel"].visible, shown["cancel"].visible, shown["retry"].visible) == (True, False, True)
    assert (shown["timer"].active, shown["look"].interactive) == (False, True)


def test_weights_that_came_otherwise_after_a_problem_are_noticed(own: Services, monkeypatch) -> None:
    monkeypatch.setattr(Fetcher, "ready", lambda self, teacher, expected: teacher == "vgg16")
    failed = Fetch("vgg16", "f00", running=False, problem="No network: put the file into a folder.")
    assert panel(own, failed, monkeypatch)["arrived"] == "vgg16"


def test_weights_of_many_models_are_looked_for_once(own: Services, monkeypatch) -> None:
    path = Path(own.model_choices("widget")[0][1])
    shutil.copy(path, path.with_name("another.safetensors"))
    looked: list[Path] = []
    monkeypatch.setattr(Registry, "is_ready", lambda self, path: bool(looked.append(path)) or True)
    assert weights_panel.all_here(own)
    cards = [model.card for model in own.registry.models()]
    assert (
        len(looked) == len({(card.config.teacher, card.teacher_fingerprint) for card in cards}) < len(cards)
    )


def test_what_waited_is_judged_once_the_weights_have_come(own: Services, monkeypatch) -> None:
    came = Fetch("vgg16", "f00", running=False)
    monkeypatch.setattr(weights_panel, "all_here", lambda services: True)
    shown = panel(own, came, monkeypatch)
    assert not shown["panel"].visible
    assert shown["arrived"] == "vgg16"
    assert (shown["timer"].active, shown["look"].interactive) == (False, False)
    assert is_skipped(panel(own, came, monkeypatch, arrived="vgg16")["arrived"])


def test_a_model_without_its_weights_says_what_is_under_way(own: Services, monkeypatch) -> None:
    model = own.model_choices("widget")[0][1]
    monkeypatch.setattr(Registry, "is_ready", lambda self, path: False)
    monkeypatch.setattr(Fetcher, "start", lambda self, teacher, expected: RUNNING)
    image = own.image(own.sample("widget", 0).path)
    with pytest.raises(WeightsPendingError, match="12 of 60 MB"):
        own.detect(model, image, 0.05)


def test_meanwhile_another_model_shows_its_example(own: Services, monkeypatch) -> None:
    ready = own.model_choices("widget")[0][1]
    pending = shutil.copy(ready, Path(ready).with_name("widget-vgg16-quick.safetensors"))
    monkeypatch.setattr(Registry, "is_ready", lambda self, path: str(path) == ready)
    monkeypatch.setattr(Registry, "fetch_weights", lambda self, path: RUNNING)
    (opened,) = opening(own, Turns(options=DetectOptions()), "widget", "", str(pending))
    parts = dict(zip(OPENING, opened, strict=True))
    assert parts["shown"].model == ready
    assert "12 of 60 MB" in parts["verdict"]
    assert text.page.FETCH_MEANWHILE.format(model="VAE") in parts["verdict"]
    assert parts.keys() >= PARTS.keys()
