"""When the page asks its server for downloads of weights, in a real browser whose clock is moved on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import PATIENCE, filled
from page_server import served, url_of

from favae_demo.core.settings import Settings
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher
from favae_demo.ui.components import weights_panel

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

RUNNING = Fetch("vgg16", "f00", "a source", 12_000_000, 60_000_000)
MINUTE = 60_000  # milliseconds


class Weights:
    """What the server says of a download, and how often it was asked."""

    fetch: Fetch | None = None
    asked = 0


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> Weights:
    """A server on which a model lacks its weights."""
    weights, values = Weights(), weights_panel.panel_values

    def counted(*given: object) -> list:
        weights.asked += 1
        return values(*given)

    monkeypatch.setattr(weights_panel, "panel_values", counted)
    monkeypatch.setattr(weights_panel, "all_here", lambda services: False)
    monkeypatch.setattr(Fetcher, "latest", lambda self: weights.fetch)
    return weights


@pytest.fixture
def page(weights: Weights, app_settings: Settings, tmp_path: Path, chromium) -> Iterator:
    """The page with its first verdict, and a clock that can be moved on."""
    with served(replace(app_settings, cache_dir=tmp_path / "cache"), tmp_path) as app:
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE)
        page.clock.install()
        page.goto(url_of(app))
        page.locator(".verdict .word:visible").first.wait_for()
        yield page
        page.close()


def test_an_idle_page_leaves_the_server_alone_and_a_used_one_shows_the_download(
    page, weights: Weights
) -> None:
    with filled(page):
        page.clock.run_for(2 * MINUTE)
    asked = weights.asked
    assert 0 < asked < 10
    with filled(page):
        page.clock.run_for(10 * MINUTE)
    assert weights.asked == asked

    weights.fetch = RUNNING
    page.locator("h1").first.click()
    sync_api.expect(page.get_by_text("12 of 60 MB")).to_be_visible()
    weights.fetch = replace(RUNNING, done=30_000_000)
    sync_api.expect(page.get_by_text("30 of 60 MB")).to_be_visible()  # nobody does anything
    weights.fetch = replace(RUNNING, running=False)
    sync_api.expect(page.get_by_text("of 60 MB")).to_be_hidden()
