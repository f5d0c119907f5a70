"""Starting a training from the page, and what is shown of a run."""

import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import gradio as gr
import pytest
from train_tab_runs import epoch, new_run, step

from favae_demo.config.presets import COMPARED, PRESETS, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import DataError, TrainingError
from favae_demo.runs import manager
from favae_demo.runs.status import LOOKING, MEASURING, RunView
from favae_demo.training.events import Failed, Finished, FirstModel, Preparing, Started
from favae_demo.ui import text
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import form, run_list, run_panel, view
from favae_demo.ui.tabs.train import tab as train_tab

EXTENDED_CHOICE = (PRESETS["extended"].teacher, "extended")
OURS = [name for name in PRESETS if name not in COMPARED]
pytest_plugins = ["trained_widget", "train_tab_runs"]


CUSTOM = text.train.CUSTOM


@pytest.mark.parametrize(
    ("policy", "names"), [("on", [*OURS, CUSTOM]), ("limited", ["quick"]), ("off", [*OURS, CUSTOM])]
)
def test_the_tab_follows_the_training_policy(policy: str, names: list, own: Services) -> None:
    limited = replace(own, settings=replace(own.settings, training=policy))
    assert [name for _, name in train_tab.preset_choices(policy)] == names
    with gr.Blocks() as page:
        ui = train_tab.build(limited)
        train_tab.wire(ui, limited)
    assert ui["start"].interactive == (policy != "off")
    assert all(field.interactive is False for field in ui["form"]) == (policy == "limited")
    said = " ".join(str(block.value) for block in page.blocks.values() if isinstance(block, gr.Markdown))
    assert (text.page.TRAINING_OFF in said, text.train.LIMITED in said) == (
        policy == "off",
        policy == "limited",
    )
    if policy != "on":
        with pytest.raises(TrainingError):
            train_tab.start_training(limited, "widget", "none", "paper", 0)
    assert manager.list_runs(limited.settings) == []


@pytest.mark.parametrize(("policy", "own_runs"), [("limited", ()), ("limited", ("b",)), ("off", ("a",))])
def test_only_who_started_a_training_goes_on_with_it_or_stops_it(
    policy: str, own_runs: tuple[str, ...], own: Services
) -> None:
    with pytest.raises(TrainingError):
        run_panel.require_own("a", own_runs, replace(own.settings, training=policy))


def test_who_started_a_training_may_go_on_with_it_or_stop_it(own: Services) -> None:
    run_panel.require_own("a", ("a",), replace(own.settings, training="limited"))
    run_panel.require_own("a", (), own.settings)


def test_too_few_good_parts_are_refused_before_the_start(own: Services, tmp_path: Path, spot: Path) -> None:
    lonely = tmp_path / "data" / "gizmo" / "train" / "good"
    lonely.mkdir(parents=True)
    shutil.copy(spot, lonely)
    settings = replace(own.settings, data_dir=tmp_path / "data")
    with pytest.raises(DataError, match="at least 2"):
        train_tab.start_training(replace(own, settings=settings), "gizmo", "none", "quick", 0)
    with pytest.raises(DataError, match="nothing_here"):
        train_tab.start_training(replace(own, settings=settings), "nothing_here", "none", "quick", 0)
    assert manager.list_runs(settings) == []


def test_nothing_is_sent_while_there_is_no_run(own: Services) -> None:
    changes = view.run_updates(own, None, None)
    assert changes.keys() == {"page_state", "timer"}
    assert changes["timer"].value == view.IDLE
    assert view.run_updates(own, None, changes["page_state"]).keys() == {"page_state"}
    assert view.run_updates(own, "gone", None)["watching"]["visible"] is False


def test_a_finished_run_is_shown_once_with_figures_verdicts_and_its_model(with_run: Services) -> None:
    changes = view.run_updates(with_run, None, None)
    assert changes.keys() <= set(view.UPDATED)
    assert changes["run"].value == "done"
    assert "finished" in changes["card"]
    assert 'aria-valuenow="100"' in changes["card"]
    assert (changes["stop"].visible, changes["resume"].visible, changes["delete"].visible) == (
        False,
        False,
        True,
    )
    assert changes["open"].visible
    assert changes["model_path"] == str(with_run.settings.runs_dir / "done" / "model.safetensors")
    assert changes["model_category"] == "widget"
    metrics = manager.view("done", with_run.settings).last(Finished).metrics
    assert f"{metrics['image_auroc']:.3f}" in changes["figures"].value
    assert changes["examples"].value.count("<img") == 4  # two good, a scratch, a spot
    assert changes["rebuilt"].value.count("after round 5") == 4  # two kinds, as alt text and as caption
    for series in ("training", "held_out"):
        assert f"{text.train.SERIES[series]}: " in changes["total"]
    again = view.run_updates(with_run, "done", changes["page_state"])
    assert again.keys() == {"page_state"}


def test_only_what_changes_is_sent_again(own: Services) -> None:
    folder = new_run(own, "mine")
    manager.mark_process(folder, os.getpid())
    first = view.run_updates(own, None, None)
    assert "Starting" in first["card"]
    assert not first["plots"].visible
    assert not first["rebuilt"].visible
    assert first["stop"].visible
    for event in (Started("widget", "none", "quick", 10, 2, 10, 1000), *map(step, (1, 2))):
        folder.record(event)
    second = view.run_updates(own, "mine", first["page_state"])
    assert second["plots"].visible
    assert second["terms"]
    assert not second["held_out"]
    assert "examples" not in second
    assert "rebuilt" not in second
    assert "10 to learn from, 2 held out" in second["card"]
    folder.record(epoch(1))
    third = view.run_updates(own, "mine", second["page_state"])
    assert third["total"]
    assert third["held_out"]
    folder.request_stop()
    fourth = view.run_updates(own, "mine", third["page_state"])
    assert "stopping" in fourth["card"]
    assert fourth["stop"].interactive is False


def test_a_page_reads_more_often_while_a_training_runs_and_asks_for_updates_when_there_are_some(
    own: Services,
) -> None:
    assert view.is_due(own.settings, None, None)
    idle = view.run_updates(own, None, None)["page_state"]
    assert not view.is_due(own.settings, None, idle)
    folder = new_run(own, "mine")
    manager.mark_process(folder, os.getpid())
    assert view.is_due(own.settings, None, idle)
    busy = view.run_updates(own, None, idle)
    assert busy["timer"].value == view.BUSY
    assert not view.is_due(own.settings, "mine", busy["page_state"])
    assert view.is_due(own.settings, None, busy["page_state"])  # the list shows another run than the page
    folder.record(step(1))
    assert view.is_due(own.settings, "mine", busy["page_state"])


def test_a_look_from_before_a_start_does_not_choose_the_run_of_before(with_run: Services) -> None:
    """Its answer may come after the one that chose the run that was started."""
    before = view.run_updates(with_run, "done", None)["page_state"]
    new_run(with_run, "started")
    late = view.run_updates(with_run, "done", before)["run"]
    assert ({run for _, run in late.choices}, late.value) == ({"done", "started"}, None)


def test_a_run_that_another_visitor_deleted_is_replaced_by_the_next(with_run: Services) -> None:
    before = view.run_updates(with_run, "done", None)["page_state"]
    new_run(with_run, "other")
    shutil.rmtree(with_run.settings.runs_dir / "done")
    after = view.run_updates(with_run, "done", before)
    assert after["run"].value == "other"
    assert "interrupted" in after["card"]
    assert after["model_path"] is None
    assert after["open"]["visible"] is False
    manager.delete("other", with_run.settings)
    empty = view.run_updates(with_run, "other", after["page_state"])
    assert empty["watching"]["visible"] is False
    assert empty["list"].visible is False


def test_another_running_training_is_named(with_run: Services) -> None:
    manager.mark_process(new_run(with_run, "theirs"), os.getpid())
    changes = view.run_updates(with_run, "done", None)
    assert changes["elsewhere"].visible
    assert "running" in changes["elsewhere"].value
    assert run_list.default_run(with_run.settings) == "theirs"
    assert not view.run_updates(with_run, "theirs", None)["elsewhere"].visible


def test_a_missing_or_damaged_model_cannot_be_opened(with_run: Services) -> None:
    model = with_run.settings.runs_dir / "done" / "model.safetensors"
    model.write_bytes(b"broken")
    changes = view.run_updates(with_run, "done", None)
    assert changes["download"].interactive is False
    assert "<img" not in changes["examples"].value
    model.unlink()
    changes = view.run_updates(with_run, "done", None)
    assert changes["open"]["visible"] is False
    assert changes["model_path"] is None


def test_a_failed_run_gives_the_reason_and_can_be_resumed(own: Services) -> None:
    new_run(own, "lost").record(Failed("The disk is full."))
    changes = view.run_updates(own, None, None)
    assert "The disk is full." in changes["card"]
    assert changes["resume"].visible
    closed = replace(own, settings=replace(own.settings, training="off"))
    changes = view.run_updates(closed, None, None)
    assert (changes["resume"].visible, changes["delete"].visible) == (False, False)


def test_the_most_exact_recipe_is_chosen_at_first() -> None:
    assert train_tab.default_preset("on") == "extended"
    assert train_tab.default_preset("limited") == "quick"


@pytest.mark.parametrize(
    ("policy", "category", "preset", "expected"),
    [
        ("on", "my_part", "extended", "instant"),  # nothing is known of it yet
        ("on", "bottle", "instant", "extended"),
        ("on", None, "extended", "extended"),
        ("on", "my_part", "paper", "paper"),  # chosen on purpose
        ("limited", "my_part", "quick", "quick"),
    ],
)
def test_own_parts_are_offered_the_fastest_recipe_first(policy, category, preset, expected):
    assert train_tab.offered_preset(policy, category, preset) == expected
    assert train_tab.preset_choices("on")[0][1] == "instant"


def test_methods_to_compare_with_are_offered_on_demand_and_stay_while_chosen() -> None:
    def names(*asked: object) -> list[str]:
        return [name for _, name in train_tab.preset_choices("on", *asked)]

    assert names("quick", True) == [*PRESETS, CUSTOM]
    assert names("padim") == [*OURS, "padim", CUSTOM]


def test_resume_names_the_training_that_it_waits_for(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "find_running", lambda _: "20261128-175833-widget-none-a337")
    monkeypatch.setattr(run_panel, "run_name", lambda *_: "Widget · VAE")
    with pytest.raises(TrainingError, match="Widget · VAE") as other:
        run_panel.require_idle("another", own.settings)
    assert "a337" not in str(other.value)
    with pytest.raises(TrainingError, match="still ending"):
        run_panel.require_idle("20261128-175833-widget-none-a337", own.settings)
    monkeypatch.setattr(manager, "find_running", lambda _: None)
    run_panel.require_idle("another", own.settings)


def test_a_waiting_training_says_what_it_waits_for() -> None:
    run = RunView("run", "running", "widget", PRESETS["quick"], (), 0.0, stopping=False)
    assert "waiting for the process" in run.status()
    begun = replace(run, events=(Started("widget", "none", "quick", 9, 3, 9, 10),))
    assert "first steps" in begun.status()


def test_a_first_model_can_be_opened_while_its_training_runs(tmp_path):
    model = tmp_path / "model.safetensors"
    begun = (FirstModel(str(model), 12.0), Started("widget", "none", "quick", 9, 3, 9, 10))
    run = RunView("run", "running", "widget", PRESETS["quick"], begun, 0.0, stopping=False)
    assert view._first_model_updates(run, model) == {}  # deleted meanwhile
    model.touch()
    found = view._first_model_updates(run, model)
    assert (found["open"].value, found["model_path"]) == (text.train.OPEN_FIRST, str(model))
    assert "12 s" in view.run_facts(run)[text.train.FACTS["first"]]


@pytest.mark.parametrize(
    ("done", "share", "says"), [(0, 0.0, LOOKING), (3, 0.5, LOOKING), (6, 1.0, MEASURING)]
)
def test_a_training_without_steps_waits_for_none(done: int, share: float, says: str) -> None:
    begun = Started("widget", "efficientnet-lite0", "instant", 6, 2, 6, 0)
    events = (
        Preparing("teacher weights", 1, 1),
        begun,
        *(Preparing("features", n + 1, 6) for n in range(done)),
    )
    run = RunView("run", "running", "widget", PRESETS["instant"], events, 0.0, stopping=False)
    assert (run.share, run.status()) == (share, says)


def test_the_end_of_a_training_without_steps_counts_none() -> None:
    events = (Finished("model", 3.2, 0, 0, "fitted", {}),)
    run = RunView("run", "finished", "widget", PRESETS["instant"], events, 0.0, stopping=False)
    assert (run.share, run.status()) == (1.0, "Finished in 3 s.")


def test_a_training_that_was_stopped_before_its_first_step_is_not_finished() -> None:
    events = (
        Started("widget", "none", "quick", 9, 3, 9, 30),
        Finished("model", 2.4, 0, 0, "stopped", {}),
    )
    run = RunView("run", "finished", "widget", PRESETS["quick"], events, 0.0, stopping=False)
    assert (run.share, run.status()) == (0.0, "Stopped after 0 of 30 steps (2 s).")


def test_a_training_that_is_made_in_one_go_says_so_where_it_is_asked_to_stop(own: Services) -> None:
    for method, words in (("padim", "is finished and kept"), ("favae", "the best model so far")):
        view = RunView("id", manager.RUNNING, "widget", TrainConfig(method=method), (), 0.0, stopping=True)
        assert words in view.status()


def test_a_list_of_trainings_tells_those_that_were_stopped(own: Services) -> None:
    folder = new_run(own, "mine")
    folder.record(Finished("model", 9.0, 28, 1, "stopped", {}))
    ((name, _),) = run_list.run_choices(own.settings)
    assert name.endswith(" · stopped")
    view_of_it = manager.view("mine", own.settings)
    folder.record(step(27))
    folder.record(Finished("model", 9.0, 28, 1, "stopped", {}))
    assert view_of_it.is_stopped
    assert "28 of 1,000" in view.run_facts(manager.view("mine", own.settings))[text.train.FACTS["round"]]


def test_the_settings_of_a_running_training_are_shown_when_the_tab_is_opened(own: Services) -> None:
    config = make_config("padim", "widget", seed=7)
    folder = new_run(own, "mine", config)
    shown = partial(train_tab.show_selected, own, Selection("widget"), "widget")
    skipped = gr.skip()
    offered = shown(False, "none", "quick")
    assert (*offered[2:4], offered[4].value) == (True, "none", "quick")
    manager.mark_process(folder, os.getpid())
    _, _, is_open, teacher, preset, seed, *values = shown(False, "none", "quick")
    assert (is_open, teacher, preset.value, seed) == (True, config.teacher, "padim", 7)
    assert ("padim" in [name for _, name in preset.choices], values) == (True, form.form_values(config))
    assert shown(True, "none", "quick")[3:] == [skipped] * (3 + len(form.FIELDS))
    other = train_tab.offered_settings(own.settings, "gadget", "none", "quick")
    assert other[:2] == ["none", "quick"]


def test_a_link_to_own_parts_offers_the_fastest_recipe(own: Services) -> None:
    opened = train_tab.show_selected(own, Selection("widget"), "widget", False, *EXTENDED_CHOICE)
    assert (opened[3], opened[4].value) == (PRESETS["instant"].teacher, "instant")
    assert opened[6:] == form.form_values(make_config("instant", "widget"))
    custom = train_tab.show_selected(own, Selection("widget"), "widget", False, "none", text.train.CUSTOM)
    assert custom[3:] == [gr.skip()] * train_tab.SETTINGS
