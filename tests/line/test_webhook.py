"""The webhook: a request for each verdict, in order, over servers that fail, answer late or refuse."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from line_delivery import deliver_over_failures, sink_plan
from line_records import record
from webhook_receiver import Receiver

from favae_demo.core.errors import ConfigError
from favae_demo.line.sinks import SinkError


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


def test_each_verdict_is_a_request(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_TOKEN", "s3cret")
    plan = receiver.plan(token="${LINE_TOKEN}")
    plan.open().deliver([record(3)])
    assert receiver.bodies == [json.loads(record(3).to_json())]
    (headers,) = receiver.headers
    assert headers["path"] == "/verdicts?line=1"
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer s3cret", "application/json")
    assert headers["Idempotency-Key"] == record(3).id
    assert "s3cret" not in repr(plan)


def test_a_server_that_fails_now_and_then_gets_all_in_order(receiver: Receiver, tmp_path: Path) -> None:
    def fail() -> None:
        receiver.stop()
        receiver.statuses += [503, 0, 429, 302]
        receiver.start()

    deliver_over_failures(tmp_path, receiver.plan(), lambda: [body["id"] for body in receiver.bodies], fail)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, r"answered 401 \(Unauthorized\); check `token`\."),
        (302, r"answered 302 \(Found\)\."),  # what follows it may lose the verdict
        (500, r"answered 500 \(Internal Server Error\)\."),
        (999, r"answered 999 \(no usual answer\)\."),
        (0, r"does not answer: Remote end closed connection without response\."),
    ],
)
def test_what_does_not_take_verdicts_is_told(status: int, sentence: str, receiver: Receiver) -> None:
    sink = receiver.plan().open()
    for attempt in (sink.check, lambda: sink.deliver([record(0)])):
        receiver.statuses = [status]
        with pytest.raises(SinkError, match=rf"The server http://127.0.0.1:{receiver.port} {sentence}"):
            attempt()
    assert receiver.bodies == []


def test_the_check_sends_no_verdict(receiver: Receiver) -> None:
    for status in (204, 404, 405, 501):  # many servers know no HEAD where they take POST
        receiver.statuses = [status]
        receiver.plan().open().check()
    assert receiver.bodies == []


def test_a_server_that_is_down_or_late_is_told(receiver: Receiver) -> None:
    with pytest.raises(SinkError, match="does not answer: Connection refused"):
        sink_plan(kind="webhook", url="http://127.0.0.1:1/").open().check()
    with pytest.raises(SinkError, match=r"does not answer: .*(WRONG_VERSION|record layer|wrong version)"):
        receiver.plan(url=f"https://127.0.0.1:{receiver.port}").open().check()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        late = receiver.plan(url=f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1).open()
        with pytest.raises(SinkError, match="timed out"):
            late.deliver([record(0)])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"url": "10.0.0.5/verdicts"}, "`url`: it must begin with http:// or https://"),
        ({"url": "http://10.0.0.5:99999/"}, "`url`: port out of range"),
        ({"url": "http://me:secret@10.0.0.5/"}, "`url`: a user in it is not sent; use `token`"),
        ({"url": "http://10.0.0.5/a b"}, "`url`: it must not have spaces"),
        ({"url": "http://10.0.0.5/", "token": "${NO_SUCH}"}, "`token`: the environment variable NO_SUCH is not set"),
        ({"url": "http://10.0.0.5/", "token": "a\nb"}, "`token`: it must not have spaces, line breaks"),
    ],
)  # fmt: skip
def test_mistakes_get_a_sentence(settings: dict, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        sink_plan(kind="webhook", **settings)
    assert sentence in str(caught.value)
