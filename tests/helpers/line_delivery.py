"""Delivers records to a sink through a real spool, as a line does, while the other side fails."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from line_records import record
from waiting import await_true

from favae_demo.line.config import SinkPlan, make_config
from favae_demo.line.delivery import Delivery
from favae_demo.line.spool import Spool

SOURCE = {"kind": "folder", "name": "left", "path": "in", "model": "m"}


def sink_plan(**values: Any) -> SinkPlan:
    """Returns a sink as a configuration file describes it."""
    return make_config({"source": [SOURCE], "sink": [values]}, "test", Path("/")).sinks[0]


@contextmanager
def delivering(folder: Path, plan: SinkPlan) -> Iterator[tuple[Spool, Delivery]]:
    """Yields a spool and what delivers from it."""
    spool = Spool(folder, [plan.name])
    delivery = Delivery(plan, spool)
    delivery.start()
    try:
        yield spool, delivery
    finally:
        delivery.stop()
        delivery.join(20)
        spool.close()


def deliver_over_failures(
    folder: Path,
    plan: SinkPlan,
    received: Callable[[], Sequence[str]],
    fail: Callable[[], None],
    *,
    count: int = 90,
) -> None:
    """Delivers verdicts as a line makes them, lets the other side fail twice on the way, and compares what it received.

    Args:
        folder: For the spool.
        plan: The sink.
        received: Returns the ids that the other side has, in the order in which they came.
        fail: Ends the other side, and starts it again.
        count: Number of verdicts.
    """
    ids = [record(i).id for i in range(count)]
    with delivering(folder, plan) as (spool, delivery):
        for i in range(count):
            spool.commit(record(i))
            if i in (count // 3, 2 * count // 3):
                await_true(lambda i=i: len(received()) > i // 2)
                fail()
            time.sleep(0.002)
        await_true(lambda: spool.waiting()[plan.name] == 0)
        assert spool.lost() == {plan.name: 0}
        assert delivery.problem == ""
    found = list(received())
    assert list(dict.fromkeys(found)) == ids  # none is lost, and they came in order
    # One that arrived just before a failure may come again: its id tells.
    assert len(found) <= count + 2
