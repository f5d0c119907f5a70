"""Cameras and streams: the newest picture wins, what it replaces is counted, what breaks is opened anew."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_server import FakeServer
from mjpeg_server import MjpegServer, number_of, numbered
from mqtt_broker import Broker, Listener, needs_mosquitto, refusing_subscriptions
from rtsp_server import RtspServer
from waiting import await_true

from favae_demo.core.errors import ConfigError, FavaeError
from favae_demo.line.config import SourcePlan, make_config
from favae_demo.line.sources import Shot, Source, SourceError, Surroundings, message_trigger
from favae_demo.line.sources.capture import open_stream
from favae_demo.line.sources.live import LiveSource, StreamOptions

PACE = 50  # pictures per second
AROUND = Surroundings(memory=None)


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    camera = MjpegServer([numbered(i) for i in range(2 * PACE)], PACE)
    camera.start()
    yield camera
    camera.stop()


@pytest.fixture
def opened():
    sources: list[Source] = []

    def open_source(around: Surroundings = AROUND, **values) -> Source:
        sources.append(plan(**values).open(around))
        return sources[-1]

    yield open_source
    for source in sources:
        source.close()


def plan(**values) -> SourcePlan:
    source = {"kind": "stream", "name": "left", "model": "m"} | values
    return make_config(
        {"source": [source], "sink": [{"kind": "sqlite", "path": "v"}]}, "test", Path("/")
    ).sources[0]


def take(source: Source) -> Shot:
    """Returns the next picture."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if shot := source.take(0.5):
            return shot
    raise AssertionError(source.problem)


def test_the_newest_picture_wins_and_the_others_are_counted(camera: MjpegServer, opened) -> None:
    source = opened(url=camera.url)
    first = take(source)
    time.sleep(0.4)
    second = take(source)
    passed = number_of(second.image.pixels) - number_of(first.image.pixels)
    assert passed >= 10
    assert abs(source.dropped - passed) <= 2
    assert time.monotonic() - second.at < 0.35  # not one that has waited
    assert first.id != second.id
    assert (second.image.pixels[-4, 4] - np.array([255, 0, 0])).max() < 10  # red


def test_a_stream_that_ends_is_opened_anew(camera: MjpegServer, opened) -> None:
    source = opened(url=camera.url)
    take(source)
    for _ in range(2):
        camera.stop()
        await_true(lambda: source.take(0.01) is None and "does not answer" in source.problem)
        camera.start()
        take(source)
        assert source.problem == ""
    assert not source.is_over


def test_a_failure_that_nobody_thought_of_does_not_end_it(camera: MjpegServer, caplog) -> None:
    failures = [ZeroDivisionError("a bug in a driver")]
    options = StreamOptions(name="left", model="m", url=camera.url)

    def open_capture() -> cv2.VideoCapture:
        if failures:
            raise failures.pop()
        return open_stream(camera.url, camera.url, 5, AROUND.max_pixels)

    source = LiveSource(options, AROUND, open_capture, "The stream", 5)
    take(source)
    source.close()
    assert source.problem == ""
    assert "ZeroDivisionError: a bug in a driver" in caplog.text  # with its traceback


def test_rtsp_with_a_password_over_an_end(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMERA_LOGIN", "line:between us")
    camera = RtspServer([numbered(i) for i in range(2 * PACE)], PACE, "line:between us")
    camera.start()
    source = opened(url=f"rtsp://${{CAMERA_LOGIN}}@{camera.address}")
    numbers = [number_of(take(source).image.pixels) for _ in range(3)]
    assert numbers == sorted(set(numbers))
    camera.stop()
    await_true(lambda: source.take(0.01) is None and source.problem)
    camera.start()
    assert (take(source).image.pixels[-4, 4] - np.array([255, 0, 0])).max() < 10  # red
    for login in ("", "line:wrong@"):
        with pytest.raises(
            SourceError, match=rf"The stream rtsp://{camera.address} does not answer, or gives no pictures"
        ):
            opened(url=f"rtsp://{login}{camera.address}").check()
    camera.stop()


def test_the_part_that_is_judged(camera: MjpegServer, opened) -> None:
    shot = take(opened(url=camera.url, roi=[0, 0.5, 0.25, 1]))
    assert shot.image.pixels.shape == (32, 24, 3)
    assert np.abs(shot.image.pixels.astype(int) - (255, 0, 0)).mean() < 5


def test_one_every_so_many_milliseconds(camera: MjpegServer, opened) -> None:
    source = opened(url=camera.url, every_ms=100)
    numbers = [number_of(take(source).image.pixels) for _ in range(6)]
    steps = np.diff(numbers) % (2 * PACE)
    assert steps.mean() == pytest.approx(0.1 * PACE, abs=1)
    assert source.dropped == 0  # what is not asked for is not dropped


def test_only_what_has_changed(opened) -> None:
    grey = [np.full((48, 64, 3), level, np.uint8) for level in (40, 42, 200)]
    camera = MjpegServer([grey[0]] * 10 + [grey[1]] * 10 + [grey[2]] * 10, PACE)
    camera.start()
    source = opened(url=camera.url, change=0.1)
    levels = [take(source).image.pixels.mean() for _ in range(4)]
    camera.stop()
    assert levels == pytest.approx([40, 200, 40, 200], abs=3)


@needs_mosquitto
def test_a_message_asks_for_a_picture_and_names_the_part(
    camera: MjpegServer, opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_trigger, "LIFE", 30)
    broker = Broker(tmp_path)
    with broker:  # whoever listens already when it is told gets a retained message as a new one
        listener = Listener(broker)
        listener.tell("barrier/left", "from yesterday", retain=True)
        listener.close()
    trigger = {"host": "127.0.0.1", "port": broker.port, "topic": "barrier/+"}
    source = opened(url=camera.url, trigger=trigger)
    await_true(lambda: source.take(0.01) is None and source.problem)
    assert source.problem == "The broker 127.0.0.1 does not answer."
    with pytest.raises(FavaeError, match=r"The broker 127.0.0.1 does not answer: Connection refused"):
        opened(url=camera.url, trigger=trigger).check()
    with broker:
        listener = Listener(broker)  # tells, here
        await_true(lambda: ("barrier/left", "from yesterday", True) in listener.messages)
        await_true(lambda: not source.problem)
        opened(url=camera.url, trigger=trigger).check()
        assert source.take(0.2) is None
        sent = time.monotonic()
        listener.tell("barrier/left", "part 7\n")
        shot = take(source)
        assert (shot.name, source.dropped) == ("part 7", 0)
        assert shot.at > sent
        assert source.take(0.1) is None
        camera.is_stalled = True
        time.sleep(0.3)
        listener.tell("barrier/left", "part 8")
        time.sleep(0.2)
        monkeypatch.setattr(message_trigger, "LIFE", 0.1)
        camera.is_stalled = False
        await_true(lambda: source.take(0.01) is None and source.dropped == 1)  # its part is gone
        listener.close()


@needs_mosquitto
def test_a_broker_that_does_not_pass_messages_on_is_told(camera: MjpegServer, opened, tmp_path: Path) -> None:
    lines = refusing_subscriptions(tmp_path, "line", "secret")
    with Broker(tmp_path, *lines) as broker:
        login = {"user": "line", "password": "secret"}
        trigger = {"host": "127.0.0.1", "port": broker.port, "topic": "barrier/+", **login}
        sentence = "The broker 127.0.0.1 does not pass on messages of 'barrier/+': Not authorized."
        with pytest.raises(FavaeError, match=re.escape(sentence)):
            opened(url=camera.url, trigger=trigger).check()
        source = opened(url=camera.url, trigger=trigger)
        await_true(lambda: source.take(0.01) is None and source.problem == sentence)


def test_once_gives_one_picture_or_the_reason(camera: MjpegServer, opened) -> None:
    once = Surroundings(memory=None, once=True)
    source = opened(once, url=camera.url)
    take(source)
    await_true(lambda: source.take(0.01) is None and source.is_over)
    gone = opened(once, url="http://127.0.0.1:1/")
    await_true(lambda: gone.take(0.01) is None and gone.is_over)
    assert "does not answer" in gone.problem


def test_the_check(camera: MjpegServer, opened, server: FakeServer) -> None:
    opened(url=camera.url).check()
    server.files["/index.html"] = b"<html>Welcome to your camera</html>"
    for url, shown in {
        f"{server.url}/index.html?password=secret": f"{server.url}/index.html",
        "http://me:secret@127.0.0.1:1/a": "http://127.0.0.1:1/a",
        "rtsp://me:secret@127.0.0.1:1/a": "rtsp://127.0.0.1:1/a",
    }.items():
        with pytest.raises(SourceError) as caught:
            opened(url=url).check()
        assert str(caught.value).startswith(
            f"The stream {shown} does not answer, or gives no pictures; check"
        )
    with pytest.raises(
        SourceError,
        match="There is no camera 77, or another program uses it, or it has no pictures of 640 × 480",
    ):
        opened(kind="camera", index=77, width=640, height=480).check()
    small = Surroundings(memory=None, max_pixels=1000)
    with pytest.raises(
        SourceError, match=r"Pictures of 96 × 64 are too large; FAVAE_MAX_PIXELS allows 1000 pixels"
    ):
        opened(small, url=camera.url).check()


def test_a_stream_that_stalls_is_told_and_opened_anew(camera: MjpegServer, opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = opened(url=f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.2)
        with pytest.raises(SourceError, match="does not answer"):
            source.check()
    source = opened(url=camera.url, timeout=0.3)
    take(source)
    camera.is_stalled = True
    await_true(lambda: source.take(0.01) is None and source.problem)
    assert "gives no pictures any more" in source.problem
    camera.is_stalled = False
    take(source)
    camera.is_stalled = True
    source.close()
    assert not source._reader.is_alive()  # it would abort the program at its end


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"kind": "stream", "url": "10.0.0.5"}, "`url`: it must begin with rtsp:// or http://"),
        ({"kind": "stream", "url": "rtsp://${NO_SUCH}@camera/"}, "`url`: the environment variable NO_SUCH is not set"),
        ({"kind": "camera", "index": -1}, "`index`: input should be greater than or equal to 0"),
        ({"kind": "camera", "trigger": {"host": "a", "topic": "b"}, "every_ms": 5}, "with `trigger` there is no `every_ms`"),
        ({"kind": "camera", "trigger": {"host": "a"}}, "`trigger.topic` is missing"),
        ({"kind": "camera", "still": True}, "`still` needs `change`"),
    ],
)  # fmt: skip
def test_mistakes_get_a_sentence(settings: dict, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(**settings)
    assert sentence in str(caught.value)
