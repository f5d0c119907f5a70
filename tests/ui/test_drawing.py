"""Generated parts that are drawn on first use: how far that is, and who does not wait for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from page_server import served, url_of
from raw_calls import Page

from favae_demo.core.errors import ImageError
from favae_demo.data.synthetic import drawing
from favae_demo.detection.registry import Registry
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare import answers as compare
from favae_demo.ui.tabs.compare.values import OPENING
from favae_demo.ui.tabs.live import tab as live_tab
from favae_demo.ui.tabs.live.player import Players

pytest_plugins = ["trained_widget", "few_samples"]
WAITING = ("opened", "choose_category", "change_category", "begin", "restart")


@pytest.fixture
def undrawn(services: Services, tmp_path: Path, few_samples: None) -> Services:
    """Services whose generated categories are still to be drawn."""
    settings = replace(services.settings, cache_dir=tmp_path / "cache")
    return Services(settings, Registry(settings))


def test_compare_counts_the_images_that_are_drawn(undrawn: Services) -> None:
    page = Selection("sample_bottle")
    asked = compare.show_selected(undrawn, page, "widget", [], "", Turns(), None)
    steps = [dict(zip(OPENING, step, strict=True)) for step in asked]
    infos = [step["kind"].info for step in steps if getattr(step["kind"], "info", None)]
    assert infos[0].endswith("0 of 10 …")
    assert steps[-1]["about_all"] != ""
    assert len([step for step in steps if getattr(step["gallery"], "value", None)]) > 0


def test_live_counts_the_images_that_are_drawn_and_then_plays(
    undrawn: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_tab, "start_stream", lambda *_, **inputs: inputs["source"])
    inputs = {"category": "sample_bottle", "source": "test"}
    *drawn, last = [view for _, view in live_tab.begin_stream(undrawn, Players(), inputs)]
    assert drawn[0].startswith("note Preparing")
    assert drawn[0].endswith("0 of 10 …")
    assert last == "test test"
    assert len(list(live_tab.begin_stream(undrawn, Players(), inputs))) == 1  # all is there


def test_a_step_while_they_are_drawn_says_so(undrawn: Services) -> None:
    with pytest.raises(ImageError, match=r"Preparing .* of 10"):
        image_picker.neighbour(undrawn, "sample_bottle", "all", "", 1)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Drawing takes until this is set."""
    end = Event()
    monkeypatch.setattr(drawing, "ensure_samples", lambda *_, **__: end.wait(60))
    yield end
    end.set()


def test_who_looks_at_other_parts_does_not_wait(undrawn: Services, tmp_path: Path, slow: Event) -> None:
    (tmp_path / "work").mkdir()
    with served(undrawn.settings, tmp_path / "work") as app, ThreadPoolExecutor(1) as pool:
        limits = {(one.name, one.concurrency_limit) for one in app.fns.values() if one.name in WAITING}
        assert limits == {(name, None) for name in WAITING}
        first, second = Page(url_of(app)), Page(url_of(app), 20)
        waits = pool.submit(first.does, "opened", "?category=sample_bottle")
        while not drawing._running:
            assert not waits.done()
        answer = second.does("opened", "?category=widget")
        assert "error" not in answer
        assert not waits.done()
        slow.set()
