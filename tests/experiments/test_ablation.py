"""The table of what each element of a recipe is worth: its figures by hand, and one that is really trained."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_training import small_config

from favae_demo.cli.main import main
from favae_demo.config import presets
from favae_demo.config.presets import make_config
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import read_json, write_json
from favae_demo.core.settings import Settings
from favae_demo.experiments import ablation, training_task
from favae_demo.experiments.ablation import (
    FIRST,
    ROWS,
    AblationRecipe,
    AblationRow,
    select_rows,
    summarise,
    to_markdown,
)


@pytest.fixture
def settings(project_settings: Settings, tiny_mvtec: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(presets.PRESETS, "quick", small_config(weight_average=0.5))
    return replace(project_settings, data_dir=tiny_mvtec)


def run_ablation(settings: Settings, out: Path, *arguments: str) -> int:
    folders = ["--out", str(out), "--data", str(settings.data_dir)]
    return main(["ablation", *folders, "--teacher", "none", *arguments])


def test_a_row_is_there_where_it_changes_something() -> None:
    usual = [name for name, row in ROWS.items() if row.applies is not ablation._is_extended]
    assert list(select_rows(AblationRecipe("quick"))) == usual
    extended = select_rows(AblationRecipe("extended")).keys()
    assert extended >= ROWS.keys() - set(usual)
    assert not extended & {"relu", "no-augmentation"}  # it reads no VGG layers and varies nothing
    # The report's recipe has none of the others.
    assert list(select_rows(AblationRecipe("paper"))) == [FIRST, "no-augmentation", "eight-bits"]
    assert "relu" not in select_rows(AblationRecipe("quick", "efficientnet-lite0"))
    assert not select_rows(AblationRecipe("quick", "none")).keys() & {"relu", "sum"}
    assert list(select_rows(AblationRecipe("quick"), only=["max"])) == [FIRST, "max"]


@pytest.mark.parametrize(
    ("preset", "name", "sentence"), [("quick", "luck", "no-averaging"), ("paper", "relu", "changes nothing")]
)
def test_rows_that_are_not_there_are_refused(preset: str, name: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        select_rows(AblationRecipe(preset), only=[name])


def test_a_row_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    ordered = ablation.training_tasks(ROWS, tmp_path, AblationRecipe("quick"), ["pill", "screw"], [0, 1])
    for name, tasks in ordered.items():
        assert list(tasks) == [("pill", 0), ("pill", 1), ("screw", 0), ("screw", 1)]
        for (category, seed), task in tasks.items():
            usual = make_config("quick", category, seed=seed)
            assert task.config == replace(usual, **ROWS[name].changes)
            assert (task.category, task.config.seed) == (category, seed)
    targets = [task.target for tasks in ordered.values() for task in tasks.values()]
    assert len(set(targets)) == len(targets) == 4 * len(ROWS)


def test_rows_that_only_judge_otherwise_share_a_training(tmp_path: Path) -> None:
    rows = select_rows(
        AblationRecipe("extended"), only=["max", "not-upright", "smooth-4", "sum", "unbalanced"]
    )
    ordered = ablation.training_tasks(rows, tmp_path, AblationRecipe("extended"), ["pill", "screw"], [0])
    shared = training_task.merge_tasks(task for tasks in ordered.values() for task in tasks.values())
    found = {(one.title, len(one.variants)) for one in shared}
    assert found == {
        ("as it is: pill, seed 0", 4),  # a pill is never turned, so that row is the recipe as it is
        ("as it is: screw, seed 0", 3),
        ("parts as they lie: screw, seed 0", 0),
        ("layers weighed by their size in the loss: pill, seed 0", 0),
        ("layers weighed by their size in the loss: screw, seed 0", 0),
    }


def test_a_shared_training_gives_what_one_of_its_own_would(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    trained, real = [], training_task.run_training
    monkeypatch.setattr(training_task, "run_training", lambda *given: trained.append(given) or real(*given))
    monkeypatch.setitem(ROWS, "smooth-1", AblationRow("smoothed less", {"blur": 1.0}))
    wanted = ["--only", "smooth-1", "max", "--categories", "widget"]
    assert run_ablation(settings, tmp_path / "shared", *wanted) == 0
    assert len(trained) == 1
    monkeypatch.setattr(training_task, "merge_tasks", list)
    assert run_ablation(settings, tmp_path / "alone", *wanted) == 0
    assert len(trained) == 4
    figures = {}
    for path in sorted((tmp_path / "alone").glob("*-widget-*.json")):
        alone, shared = read_json(path), read_json(tmp_path / "shared" / path.name)
        assert {k: v for k, v in shared["metrics"].items() if k != "data"} == {
            k: v for k, v in alone["metrics"].items() if k != "data"
        }
        assert shared["config"] == alone["config"]
        figures[path.name] = shared["metrics"]["pixel_auroc"]
    assert len(set(figures.values())) > 1
    capsys.readouterr()
    next((tmp_path / "shared").glob("smooth-1-*.json")).unlink()
    assert run_ablation(settings, tmp_path / "shared", *wanted) == 0  # only what is not there
    assert len(trained) == 5


def test_figures_of_other_settings_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def target() -> Path:
        return ablation.training_tasks(ROWS, tmp_path, AblationRecipe("quick"), ["pill"], [0])["max"][
            "pill", 0
        ].target

    before = target()
    monkeypatch.setitem(presets.PRESETS, "quick", replace(presets.PRESETS["quick"], max_steps=600))
    assert target() != before


def made_up(tmp_path: Path, figures: dict[str, dict[tuple[str, int], tuple]]) -> list[dict]:
    """The table of figures (pixel AUROC, image AUROC, seconds) by row and task; None was not trained."""
    rows = {FIRST: AblationRow("as it is"), "max": ROWS["max"]}
    ordered = ablation.training_tasks(rows, tmp_path, AblationRecipe("quick"), ["pill", "toothbrush"], [0, 1])
    for name, tasks in figures.items():
        for task, (pixel, image, seconds) in tasks.items():
            reasons = {} if image is not None else {"image_auroc": "needs at least 3 good test pictures"}
            metrics = {"pixel_auroc": pixel, "image_auroc": image, "aupro": 0.9, "reasons": reasons}
            write_json(ordered[name][task].target, {"metrics": metrics, "training": {"seconds": seconds}})
    return summarise(rows, ordered)


FIRST_FIGURES = {
    ("pill", 0): (0.90, 0.8, 100.0),
    ("pill", 1): (0.92, 0.9, 100.0),
    ("toothbrush", 0): (0.96, None, 50.0),
    ("toothbrush", 1): (1.00, None, 50.0),
}


def test_means_ranges_and_differences(tmp_path: Path) -> None:
    worse = {task: (pixel - 0.02, image, 60.0) for task, (pixel, image, _) in FIRST_FIGURES.items()}
    first, second = made_up(tmp_path, {FIRST: FIRST_FIGURES, "max": worse})
    assert first["pixel_auroc"]["mean"] == pytest.approx(0.945)
    assert first["pixel_auroc"]["range"] == pytest.approx([0.93, 0.96])  # of the means of seeds 0 and 1
    assert first["pixel_auroc"]["categories"] == pytest.approx({"pill": 0.91, "toothbrush": 0.98})
    assert first["pixel_auroc"]["difference"] == 0
    assert first["seconds"] == pytest.approx(75)
    assert second["pixel_auroc"]["difference"] == pytest.approx(-0.02)
    assert second["changes"] == {"image_score": "max"}


def test_what_the_data_cannot_give_is_left_out_and_said(tmp_path: Path) -> None:
    table = made_up(tmp_path, {FIRST: FIRST_FIGURES, "max": FIRST_FIGURES})
    assert table[0]["image_auroc"]["mean"] == pytest.approx(0.85)
    assert table[0]["image_auroc"]["left_out"] == {"toothbrush": "needs at least 3 good test pictures"}
    text = to_markdown(table, AblationRecipe("quick"), ["pill", "toothbrush"], [0, 1])
    assert "image AUROC without toothbrush: needs at least 3 good test pictures." in text
    assert "pixel AUROC without" not in text


def test_a_table_that_is_not_whole_compares_only_what_both_have(tmp_path: Path) -> None:
    second = {("pill", 0): (0.91, 0.8, 10.0)}
    table = made_up(tmp_path, {FIRST: FIRST_FIGURES, "max": second})
    assert table[1]["pixel_auroc"]["difference"] == pytest.approx(0.01)  # not 0.91 less the mean of all
    assert (table[1]["trainings"], table[1]["wanted"]) == (1, 4)
    lines = to_markdown(table, AblationRecipe("quick"), ["pill", "toothbrush"], [0, 1]).splitlines()
    assert lines[2].startswith("| as it is | 0.945 (0.930–0.960) |  | 0.850 (0.800–0.900) |")
    assert lines[3].startswith("| highest value of the map as image score | 0.910 | +0.010 |")
    assert lines[3].endswith("| 10 | 1 of 4 |")


def test_a_table_without_any_training_is_dashes(tmp_path: Path) -> None:
    table = made_up(tmp_path, {})
    assert "| as it is | – |  | – |  | – |  | – | 0 of 4 |" in to_markdown(
        table, AblationRecipe("quick"), ["pill"], [0]
    )


def test_it_is_really_trained_once_and_goes_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    trained, real, out = [], training_task.run_training, tmp_path / "out"
    monkeypatch.setattr(training_task, "run_training", lambda *given: trained.append(given) or real(*given))
    # Both with and without: a category that is not there ends nothing.
    wanted = ["--only", "no-averaging", "--seeds", "3", "4", "--json", "--categories", "widget"]
    assert run_ablation(settings, out, *wanted, "gone") == 2
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(found["failed"]) == 4
    assert [(row["row"], row["trainings"], row["wanted"]) for row in found["rows"]] == [
        (FIRST, 2, 4),
        ("no-averaging", 2, 4),
    ]
    assert found["trained"] == 4

    results = sorted(out.glob("no-averaging-widget-3-*.json"))
    assert read_json(results[0])["config"]["weight_average"] == 0
    results[0].unlink()
    trained.clear()
    assert run_ablation(settings, out, *wanted) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["trained"] == 1  # only what was not there
    assert len(trained) == 1
    first, second = found["rows"]
    seeds = [read_json(path)["metrics"]["pixel_auroc"] for path in sorted(out.glob("as-it-is-widget-*.json"))]
    assert first["pixel_auroc"]["mean"] == pytest.approx(sum(seeds) / 2, abs=1e-4)
    assert first["pixel_auroc"]["range"] == pytest.approx(sorted(seeds), abs=1e-4)
    assert second["pixel_auroc"]["difference"] is not None
    assert second["seconds"] > 0
    assert read_json(out / "quick.json")["rows"] == found["rows"]
    assert "| no averaging of the weights |" in (out / "quick.md").read_text(encoding="utf-8")
    assert not list(settings.runs_dir.rglob("*widget*/config.json"))


def test_all_rows_can_be_trained_with_other_settings(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    wanted = ["--only", "no-averaging", "--categories", "widget", "--set", "max_steps=3", "blur=1"]
    assert run_ablation(settings, tmp_path, *wanted) == 0
    configs = {path.name[:5]: read_json(path) for path in tmp_path.glob("*-widget-*.json")}
    assert [one["training"]["steps"] for one in configs.values()] == [3, 3]
    assert {one["config"]["blur"] for one in configs.values()} == {1.0}
    assert "quick, teacher none, max_steps 3, blur 1." in (tmp_path / "quick.md").read_text(encoding="utf-8")
    assert read_json(tmp_path / "quick.json")["set"] == {"max_steps": "3", "blur": "1"}
    assert run_ablation(settings, tmp_path, "--set", "luck=7") == 2
    assert "luck" in capsys.readouterr().err


def test_categories_and_seeds_are_named_once(settings: Settings, tmp_path: Path, capsys) -> None:
    assert run_ablation(settings, tmp_path, "--seeds", "1", "1") == 2
    assert "once" in capsys.readouterr().err
