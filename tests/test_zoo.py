"""Making the shipped models: only those that are missing, once each, also after a kill in the middle."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from small_training import small_config

from favae_demo import presets, sweep, zoo
from favae_demo.checkpoints import read_card
from favae_demo.cli import main
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


def test_two_workers_with_the_same_task_train_once(settings: Settings, tmp_path, monkeypatch) -> None:
    trained = []
    real = zoo.run_training
    monkeypatch.setattr(zoo, "run_training", lambda *given: trained.append(given) or real(*given))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: zoo.make_whole(WIDGET, settings, tmp_path, "quick", 0), range(2)))
    assert found == ["widget-none-quick.safetensors"] * 2
    assert len(trained) == 1


def test_a_sweep_makes_what_it_can_and_names_what_failed(settings: Settings, tmp_path, capsys) -> None:
    out = tmp_path / "models"
    job = partial(zoo.make_whole, settings=settings, out=out, preset="quick", seed=0)
    found = {one.task: one for one in sweep.run([WIDGET, ("gone", "none")], job, workers=1)}
    assert found[WIDGET].value == "widget-none-quick.safetensors"
    assert "gone" in found["gone", "none"].error
    assert [one.value for one in sweep.run([WIDGET], job, workers=1)] == ["widget-none-quick.safetensors"]
    assert not list(settings.runs_dir.rglob("widget*"))  # the second time nothing was trained

    arguments = [
        "zoo",
        "--out",
        str(out),
        "--data",
        str(settings.data_dir),
        "--teachers",
        "none",
        "--categories",
    ]
    assert main([*arguments, "gone", "--workers", "2"]) == 2
    assert "Not made: gone none" in capsys.readouterr().err
