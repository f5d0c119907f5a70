"""OPC UA with a real server: pass or fail and the verdict in one request, in order, over a server that is restarted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from controls import OpcUaServer
from line_delivery import deliver_over_failures, sink_plan
from line_records import record

from favae_demo.core.errors import ConfigError
from favae_demo.line.sinks import SinkError


@pytest.fixture(scope="module")
def running() -> Iterator[OpcUaServer]:
    server = OpcUaServer(password="between us")
    yield server
    server.close()


@pytest.fixture
def server(running: OpcUaServer) -> OpcUaServer:
    running.written.clear()
    return running


def plan(server: OpcUaServer, **changes):
    settings = {
        "kind": "opcua",
        "url": server.url,
        "node": "ns=2;s=Reject",
        "record": "ns=2;s=Record",
        "timeout": 10,
    }
    settings |= {"user": "line", "password": "between us", "max_age": float("inf")}
    return sink_plan(**settings | changes)


def check(server: OpcUaServer, **changes) -> None:
    sink = plan(server, **changes).open()
    try:
        sink.check()
    finally:
        sink.close()


def test_each_verdict_is_written(server: OpcUaServer) -> None:
    for changes in ({}, {"record": ""}):
        sink = plan(server, **changes).open()
        sink.start()
        sink.deliver([record(2), record(3)])
        sink.close()
    assert [name for name, _ in server.written] == [
        "Reject",
        "Record",
        "Reject",
        "Record",
        "Reject",
        "Reject",
    ]
    assert [value for name, value in server.written if name == "Reject"] == [False, True, False, True]
    assert server.records() == [json.loads(record(i).to_json()) for i in (2, 3)]


def test_a_server_that_is_restarted_gets_all_in_order(server: OpcUaServer, tmp_path: Path) -> None:
    def fail() -> None:
        server.stop()
        server.start()

    deliver_over_failures(tmp_path, plan(server), lambda: [values["id"] for values in server.records()], fail)


def test_what_does_not_take_verdicts_is_told(server: OpcUaServer) -> None:
    check(server)
    assert server.written == []
    for changes, sentence in (
        ({"node": "ns=2;s=Gone"}, "refuses: it has no such variable; check `node` and `record`"),
        ({"node": "Reject"}, "'Reject' is no id of a variable; write it as in ns=2;s=Line.Reject."),
        ({"node": "ns=2;s=Fixed"}, "The variable ns=2;s=Fixed may not be written by this user"),
        (
            {"node": "ns=2;s=Record"},
            "The variable ns=2;s=Record is of the type String; name one of the type Boolean",
        ),
        ({"password": "wrong"}, "refuses: this user may not do that; check `user`, `password`"),
        ({"url": "opc.tcp://127.0.0.1:1"}, "does not answer"),
    ):
        with pytest.raises(SinkError) as caught:
            check(server, **changes)
        assert sentence in str(caught.value)


def test_mistakes_get_a_sentence() -> None:
    with pytest.raises(ConfigError, match=r"`url`: it must begin with opc\.tcp://"):
        sink_plan(kind="opcua", url="http://10.0.0.9", node="i=1")
