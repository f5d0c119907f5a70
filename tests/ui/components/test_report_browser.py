"""The report in a real browser: accessible, of no need of a network, printed on clean pages; and made with one click."""

import re
from pathlib import Path

import pytest
from accessible import violations
from chromium import PATIENCE
from report_cases import much_to_say, report_on

from favae_demo.report.summary import render_summary
from favae_demo.ui.components import report_panel
from favae_demo.ui.components.report_panel import ReportFiles
from favae_demo.ui.services import Services

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser
SAVED = {
    "summary (HTML, two pages)": "summary.html",
    "page (HTML)": "report.html",
    "all files (ZIP)": "report.zip",
}


@pytest.fixture(scope="module")
def made(served_services: Services) -> ReportFiles:
    return report_panel.run_report(served_services, "widget", "none", 0.2)


@pytest.fixture(scope="module")
def written(made: ReportFiles) -> Path:
    return made.page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page", "summary"])
def test_the_page_is_accessible_and_asks_for_nothing(
    name: str, scheme: str, made: ReportFiles, chromium
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(getattr(made, name).as_uri())
    assert violations(page) == []
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_without_tearing_anything_apart(paper: str, written: Path, chromium) -> None:
    page = chromium.new_page()
    page.goto(written.as_uri())
    assert 5 <= pages_of(page.pdf(format=paper)) <= 12
    page.emulate_media(media="print")
    kept = page.evaluate(
        """[...document.querySelectorAll("figure, tr, pre, .tiles, .group")]
           .every(one => getComputedStyle(one).breakInside === "avoid")"""
    )
    assert kept
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_summary_prints_on_two_pages_however_much_there_is_to_say(
    paper: str, made: ReportFiles, served_services: Services, tmp_path: Path, chromium
) -> None:
    (tmp_path / "much.html").write_text(
        render_summary(much_to_say(report_on(served_services.settings, 0.01)))
    )
    page = chromium.new_page()
    for path in (made.summary, tmp_path / "much.html"):
        page.goto(path.as_uri())
        assert pages_of(page.pdf(format=paper)) == 2


def test_one_click_makes_it(server, written: Path, chromium) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script("window.print = () => { top.printed = document.title; }")  # also in frames
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}?tab=results")
    page.locator(".when-results img:visible").first.wait_for()  # the tab has filled itself
    page.get_by_role("button", name="Make a report").click()
    for name, file in SAVED.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"widget-none-quick-{file}"
    page.get_by_role("button", name="Print the summary").click()
    assert page.wait_for_function("window.printed").json_value() == "Widget, VAE: summary on two pages"


def pages_of(pdf: bytes) -> int:
    """Returns how many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
