"""Starts the Chromium of this machine for tests, measurements and screenshots, without its own network requests."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 60_000  # milliseconds: the page, its server and other tests share the cores
QUIET = 0.3  # seconds without a request after which a page has filled itself
ASKED = "**/queue/join*"  # where a page of Gradio asks for an answer
WHOLE = ("chromium", "chromium-browser", "google-chrome")
# The headless shell comes first: it draws no window, so that a page costs a quarter less of a core. It knows no camera.
NAMES = ("chromium-headless-shell", *WHOLE)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program(names: tuple[str, ...] = NAMES) -> str | None:
    """Returns the path of the first of these programs that is installed, or None."""
    return next(filter(None, map(shutil.which, names)), None)


def require(names: tuple[str, ...] = NAMES) -> None:
    """Skips the test if none of these programs is installed, except in CI."""
    if program(names) is None and not os.environ.get("CI"):
        pytest.skip(f"there is no {' or '.join(names)} on this machine")


@contextmanager
def driver() -> Iterator:
    """Yields Playwright, of which a thread can have only one; skips the test if there is no Chromium, except in CI."""
    sync_api = pytest.importorskip("playwright.sync_api")
    require()
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        yield playwright


@contextmanager
def launched(playwright, *flags: str, names: tuple[str, ...] = NAMES) -> Iterator:
    """Yields a headless Chromium, the first of these programs, as a Playwright `Browser`."""
    running = playwright.chromium.launch(executable_path=program(names), args=[*FLAGS, *flags])
    yield running
    running.close()


@contextmanager
def browser(*flags: str) -> Iterator:
    """Yields a headless Chromium with a Playwright of its own, for scripts; tests share one, the fixture `chromium`."""
    with driver() as playwright, launched(playwright, *flags) as running:
        yield running


@contextmanager
def visited(running, url: str, width: int = 1280, height: int = 1000) -> Iterator:
    """Opens an address as a new visitor, and yields the page, which may request nothing from other machines until the block ends.

    A cold page takes about five seconds of a core, so tests of one file share a page where they can.
    """
    page = running.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    foreign = foreign_requests(page)
    page.goto(url)
    yield page
    page.close()
    assert foreign == []


def show_tab(page, name: str) -> None:
    """Shows a tab of the page."""
    tab = page.get_by_role("tab", name=name, exact=True)
    tab.press("Enter")  # a click might meet the neighbour, as the buttons still move
    tab.and_(page.locator("[aria-selected=true]")).wait_for()


def lead(page, **named: str) -> None:
    """Leads an open page where another address would, without loading it again.

    Args:
        page: The page.
        named: What its address names from now on, as `tab`, `category`, `models` and `image`.
    """
    page.evaluate("(named) => favae.go(named)", named)


@contextmanager
def filled(page) -> Iterator[None]:
    """Waits at the end of the block until the page has all that it asked of its server there, and asks for nothing more.

    A tab fills itself after it is shown: the answer to one request leads to the next.
    """
    pending, last = set(), [time.monotonic()]

    def begin(request) -> None:
        if "/heartbeat/" not in request.url:  # open as long as the page
            pending.add(request)
            last[0] = time.monotonic()

    def end(request) -> None:
        pending.discard(request)
        last[0] = time.monotonic()

    listeners = {"request": begin, "requestfinished": end, "requestfailed": end}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    until = time.monotonic() + PATIENCE / 1000
    while pending or time.monotonic() - last[0] < QUIET:
        assert time.monotonic() < until, [request.url for request in pending]
        page.wait_for_timeout(50)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@contextmanager
def held(page) -> Iterator[None]:
    """Keeps what the page asks of its server from arriving there until the block ends, as on a slow way."""
    routes: list = []
    page.route(ASKED, lambda route: routes.append(route))  # Playwright takes no built-in function
    yield
    for route in routes:
        route.continue_()
    page.unroute(ASKED)


def upload(page, field, *files: Path) -> None:
    """Gives files to an upload field and waits until the page lists them all.

    The list parts a name from its ending, so text does not find a name there; only the row of its cell has it whole.
    """
    field.set_input_files(files)
    for file in files:
        page.get_by_role("cell", name=file.name, exact=True).first.wait_for()


def foreign_requests(page) -> list[str]:
    """Returns a list to which the page's requests to other machines are appended, as URLs."""
    urls: list[str] = []

    def record(request) -> None:
        if request.url.startswith(("http", "ws")) and "//127.0.0.1:" not in request.url:
            urls.append(request.url)

    page.on("request", record)
    return urls
