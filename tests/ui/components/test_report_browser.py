"""The report in a real browser: accessible, of no need of a network, printed on clean pages; and made with one click."""

import re
from pathlib import Path

import pytest
from accessible import violations
from chromium import PATIENCE

from favae_demo.ui.components import report_panel
from favae_demo.ui.services import Services

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(served_services: Services) -> Path:
    return report_panel.run_report(served_services, "widget", "none", 0.2).page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_asks_for_nothing(scheme: str, written: Path, chromium) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(written.as_uri())
    assert violations(page) == []
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_without_tearing_anything_apart(paper: str, written: Path, chromium) -> None:
    page = chromium.new_page()
    page.goto(written.as_uri())
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))
    assert 5 <= pages <= 12
    page.emulate_media(media="print")
    kept = page.evaluate(
        """[...document.querySelectorAll("figure, tr, pre, .tiles, .group")]
           .every(one => getComputedStyle(one).breakInside === "avoid")"""
    )
    assert kept
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"


def test_one_click_makes_it(server, written: Path, chromium) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}?tab=results")
    page.locator(".when-results img:visible").first.wait_for()  # the tab has filled itself
    page.get_by_role("button", name="Make a report").click()
    for name, suffix in (("page (HTML)", ".html"), ("all files (ZIP)", ".zip")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"widget-none-quick-report{suffix}"
