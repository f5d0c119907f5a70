"""MQTT with a real broker: each verdict a message, in order, over a broker that is restarted; the status tells who is there."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from line_delivery import deliver_over_failures, delivering, sink_plan
from line_records import record
from mqtt_broker import Broker, Listener, needs_mosquitto
from waiting import await_true

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROJECT
from favae_demo.line.broker import BrokerError

# Starts the sink of a line, and is killed.
PROGRAM = """
import sys, time
from line_delivery import sink_plan
from line_records import record
sink = sink_plan(kind="mqtt", host="127.0.0.1", port=int(sys.argv[1])).open()
sink.start()
sink.deliver([record(0)])
time.sleep(60)
"""


PASSWORD = "between us"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as broker:
        yield broker


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    listener = Listener(broker)
    yield listener
    listener.close()


def plan(broker: Broker, **changes):
    return sink_plan(**{"kind": "mqtt", "host": "127.0.0.1", "port": broker.port, "timeout": 30} | changes)


@needs_mosquitto
@pytest.mark.parametrize("version", [3, 5])
def test_each_verdict_is_a_message_and_the_status_is_told(
    version: int, broker: Broker, listener: Listener, tmp_path: Path
) -> None:
    with delivering(tmp_path / "state", plan(broker, version=version, topic="plant/1/")) as (spool, _):
        await_true(lambda: listener.texts("plant/1/status") == ["online"])  # before there is a verdict
        trial = plan(broker, topic="plant/1").open()
        trial.check()  # changes nothing
        trial.close()
        spool.commit(record(3, source="left/#1"))
        await_true(lambda: listener.ids() == [record(3).id])
        late = Listener(broker, "late")
        await_true(lambda: late.messages)
        late.close()
    assert late.messages == [
        ("plant/1/status", "online", True)
    ]  # only the status is kept for those who come later
    assert [json.loads(text) for text in listener.texts("plant/1/verdict/left__1")] == [
        json.loads(record(3, source="left/#1").to_json())
    ]
    await_true(lambda: listener.texts("plant/1/status") == ["online", "offline"])


@needs_mosquitto
def test_the_broker_tells_that_a_line_died(broker: Broker, listener: Listener) -> None:
    helpers = os.pathsep.join(map(str, (PROJECT, PROJECT / "tests/helpers")))
    line = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(broker.port)], env=os.environ | {"PYTHONPATH": helpers}
    )
    await_true(listener.ids)
    line.send_signal(signal.SIGKILL)
    line.wait()
    await_true(lambda: listener.texts("favae/status") == ["online", "offline"])


@needs_mosquitto
def test_a_broker_that_is_restarted_gets_all_in_order(
    broker: Broker, listener: Listener, tmp_path: Path
) -> None:
    def fail() -> None:
        broker.stop()
        broker.start()

    deliver_over_failures(tmp_path / "state", plan(broker), listener.ids, fail)


@needs_mosquitto
def test_the_status_is_right_again_after_a_restart_without_verdicts(
    broker: Broker, listener: Listener, tmp_path: Path
) -> None:
    with delivering(tmp_path / "state", plan(broker)):
        await_true(lambda: listener.texts("favae/status") == ["online"])
        broker.stop()
        broker.start()
        await_true(lambda: listener.texts("favae/status")[-1:] == ["online"] and len(listener.messages) > 1)


@needs_mosquitto
def test_what_does_not_take_verdicts_is_told(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text(f"line:{PASSWORD}\n")
    subprocess.run(["mosquitto_passwd", "-U", tmp_path / "passwords"], check=True)
    (tmp_path / "rights").write_text("user line\ntopic write favae/status\n")
    lines = ["allow_anonymous false", f"password_file {tmp_path}/passwords", f"acl_file {tmp_path}/rights"]
    broker = Broker(tmp_path, *lines)
    with pytest.raises(BrokerError, match=r"The broker 127.0.0.1 does not answer: Connection refused\."):
        plan(broker).open().check()
    with broker:
        refused = {"without a password": {}, "with a wrong one": {"user": "line", "password": "wrong"}}
        for settings in refused.values():
            sink = plan(broker, **settings).open()
            with pytest.raises(BrokerError, match=r"refuses the connection: Not authorized\."):
                sink.check()
            sink.close()
        sink = plan(broker, user="line", password=PASSWORD).open()
        sink.start()
        with pytest.raises(
            BrokerError, match=r"does not take messages for 'favae/verdict/left': Not authorized\."
        ):
            sink.deliver([record(0)])
        sink.close()


def test_a_server_that_says_nothing_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sink = sink_plan(kind="mqtt", host="127.0.0.1", port=silent.getsockname()[1], timeout=0.2).open()
        with pytest.raises(BrokerError, match=r"The broker 127.0.0.1 did not answer within 0.2 seconds\."):
            sink.check()
        sink.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"topic": "a/#"}, "`topic`: it must not be empty, or contain + or #"),
        ({"qos": 2}, "`qos`: input should be 0 or 1"),
        ({"port": 0}, "`port`: input should be greater than or equal to 1"),
    ],
)
def test_mistakes_get_a_sentence(settings: dict, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        sink_plan(kind="mqtt", host="10.0.0.5", **settings)
    assert sentence in str(caught.value)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(
        ConfigError, match=r"not installed \(paho\)\. To have it: pip install -r requirements-line\.txt"
    ):
        sink_plan(kind="mqtt", host="10.0.0.5").open()
