"""Suspicious good pictures in Train: shown with their names, and left out of the next training."""

from dataclasses import replace

import pytest
from small_training import small_config

from favae_demo.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from favae_demo.core.errors import ConfigError, DataError
from favae_demo.runs import manager
from favae_demo.scoring.suspects import Suspect
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text
from favae_demo.ui.components import suspects
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import run_panel
from favae_demo.ui.tabs.train import tab as train_tab
from favae_demo.ui.tabs.train.view import run_updates

pytest_plugins = ["trained_widget", "train_tab_runs"]
ODD = (Suspect("003.png", ("it is odd",), 7.0, left_out=True), Suspect("005.png", ("a <copy>",)))


@pytest.fixture
def odd_run(with_run: Services) -> Services:
    """A finished run whose model names two suspicious pictures."""
    model = with_run.settings.runs_dir / "done" / "model.safetensors"
    known = load_checkpoint(model)
    card = replace(known.card, calibration=replace(known.card.calibration, suspects=ODD))
    save_checkpoint(model, replace(known, card=card))
    return with_run


def test_a_finished_run_shows_its_suspects_and_ticks_those_that_do_not_count(odd_run: Services) -> None:
    updates = run_updates(odd_run, "done", None)
    html = updates["suspects"].value
    assert html.count("<img") == 2
    assert text.train.NOT_COUNTED in html
    assert "a &lt;copy&gt;" in html
    assert updates["excluded"].value == ["003.png"]
    assert [name for _, name in updates["excluded"].choices] == ["003.png", "005.png"]
    assert updates["again"].visible


def test_without_suspects_there_is_nothing_to_choose(with_run: Services) -> None:
    updates = run_updates(with_run, "done", None)
    assert not any(updates[name].visible for name in ("suspects", "excluded", "again"))


def test_the_next_training_leaves_them_out_too(odd_run: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "launch", lambda folder: None)
    first = run_panel.train_without("done", ["003.png"], odd_run.settings)
    again = run_panel.train_without(first, ["005.png"], odd_run.settings)
    task = RunFolder(odd_run.settings.runs_dir / again).task()
    assert task.exclude == ("003.png", "005.png")
    assert task.config == RunFolder(odd_run.settings.runs_dir / "done").task().config
    with pytest.raises(ConfigError, match="Choose the pictures"):
        run_panel.train_without("done", [], odd_run.settings)
    with pytest.raises(DataError, match=r"no good training picture 'nothing\.png'"):
        run_panel.train_without("done", ["nothing.png"], odd_run.settings)


def test_a_look_before_the_training(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("favae_demo.runs.inspection.inspect_category", lambda *args: ODD)
    said, pictures, choice = train_tab.look_values(own, "widget", small_config())
    assert (said.visible, pictures.visible, choice.value) == (False, True, ["003.png"])
    monkeypatch.setattr("favae_demo.runs.inspection.inspect_category", lambda *args: ())
    said, pictures, choice = train_tab.look_values(own, "widget", small_config())
    assert (said.visible, pictures.visible, choice.value) == (True, False, [])
    assert "12 good pictures were looked at" in said.value


def test_many_suspects_are_not_all_drawn(own: Services) -> None:
    many = [Suspect(f"{number:03}.png", ()) for number in range(12)] * 3
    assert suspects.suspects_html(own, "widget", many).count("<img") == suspects.SHOWN


def test_a_marked_picture_has_the_name_that_it_was_given_with(services: Services) -> None:
    name = "47162e97a1efd11d_light14.png"
    _, choice = suspects.values(
        services, "widget", [Suspect(name, ("it is odd",)), Suspect("deadbeef_a.png", ())]
    )
    assert choice.choices == [("light14.png", name), ("deadbeef_a.png", "deadbeef_a.png")]
