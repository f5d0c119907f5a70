"""Making the shipped models: only those that are missing, once each, also after a kill in the middle."""

from dataclasses import replace

import pytest
from small_training import small_config

from favae_demo import presets, zoo
from favae_demo.checkpoints import read_card
from favae_demo.files import read_json
from favae_demo.settings import Settings

WIDGET = ("widget", "none")


@pytest.fixture
def settings(project_settings: Settings, tiny_mvtec, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(presets.PRESETS, "quick", small_config(epochs=3))
    return replace(project_settings, data_dir=tiny_mvtec)


def test_the_whole_set_is_thirty_models() -> None:
    assert len(zoo.tasks()) == 30
    assert zoo.tasks(["pill"], ["vgg16"]) == [("pill", "vgg16")]


def test_a_model_is_made_once_goes_on_after_a_kill_and_is_listed(settings: Settings, tmp_path) -> None:
    out = tmp_path / "models"
    assert zoo.missing([WIDGET], out, "quick") == [WIDGET]
    for event in zoo.make(WIDGET, settings, out, "quick", 0):
        if type(event).__name__ == "EpochDone":
            break  # as if killed
    assert zoo.missing([WIDGET], out, "quick") == [WIDGET]
    events = list(zoo.make(WIDGET, settings, out, "quick", 0))
    assert next(one for one in events if type(one).__name__ == "Started").first_step > 0
    assert zoo.missing([WIDGET], out, "quick") == []
    assert not list(settings.runs_dir.rglob("config.json"))

    (row,) = zoo.index(out)
    card = read_card(out / "widget-none-quick.safetensors")
    assert row["file"] == "widget-none-quick.safetensors"
    assert row["metrics"] == card.metrics
    assert row["metrics"]["n_defect"] == 8
    assert read_json(out / zoo.INDEX) == [row]
