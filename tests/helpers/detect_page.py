"""Pytest plugin: the page with its Detect tab, which the tests of a file share, and what a visitor does there."""

from collections.abc import Iterator

import pytest
from chromium import PATIENCE, visited

sync_api = pytest.importorskip("playwright.sync_api")

EMPTY = "about:blank"


@pytest.fixture(scope="module")
def shared_page(running_chromium) -> Iterator:
    """The window that the tests of a file share."""
    with visited(running_chromium, EMPTY) as page:
        yield page


@pytest.fixture
def detect_page(shared_page, server):
    """The page with its Detect tab, whatever another test has done to it."""
    if shared_page.url == EMPTY:
        go(shared_page, server.url)
        expect_verdict(shared_page, "this part has a defect")
    shared_page.set_viewport_size({"width": 1280, "height": 1000})
    tab(shared_page, "Detect")
    return shared_page


def go(page, url: str) -> None:
    """Opens an address; once more where the page before, which was still being filled, kept the browser from leaving it."""
    try:
        page.goto(url)
    except sync_api.Error as error:
        if "ERR_ABORTED" not in str(error):
            raise
        page.goto(url)


def visible(page, name: str):
    """The button of this name that is on screen."""
    return page.get_by_role("button", name=name).locator("visible=true").first


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def expect_verdict(page, words: str):
    verdict = page.locator(".verdict:visible").first
    sync_api.expect(verdict).to_contain_text(words, timeout=PATIENCE)
    return verdict


def arrow(page, key: str) -> None:
    """Presses an arrow key where nothing has the focus: a list of tabs would take it."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)
