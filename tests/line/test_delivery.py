"""What delivers to a sink goes on after failures of every kind."""

from collections.abc import Sequence
from pathlib import Path

from line_delivery import delivering
from line_records import record
from waiting import await_true

from favae_demo.line.config import SinkPlan
from favae_demo.line.options import Kind, Table
from favae_demo.line.sinks import SinkError
from favae_demo.line.verdict_record import VerdictRecord


class FaultySink:
    """Fails as often as it is told, then takes verdicts."""

    batch = 2

    def __init__(self, failures: dict[str, list[Exception]]):
        self.failures, self.taken, self.calls = failures, [], []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.failures.get(name):
            raise self.failures[name].pop(0)

    def start(self) -> None:
        self._call("start")

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        self._call("deliver")
        self.taken += [record.id for record in records]

    def close(self) -> None:
        self._call("close")


def plan(sink: FaultySink) -> SinkPlan:
    return SinkPlan("faulty", Kind(Table, lambda options: sink), Table())


def test_a_failure_that_nobody_thought_of_does_not_end_it(tmp_path: Path, caplog) -> None:
    sink = FaultySink(
        {"deliver": [SinkError("It is down."), ZeroDivisionError("a bug")], "close": [KeyError("x")]}
    )
    with delivering(tmp_path, plan(sink)) as (spool, delivery):
        for i in range(3):
            spool.commit(record(i))
        await_true(lambda: spool.waiting()["faulty"] == 0)
    assert sink.taken == [record(i).id for i in range(3)]
    assert delivery.problem == ""
    assert "Sink faulty: It is down. Its verdicts wait." in caplog.text
    assert "ZeroDivisionError: a bug" in caplog.text  # with its traceback


def test_a_sink_that_cannot_start_is_told_and_is_well_again_without_a_verdict(tmp_path: Path) -> None:
    sink = FaultySink({"start": [SinkError("It is down.")]})
    with delivering(tmp_path, plan(sink)) as (_, delivery):
        await_true(lambda: sink.calls.count("start") == 2 and not delivery.problem)
    assert sink.calls == ["start", "close", "start", "close"]
