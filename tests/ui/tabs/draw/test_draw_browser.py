"""Drawing a defect in a real browser: brush and undo."""

from contextlib import suppress

import pytest
from chromium import PATIENCE, foreign_requests, show_tab

from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

# Keeps the drawing surface for the test, and calls what the page gives to PixiJS.
SURFACE = """(() => {
  let given = null;
  Object.defineProperty(window, "__PIXI_APP_INIT__", {
    set: (one) => { given = one; },
    get: () => (app) => { window.tickers = () => [app.ticker, app.ticker.constructor.system]; given(app); },
  });
})()"""
LONG = 30_000  # milliseconds: the editor draws with WebGL, which takes its time without a graphics card


def test_a_stroke_is_judged_and_can_be_undone_and_the_surface_rests_when_its_tab_is_left(
    server, chromium
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(PATIENCE)
    page.add_init_script(SURFACE)
    foreign = foreign_requests(page)
    page.goto(f"{server.url}/?tab=draw&category=widget")
    verdict = page.locator(".verdict:visible")
    sync_api.expect(verdict).to_contain_text(text.draw.UNTOUCHED)
    editor = page.locator(".draw-editor canvas").last
    # As a person would, again where the editor was still laying out its picture.
    for _ in range(3):
        _stroke(page, editor)
        with suppress(AssertionError):
            sync_api.expect(verdict).to_contain_text("Found where you painted", timeout=LONG)
            break
    sync_api.expect(verdict).to_contain_text("Found where you painted")
    page.get_by_role("button", name=text.draw.UNDO, exact=True).first.click()
    sync_api.expect(verdict).to_contain_text(text.draw.UNTOUCHED, timeout=LONG)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    _leave_and_come_back(page)
    assert foreign == []


def _leave_and_come_back(page) -> None:
    """The surface asks for no frames while its tab is left."""
    page.wait_for_function("window.tickers()[1].started")
    show_tab(page, text.page.TABS["data"])
    page.wait_for_function("window.tickers().every((one) => !one.started)")
    show_tab(page, text.page.TABS["draw"])
    page.locator(".draw-editor canvas").last.scroll_into_view_if_needed()
    page.wait_for_function("window.tickers()[1].started")


def _stroke(page, editor) -> None:
    editor.scroll_into_view_if_needed()
    box = editor.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 20, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 10, steps=2)
    page.mouse.up()
