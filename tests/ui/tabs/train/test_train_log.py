"""A run's log is read incrementally as it grows."""

import pytest
from train_tab_runs import new_run, step

from favae_demo.runs import manager, status
from favae_demo.training.events import from_record
from favae_demo.ui.services import Services

pytest_plugins = ["trained_widget", "train_tab_runs"]


def test_a_growing_log_is_read_incrementally_and_a_rewritten_one_from_the_start(own: Services) -> None:
    folder = new_run(own, "mine")
    for number in (1, 2, 3):
        folder.record(step(number))
        events = manager.view("mine", own.settings).events
        assert list(events) == folder.events()
        assert len(events) == number
    with (folder.path / "events.jsonl").open("a") as log:
        log.write('{"event": "StepDone"')  # half a line
    assert len(manager.view("mine", own.settings).events) == 3
    folder.mend()
    folder.rewind(1)
    folder.record(step(7))
    folder.record(step(8))
    assert [event.step for event in manager.view("mine", own.settings).events] == [1, 7, 8]
    assert manager.info("mine", own.settings).state == manager.INTERRUPTED


def test_only_new_lines_of_a_long_log_are_read(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_run(own, "mine")
    for number in range(1, 50):
        folder.record(step(number))
    manager.view("mine", own.settings)
    read = []
    monkeypatch.setattr(status, "from_record", lambda record: read.append(record) or from_record(record))
    folder.record(step(50))
    assert len(manager.view("mine", own.settings).events) == 50
    assert len(read) == 1
