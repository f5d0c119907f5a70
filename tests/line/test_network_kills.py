"""A line that is killed while it tells other systems: nothing is lost, and what comes twice has the same id."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from line_records import record
from mqtt_broker import Broker, Listener, needs_mosquitto
from waiting import await_true
from webhook_receiver import Receiver

from favae_demo.core.settings import PROJECT

COUNT = 600
KILLS = 2
# Judges what has not been judged and delivers, as a line does, without a model.
LINE = """
import sys
from pathlib import Path
from line_delivery import sink_plan
from line_records import record
from favae_demo.line.delivery import Delivery
from favae_demo.line.spool import Mark, Spool

folder, url, port, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
plans = [sink_plan(kind="webhook", url=url), sink_plan(kind="mqtt", host="127.0.0.1", port=port)]
spool = Spool(folder, [plan.name for plan in plans])
deliveries = [Delivery(plan, spool) for plan in plans]
for delivery in deliveries:
    delivery.start()
for i in range(count):
    spool.commit(record(i), Mark("left", f"{i}.png", "1-1"))
for delivery in deliveries:
    delivery.stop()
for delivery in deliveries:
    delivery.join(60)
"""


@needs_mosquitto
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has other signals")
def test_nothing_is_lost_and_at_most_one_verdict_a_kill_comes_again(tmp_path: Path) -> None:
    with ExitStack() as ends:
        receiver, broker = Receiver(), ends.enter_context(Broker(tmp_path))
        receiver.start()
        ends.callback(receiver.stop)
        listener = Listener(broker)
        ends.callback(listener.close)
        kill_and_compare(tmp_path / "state", receiver, broker, listener)


def kill_and_compare(folder: Path, receiver: Receiver, broker: Broker, listener: Listener) -> None:
    url = f"http://127.0.0.1:{receiver.port}/"
    command = [sys.executable, "-c", LINE, folder, url, str(broker.port), str(COUNT)]
    path = os.pathsep.join(map(str, (PROJECT, PROJECT / "tests/helpers")))

    def received() -> list[list[str]]:
        return [[body["id"] for body in receiver.bodies], listener.ids()]

    for kill in range(KILLS + 1):
        line = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path})
        if kill < KILLS:
            before = list(map(len, received()))

            def is_in_the_middle(before: list[int] = before, line: subprocess.Popen = line) -> bool:
                told = any(len(now) > then + 100 for now, then in zip(received(), before, strict=True))
                return told or line.poll() is not None  # the test may have been too slow to see it

            await_true(is_in_the_middle)
            line.send_signal(signal.SIGKILL)
        line.wait()
    await_true(lambda: all(len(set(ids)) == COUNT for ids in received()))
    for ids in received():
        assert list(dict.fromkeys(ids)) == [record(i).id for i in range(COUNT)]
        assert len(ids) <= COUNT + KILLS
