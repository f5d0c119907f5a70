"""The Live tab in a real browser: a folder and a camera."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import WHOLE, launched, require, visited

from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser
expect = sync_api.expect

SLOW_DECODING = """() => {
  const decode = HTMLImageElement.prototype.decode;
  HTMLImageElement.prototype.decode = () => new Promise((done) => { window.waiting = done; });
  window.decodeAsBefore = () => { HTMLImageElement.prototype.decode = decode; };
  delete window.waiting;
  delete document.querySelector(".live-picture").dataset.number;  // of another test
  document.querySelector(".live-facts").textContent = "";
}"""


@contextmanager
def opened(running, url: str) -> Iterator:
    """Opens the tab on a phone, idle."""
    with visited(running, f"{url}/?tab=live&category=widget", 390, 844) as page:
        expect(page.locator(".live-note")).to_have_text(text.live.IDLE)
        yield page


@pytest.fixture(scope="module")
def page(server, running_chromium) -> Iterator:
    """The page that these tests share, on a machine without a camera."""
    with opened(running_chromium, server.url) as page:
        yield page


@pytest.fixture(scope="module")
def camera_page(server, playwright) -> Iterator:
    """The page on a machine with a camera."""
    require(WHOLE)
    with (
        launched(playwright, "--use-fake-device-for-media-stream", names=WHOLE) as running,
        opened(running, server.url) as page,
    ):
        yield page


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).locator("visible=true").click()


def test_a_folder_plays_holds_and_stops(page, spot: Path, blot: Path, tmp_path: Path) -> None:
    for path, name in ((spot, "a.png"), (blot, "b.png")):
        shutil.copy(path, tmp_path / name)
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


def test_a_frame_that_arrives_after_stop_is_shown_and_the_stream_stays_stopped(page) -> None:
    page.get_by_label(text.live.SOURCES["test"]).check()
    page.evaluate(SLOW_DECODING)
    press(page, text.live.START)
    page.wait_for_function("() => Boolean(window.waiting)")
    press(page, text.live.STOP)
    expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)
    page.evaluate("decodeAsBefore(); window.waiting()")
    expect(page.locator(".live-picture")).to_have_attribute("data-number", re.compile("[0-9]+"))
    expect(page.locator(".live-facts")).to_contain_text("picture")
    expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)


@pytest.mark.parametrize(
    ("shown", "permissions", "sentence"),
    [
        ("camera_page", ["camera"], None),
        ("camera_page", [], text.live.CAMERA_DENIED),
        ("page", ["camera"], text.live.NO_CAMERA),
    ],
)
def test_a_camera_plays_or_says_why_not(
    shown: str, permissions: list[str], sentence: str | None, request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(shown)
    page.context.clear_permissions()
    page.context.grant_permissions(permissions)
    page.get_by_label("Camera", exact=True).check()
    press(page, text.live.START)
    if sentence is None:
        expect(page.locator(".live-facts")).to_contain_text("camera · picture")
        press(page, text.live.STOP)
        expect(page.locator(".live-note")).to_have_text(text.live.STOPPED)
    else:
        expect(page.locator(".live-note")).to_have_text(sentence)
