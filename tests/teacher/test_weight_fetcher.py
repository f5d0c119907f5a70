"""Fetching weights beside the page: from a local server that is slow, breaks off, or is not there."""

import threading
from dataclasses import replace

import pytest
from fake_server import FakeServer
from teacher_fixtures import TinyRelease
from waiting import await_true

from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher
from favae_demo.teacher.weight_store import cache_path


def ended(fetcher: Fetcher) -> Fetch:
    await_true(lambda: not fetcher.latest().running)
    return fetcher.latest()


def test_weights_come_while_the_page_goes_on(tiny: TinyRelease, server: FakeServer, cache: Settings) -> None:
    gate = threading.Event()
    server.before = gate.wait
    fetcher = Fetcher(cache.cache_dir, cache.teacher_dir)
    assert not fetcher.ready("tiny", None)
    assert fetcher.start("tiny", None).running
    assert fetcher.start("tiny", None).running  # a second visitor: the same fetch
    gate.set()
    done = ended(fetcher)
    assert (done.problem, done.source, done.done, done.share) == (
        "",
        "Keras Applications",
        len(tiny.content),
        1.0,
    )
    assert len(server.requests) == 1
    assert fetcher.ready("tiny", None)
    assert not fetcher.ready("tiny", "another fingerprint")


def test_a_fetch_that_fails_says_why_and_can_be_tried_again(
    tiny: TinyRelease, server: FakeServer, cache: Settings
) -> None:
    fetcher, content = Fetcher(cache.cache_dir, cache.teacher_dir), server.files.pop(tiny.path)
    fetcher.start("tiny", None)
    assert "FAVAE_TEACHER_DIR" in ended(fetcher).problem
    with pytest.raises(WeightsError, match=tiny.file_name):
        fetcher.wait("tiny", None)
    server.files[tiny.path] = content
    fetcher.start("tiny", None)
    fetcher.wait("tiny", None)
    assert fetcher.ready("tiny", None)


def test_a_stopped_fetch_leaves_nothing_and_can_be_tried_again(
    tiny: TinyRelease, server: FakeServer, cache: Settings
) -> None:
    gate = threading.Event()
    server.before = gate.wait
    fetcher = Fetcher(cache.cache_dir, cache.teacher_dir)
    fetcher.start("tiny", None)
    fetcher.cancel()
    gate.set()
    assert "stopped" in ended(fetcher).problem
    assert [path for path in cache.cache_dir.rglob("*") if path.is_file()] == []
    fetcher.start("tiny", None)
    fetcher.wait("tiny", None)
    assert fetcher.ready("tiny", None)


def test_a_damaged_file_in_the_cache_is_not_ready(tiny: TinyRelease, cache: Settings) -> None:
    fetcher = Fetcher(cache.cache_dir, cache.teacher_dir)
    fetcher.wait("tiny", None)
    path = cache_path("tiny", cache.cache_dir)
    path.write_bytes(path.read_bytes()[:-8])
    assert not fetcher.ready("tiny", None)


def test_the_share_is_known_only_with_the_size() -> None:
    fetch = Fetch("tiny", None, done=5)
    assert fetch.share == 0
    assert replace(fetch, total=20).share == 0.25


def test_weights_that_came_with_the_app_are_there_at_once(cache: Settings) -> None:
    fetcher = Fetcher(cache.cache_dir, cache.teacher_dir)
    assert fetcher.ready("efficientnet-lite0", None)
    assert fetcher.latest() is None  # nothing was fetched
    assert cache_path("efficientnet-lite0", cache.cache_dir).is_file()
    assert not fetcher.ready("efficientnet-lite0", "another fingerprint")
    assert not fetcher.ready("vgg16", None)
