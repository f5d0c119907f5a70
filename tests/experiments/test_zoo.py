"""Making the shipped models: only those that are missing, once each, also after a kill in the middle."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from small_training import small_config

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.cli.main import main
from favae_demo.config import presets
from favae_demo.core import task_pool
from favae_demo.core.errors import DataError
from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.experiments import training_task, zoo
from favae_demo.experiments.training_task import TrainingTask, complete_task, config_digest, run_task

WIDGET = "widget-none-quick.safetensors"


@pytest.fixture
def settings(project_settings: Settings, tiny_mvtec: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(presets.PRESETS, "quick", small_config(epochs=3))
    return replace(project_settings, data_dir=tiny_mvtec)


@pytest.fixture
def widget(settings: Settings, tmp_path: Path) -> TrainingTask:
    (task,) = zoo.training_tasks(tmp_path / "models", categories=["widget"], teachers=["none"])
    return task


def run_zoo(settings: Settings, out: Path, *arguments: str) -> int:
    folders = ["--out", str(out), "--data", str(settings.data_dir)]
    return main(["zoo", *folders, "--teachers", "none", *arguments])


def test_the_whole_set_is_thirty_models(tmp_path: Path) -> None:
    assert len({task.target for task in zoo.training_tasks(tmp_path)}) == 30
    (one,) = zoo.training_tasks(tmp_path, seed=2, categories=["pill"], teachers=["vgg16"])
    assert one.target == tmp_path / "pill-vgg16-quick.safetensors"
    assert (one.category, one.config.teacher, one.config.seed) == ("pill", "vgg16", 2)
    assert one.config.weight_bits == 8


def test_a_model_is_made_once_goes_on_after_a_kill_and_is_listed(
    settings: Settings, widget: TrainingTask
) -> None:
    out = widget.target.parent
    training = run_task(widget, settings)
    told = (event for event in training if type(event).__name__ == "EpochDone")
    next(told), next(told)  # in the second epoch the first is saved
    training.close()  # as if killed
    assert not widget.is_done
    events = list(run_task(widget, settings))
    assert next(one for one in events if type(one).__name__ == "Started").first_step > 0
    assert widget.is_done
    assert not list(settings.runs_dir.rglob("config.json"))
    assert list(run_task(widget, settings)) == []

    (row,) = zoo.write_index(out)
    card = read_card(out / WIDGET)
    assert row["file"] == WIDGET
    assert row["metrics"] == card.metrics
    assert row["metrics"]["n_defect"] == 8
    assert read_json(out / zoo.INDEX) == [row]


def test_a_run_of_other_settings_is_not_gone_on_with(settings: Settings, widget: TrainingTask) -> None:
    next(run_task(widget, settings))  # begun, and killed
    other = replace(widget, config=replace(widget.config, epochs=4))
    started = next(one for one in run_task(other, settings) if type(one).__name__ == "Started")
    assert started.first_step == 0
    assert other.run_folder(settings.runs_dir).task().config.epochs == 4


def test_a_run_of_other_images_is_not_gone_on_with(
    settings: Settings, widget: TrainingTask, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="widget"):
        complete_task(widget, replace(settings, data_dir=tmp_path / "empty"))
    assert complete_task(widget, settings) == WIDGET  # with the folder put right


def test_only_what_is_changed_tells_settings_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    config = small_config()
    assert config_digest(config) == config_digest(small_config())
    assert config_digest(config) != config_digest(replace(config, seed=1))
    before = config_digest(config)
    later = {"added_later": 0.0}
    real = presets.TrainConfig.to_dict
    monkeypatch.setattr(presets.TrainConfig, "to_dict", lambda self: real(self) | later)
    assert config_digest(config) == before


def test_two_workers_with_the_same_task_train_once(
    settings: Settings, widget: TrainingTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []
    real = training_task.run_training
    monkeypatch.setattr(training_task, "run_training", lambda *given: trained.append(given) or real(*given))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: complete_task(widget, settings), range(2)))
    assert found == [WIDGET] * 2
    assert len(trained) == 1


def test_zoo_makes_what_it_can_and_names_what_failed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "models"
    assert run_zoo(settings, out, "--categories", "gone", "widget", "--workers", "2", "--json") == 2
    printed = capsys.readouterr()
    found = json.loads(printed.out.splitlines()[-1])
    assert found["made"] == [{"category": "widget", "teacher": "none"}]
    (failed,) = found["failed"]
    assert (failed["category"], failed["teacher"]) == ("gone", "none")
    assert "gone" in failed["error"]
    assert [row["file"] for row in found["models"]] == [WIDGET]
    assert "Not made: gone none" in printed.err


def test_one_after_another_it_makes_what_it_can_too(
    settings: Settings, widget: TrainingTask, capsys: pytest.CaptureFixture
) -> None:
    out = widget.target.parent
    assert run_zoo(settings, out, "--categories", "gone", "widget", "--json") == 2
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["category"] for one in found["made"]] == ["widget"]
    assert [one["category"] for one in found["failed"]] == ["gone"]
    # The second time nothing is to be done, and so nothing fails.
    assert run_zoo(settings, out, "--categories", "widget", "--json") == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["made"], found["failed"]) == ([], [])
    assert [row["file"] for row in found["models"]] == [WIDGET]


def test_methods_are_compared_in_a_table(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(presets.METHOD_PRESETS, "favae-quick", "quick")
    monkeypatch.setitem(presets.PRESETS, "quick", small_config(epochs=1))
    out = tmp_path / "models"
    assert run_zoo(settings, out, "--categories", "widget", "--methods", "favae-quick") == 0
    (row,) = read_json(out / zoo.INDEX)
    assert (row["method"], row["name"], row["file"]) == ("favae", "none-quick", WIDGET)
    assert row["training"]["milliseconds"] > 0
    assert "| widget | none-quick |" in (out / "methods.md").read_text()


def test_a_failure_is_told_without_json_too(settings: Settings, tmp_path: Path, capsys) -> None:
    assert run_zoo(settings, tmp_path / "models", "--categories", "gone") == 2
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1].startswith("favae_demo: Not made: gone none")
    assert "category gone" in printed.out


def test_a_worker_is_given_whole_paths(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def stand_in(tasks: list[TrainingTask], job: object, *_: object) -> list[task_pool.Outcome]:
        given.extend(
            [tasks[0].target, *(vars(job.keywords["settings"])[name] for name in ("runs_dir", "cache_dir"))]
        )
        return [task_pool.Outcome(task, task.target.name) for task in tasks]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAVAE_RUNS_DIR", "runs")
    monkeypatch.setattr(task_pool, "run", stand_in)
    assert run_zoo(settings, Path("models"), "--categories", "widget", "--workers", "2") == 0
    assert all(path.is_absolute() for path in given)
