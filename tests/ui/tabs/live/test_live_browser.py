"""The Live tab in a real browser: a folder and a camera."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import PATIENCE, foreign_requests, launched

from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser
expect = sync_api.expect

SLOW_DECODING = """() => {
  HTMLImageElement.prototype.decode = () => new Promise((done) => { window.waiting = done; });
}"""


def open_tab(visitor, url: str):
    page = visitor.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_default_timeout(PATIENCE)
    page.foreign = foreign_requests(page)
    page.goto(f"{url}/?tab=live&category=widget")
    expect(page.locator(".live-note")).to_have_text(text.live.IDLE)
    return page


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).locator("visible=true").click()


def test_a_folder_plays_holds_and_stops(server, chromium, spot: Path, blot: Path, tmp_path: Path) -> None:
    for path, name in ((spot, "a.png"), (blot, "b.png")):
        shutil.copy(path, tmp_path / name)
    page = open_tab(chromium, server.url)
    page.get_by_label("A folder of pictures").check()
    page.locator("input[webkitdirectory]").set_input_files(tmp_path)
    expect(page.locator(".file-preview:visible")).to_contain_text("b")
    page.get_by_label(text.live.HOLD, exact=True).check()
    press(page, text.live.START)
    expect(page.locator(".live-note")).to_have_text(text.live.HELD["defect"])
    expect(page.locator(".live .word")).to_have_text("⚠ Defect")
    image = page.locator(".live-picture")
    held = image.get_attribute("data-number")
    page.wait_for_timeout(500)
    assert image.get_attribute("data-number") == held
    with page.expect_download() as download:
        press(page, text.live.SAVE)
    assert download.value.suggested_filename.endswith(".png")
    page.get_by_label(text.live.HOLD, exact=True).uncheck()
    press(page, text.live.RELEASE)
    page.wait_for_function(
        "(held) => +document.querySelector('.live-picture').dataset.number > +held + 3", arg=held
    )
    expect(page.locator(".live-strip svg")).to_have_attribute("aria-label", re.compile("pictures above"))
    expect(page.locator(".live-facts")).to_contain_text("frames a second on screen")
    press(page, text.live.STOP)
    expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.foreign == []


def test_a_frame_that_arrives_after_stop_is_shown_and_the_stream_stays_stopped(server, chromium) -> None:
    page = open_tab(chromium, server.url)
    page.evaluate(SLOW_DECODING)
    press(page, text.live.START)
    page.wait_for_function("() => Boolean(window.waiting)")
    press(page, text.live.STOP)
    expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)
    page.evaluate("window.waiting()")
    expect(page.locator(".live-picture")).to_have_attribute("data-number", re.compile("[0-9]+"))
    expect(page.locator(".live-facts")).to_contain_text("picture")
    expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)


@pytest.fixture(scope="module")
def camera_chromium(playwright) -> Iterator:
    """A browser on a machine with a camera."""
    with launched(playwright, "--use-fake-device-for-media-stream") as running:
        yield running


@pytest.mark.parametrize(
    ("browser", "permissions", "sentence"),
    [
        ("camera_chromium", ["camera"], None),
        ("camera_chromium", [], text.live.CAMERA_DENIED),
        ("running_chromium", ["camera"], text.live.NO_CAMERA),
    ],
)
def test_a_camera_plays_or_says_why_not(
    browser: str, permissions: list[str], sentence: str | None, server, request: pytest.FixtureRequest
) -> None:
    with request.getfixturevalue(browser).new_context(permissions=permissions) as context:
        page = open_tab(context, server.url)
        page.get_by_label("Camera", exact=True).check()
        press(page, text.live.START)
        if sentence is None:
            expect(page.locator(".live-facts")).to_contain_text("camera · picture")
            press(page, text.live.STOP)
        else:
            expect(page.locator(".live-note")).to_have_text(sentence)
