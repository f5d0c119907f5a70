"""The page in a real browser, as a visitor sees it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_training import small_config

from favae_demo.training import job

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
VERDICT = r"(Defect|Good part)[\s\S]*score \d"


@pytest.fixture(scope="module")
def page(server) -> Iterator:
    """One page of one Chromium; `page.foreign` lists requests that left this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(20_000)
        page.foreign = []
        page.on("request", lambda request: _note(request.url, page.foreign))
        page.goto(server.url)
        yield page
        browser.close()


def _note(url: str, foreign: list[str]) -> None:
    if url.startswith(("http", "ws")) and "//127.0.0.1:" not in url:
        foreign.append(url)


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def expect_verdict(page, words: str):
    verdict = page.locator(".verdict:visible").first
    sync_api.expect(verdict).to_contain_text(words, timeout=20_000)
    return verdict


def test_detect_shows_an_example_a_picked_and_an_uploaded_picture(page, blot: Path, no_picture: Path) -> None:
    verdict = expect_verdict(page, "Truth: defect")
    assert "score" in verdict.inner_text()
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "Truth: good")
    page.locator("input[type=file]").first.set_input_files(blot)
    assert "Defect" in expect_verdict(page, "no ground truth").inner_text()
    assert page.foreign == []


def test_compare_shows_every_variant(page) -> None:
    tab(page, "Compare")
    page.locator("button.thumbnail-item:visible").last.click()
    expect_verdict(page, "score")
    sync_api.expect(page.get_by_text("There is no trained model").locator("visible=true")).to_have_count(2)


def test_a_training_is_shown_also_after_a_reload(page, server) -> None:
    settings = server.settings
    config = small_config(epochs=10_000, patience=10_000)
    run = job.start(config, "widget", settings.data_dir, settings).id
    for _ in range(2):
        page.reload()
        tab(page, "Train")
        sync_api.expect(page.get_by_label("Run", exact=True)).to_have_value(run, timeout=20_000)
        sync_api.expect(page.get_by_text("pictures a second")).to_be_visible(timeout=40_000)
    page.get_by_role("button", name="Stop and keep the best so far").click()
    sync_api.expect(page.get_by_text("Finished after")).to_be_visible(timeout=40_000)
    job.stop(run, settings, wait_seconds=20)  # its process is still ending
    job.delete(run, settings)


def test_no_tab_scrolls_sideways_on_a_phone_and_nothing_leaves_the_machine(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Detect", "Train", "Compare"):
        tab(page, name)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    assert page.foreign == []
