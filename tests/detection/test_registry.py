"""Which models are found, and which detectors stay in memory."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from favae_demo.checkpoints.checkpoint import list_checkpoints, load_checkpoint, save_checkpoint
from favae_demo.config.presets import make_config
from favae_demo.config.variants import TEACHERS
from favae_demo.core.errors import CheckpointError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.detection import registry as module
from favae_demo.detection.registry import Registry

pytest_plugins = ["trained_widget"]


@pytest.fixture
def registry(widget_settings: Settings) -> Registry:
    return Registry(widget_settings)


def test_models_are_found_in_every_folder_newest_first(registry: Registry, widget_model: Path) -> None:
    installed = registry.settings.checkpoint_dir / "widget-none-quick.safetensors"
    run = registry.settings.runs_dir / "20260101-widget"
    run.mkdir()
    for name in ("model", "best", "last"):
        shutil.copy(widget_model, run / f"{name}.safetensors")
    os.utime(installed, (1, 1))
    found = [model.path for model in registry.models("widget")]
    assert found == [run / "model.safetensors", installed]  # the states beside a finished model are none
    everything = {model.path for model in registry.models()}
    assert everything == {*found, *list_checkpoints(SHIPPED_CHECKPOINTS)}
    assert registry.newest("widget", "none").path == run / "model.safetensors"


def test_no_model_for_another_category_or_teacher(registry: Registry) -> None:
    assert registry.models("gadget") == []
    assert registry.newest("widget", "vgg16") is None


def test_a_damaged_file_is_passed_over(registry: Registry) -> None:
    (registry.settings.checkpoint_dir / "broken.safetensors").write_bytes(b"\0" * 100)
    assert [model.path.name for model in registry.models("widget")] == ["widget-none-quick.safetensors"]


def test_a_detector_is_loaded_once_until_its_file_changes(registry: Registry) -> None:
    path = registry.models("widget")[0].path
    first = registry.detector(path)
    assert registry.detector(path) is first
    os.utime(path, (1, 1))
    assert registry.detector(path) is not first


def test_the_least_used_detector_is_dropped(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAPACITY", 2)
    first = registry.models("widget")[0].path
    paths = [first, *(Path(shutil.copy(first, first.with_stem(name))) for name in ("b", "c"))]
    a, b = (registry.detector(path) for path in paths[:2])
    registry.detector(paths[0])  # now the second is the least used
    registry.detector(paths[2])
    assert registry.detector(paths[0]) is a
    assert registry.detector(paths[1]) is not b


def test_a_deleted_or_damaged_model_is_told(registry: Registry) -> None:
    path = registry.models("widget")[0].path
    registry.detector(path)
    path.unlink()
    with pytest.raises(CheckpointError, match="deleted"):
        registry.detector(path)
    path.write_text("no model")
    with pytest.raises(CheckpointError, match="damaged"):
        registry.detector(path)


def test_the_best_kind_comes_first_and_of_one_kind_ones_own(
    registry: Registry, widget_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHIPPED_CHECKPOINTS", tmp_path / "shipped")
    plain = load_checkpoint(widget_model)
    kinds = [kind for kind in module.BEST_FIRST if kind in TEACHERS]
    for teacher in reversed(kinds):
        card = replace(plain.card, config=replace(plain.config, teacher=teacher))
        save_checkpoint(tmp_path / "shipped" / f"widget-{teacher}.safetensors", replace(plain, card=card))
    extended = replace(plain, card=replace(plain.card, config=make_config("extended")))
    save_checkpoint(tmp_path / "shipped" / "widget-extended.safetensors", extended)
    models = registry.models("widget")
    order = [(model.path.parent.name, model.card.config.teacher) for model in models]
    assert models[0].card.config.preset == "extended"
    assert order[1:] == [
        *[("shipped", kind) for kind in kinds[:-1]], ("checkpoints", "none"), ("shipped", "none"),
    ]  # fmt: skip


def test_a_model_whose_training_was_stopped_comes_last(registry: Registry, widget_model: Path) -> None:
    checkpoint, run = load_checkpoint(widget_model), registry.settings.runs_dir / "mine"
    run.mkdir()
    card = replace(checkpoint.card, training={"stopped_because": "stopped", "steps": 3})
    save_checkpoint(run / "model.safetensors", replace(checkpoint, card=card))
    assert [model.path.name for model in registry.models("widget")] == [
        "widget-none-quick.safetensors", "model.safetensors",
    ]  # fmt: skip
    assert not registry.newest("widget", "none").card.is_stopped
