"""Run folders that were cut off or written by anybody: they are left out or told in a sentence, and never stop the others."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_checkpoints import NESTED, STRANGE, changed, places
from hostile_outcome import outcome

from favae_demo.config.presets import QUICK
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.runs.process import is_alive
from favae_demo.training.events import (
    EpochDone,
    Failed,
    Finished,
    Preparing,
    Snapshot,
    Started,
    StepDone,
    to_record,
)
from favae_demo.training.run_folder import RunFolder

EVENTS = (
    Started("widget", "none", "quick", 10, 2, 16, 12),
    Preparing("features", 16, 32),
    StepDone(1, 12, 1, {"pixels": 1.5}, 8.0, 1.0, 3.0),
    EpochDone(1, 4, {"total": 0.3}, {"total": 1 / 3}, True, 1e-3, 4.5),
    Snapshot(1, 4, "held_out", "snapshots/1.png"),
    Finished("model.safetensors", 9.0, 12, 3, "steps", {"pixel_auroc": 0.9}),
    Failed("Out of luck."),
)


@pytest.fixture
def settings(project_settings: Settings) -> Settings:
    return replace(project_settings, training="on")


def run(settings: Settings, name: str) -> RunFolder:
    folder = RunFolder(settings.runs_dir / name)
    folder.create(QUICK, "widget", settings.data_dir)
    return folder


def look(folder: RunFolder, settings: Settings) -> None:
    """Everything the page asks of a run."""
    view = manager.view(folder.id, settings)
    assert view.status()
    assert 0 <= view.share <= 1
    assert isinstance(view.can_resume, bool)


def test_orders_of_any_types_do_not_stop_the_list(settings: Settings) -> None:
    good, bad = run(settings, "good"), run(settings, "bad")
    order = json.loads((bad.path / "config.json").read_text())
    texts = [json.dumps(changed(order, place, value)) for place in places(order) for value in STRANGE]
    texts += ["", "{", "[]", "null", "7", NESTED, '{"config": 1}', "\0" * 100]
    for number, text in enumerate(texts):
        (bad.path / "config.json").write_text(text)
        outcome(bad.task)
        if number % 40 == 0 or text in texts[-8:]:
            assert good.id in {one.id for one in manager.list_infos(settings)}, text[:80]


def test_lines_of_any_types_are_events_or_left_out(settings: Settings) -> None:
    folder = run(settings, "run")
    folder.record(EVENTS[0])
    lines = [json.dumps(to_record(event)) for event in EVENTS]
    hostile = [
        json.dumps(changed(record, place, value))
        for record in map(json.loads, lines)
        for place in places(record)
        for value in STRANGE
    ]
    hostile += [
        "",
        "{",
        "[]",
        "null",
        "7",
        NESTED,
        "\0" * 100,
        '{"event": ["Started"]}',
        '{"event": "Invented"}',
    ]
    with (folder.path / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in hostile) + lines[2] + "\n" + lines[3][:20])
    events = folder.events()
    assert events[0] == EVENTS[0]
    assert events[-1] == EVENTS[2]
    for event in events:
        if isinstance(event, StepDone):
            assert all(isinstance(value, float) for value in event.train.values())
    look(folder, settings)
    folder.rewind(3)
    assert folder.events()[-1] == EVENTS[2]


@pytest.mark.parametrize("end", range(len(EVENTS)))
@pytest.mark.parametrize("rest", ["", '{"event": "Fin', "\0" * 50, "\0" * 50 + "\n"])
def test_a_log_that_ends_anywhere_can_be_looked_at(settings: Settings, end: int, rest: str) -> None:
    folder = run(settings, "run")
    for event in EVENTS[: end + 1]:
        folder.record(event)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write(rest)
    look(folder, settings)


@pytest.mark.parametrize("pid", [-1, 0, 10**400, float("inf"), float("nan"), "x", None, [], {}, 2**40])
def test_a_process_number_of_any_kind_is_no_living_one(settings: Settings, pid: object) -> None:
    folder = run(settings, "run")
    (folder.path / "process.json").write_text(json.dumps({"pid": pid, "started": ""}))
    assert not is_alive(folder)


def test_pipes_and_folders_in_place_of_files(settings: Settings) -> None:
    good = run(settings, "good")
    for name in ("piped", "nested"):
        (settings.runs_dir / name).mkdir()
    os.mkfifo(settings.runs_dir / "piped" / "config.json")
    (settings.runs_dir / "nested" / "config.json").mkdir()
    (settings.runs_dir / "file").write_text("x")
    assert [one.id for one in manager.list_infos(settings)] == [good.id]


def test_a_run_s_name_cannot_lead_elsewhere(settings: Settings, tmp_path: Path) -> None:
    run(settings, "run")
    for name in ("../run", "", ".", "..", "run/../run", "/etc", "a\0b", "x" * 5_000):
        with pytest.raises(manager.TrainingError):
            manager.view(name, settings)
