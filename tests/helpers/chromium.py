"""Chromium for tests, measurements and screenshots: found on this machine, started without anything that talks to the outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """Path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser(*flags: str) -> Iterator:
    """A running headless Chromium, as a Playwright `Browser`."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = program()
    if found is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *flags])
        yield running
        running.close()


def foreign_requests(page) -> list[str]:
    """A list that fills with the addresses of requests that leave this machine."""
    found: list[str] = []

    def note(request) -> None:
        if request.url.startswith(("http", "ws")) and "//127.0.0.1:" not in request.url:
            found.append(request.url)

    page.on("request", note)
    return found
