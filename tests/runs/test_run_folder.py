import pytest

from favae_demo.config.presets import QUICK
from favae_demo.core.errors import TrainingError
from favae_demo.training.events import EpochDone, Failed, Finished, Preparing, Started, StepDone
from favae_demo.training.run_folder import STEP_INTERVAL, Recorder, RunFolder

STARTED = Started("widget", "none", "quick", 10, 2, 16, 12)


def step(number: int, seconds: float) -> StepDone:
    return StepDone(number, 12, 1, {"pixels": 1.5, "total": 1.5}, 8.0, seconds, 3.0)


def epoch(number: int, step: int) -> EpochDone:
    return EpochDone(number, step, {"total": 0.1 + 0.2}, {"total": 1 / 3}, True, 1e-3, 4.5)


@pytest.fixture
def folder(tmp_path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create(QUICK, "widget", tmp_path)
    return folder


def test_the_order_comes_back(folder, tmp_path):
    assert folder.id == "run"
    assert folder.task() == (QUICK, "widget", tmp_path, ())


def test_a_folder_takes_one_run_only(folder, tmp_path):
    with pytest.raises(TrainingError, match="already holds a training"):
        folder.create(QUICK, "other", tmp_path)
    assert folder.task().category == "widget"


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"config": {}}'])
def test_a_folder_without_a_readable_order_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    with pytest.raises(TrainingError, match="no training that could be resumed"):
        RunFolder(tmp_path).task()


def test_events_come_back_in_order_and_exactly(folder):
    events = [STARTED, Preparing("features", 16, 32), step(1, 0.1), epoch(1, 4), Failed("Out of luck.")]
    assert folder.events() == []
    for event in events:
        folder.record(event)
    assert folder.events() == events


def test_a_line_that_is_being_written_waits(folder):
    folder.record(STARTED)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write('{"event": "StepDone", "st')
    assert folder.events() == [STARTED]


def test_a_resumed_run_cuts_off_the_half_line_of_a_killed_one(folder):
    folder.record(STARTED)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write('{"event": "StepDone", "st')
    Recorder(folder)(epoch(1, 4))
    assert folder.events() == [STARTED, epoch(1, 4)]


def test_rewinding_forgets_what_came_after_the_step_and_every_ending(folder):
    kept = [STARTED, step(4, 1.0), epoch(1, 4)]
    later = [step(5, 2.0), epoch(2, 8), Failed("x"), Finished("model", 1.0, 8, 2, "stopped", {})]
    for event in kept + later:
        folder.record(event)
    folder.rewind(4)
    assert folder.events() == kept


def test_steps_are_recorded_now_and_then_but_every_epoch_is(folder):
    record = Recorder(folder)
    for number in range(10):
        record(step(number, number * STEP_INTERVAL / 4))
        record(epoch(number, number))
    events = folder.events()
    assert [event.step for event in events if isinstance(event, StepDone)] == [0, 4, 8]
    assert len([event for event in events if isinstance(event, EpochDone)]) == 10


def test_a_stop_can_be_asked_for_and_withdrawn(folder):
    assert not folder.stop_requested()
    folder.request_stop()
    assert folder.stop_requested()
    folder.clear_stop()
    folder.clear_stop()
    assert not folder.stop_requested()
