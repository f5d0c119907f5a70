"""Every tab can be used by everybody: axe-core finds no violation of WCAG 2 A and AA, and the keyboard is enough."""

import re

import pytest
from accessible import violations
from chromium import PATIENCE, filled

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

# Draw a defect comes last: what one paints on keeps a core busy from then on, without a graphics card.
TABS = ("Detect", "Train", "Compare", "Results", "Batch", "Live", "History", "Data", "Draw a defect")


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, server, running_chromium):
    page = running_chromium.new_page(viewport={"width": 1280, "height": 1000}, color_scheme=request.param)
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.locator(".verdict .gauge:visible").first.wait_for()
    yield page
    page.close()


def test_the_keyboard_is_enough(page) -> None:
    page.get_by_role("tab", name="Detect", exact=True).press("Enter")
    verdict = page.locator(".verdict:visible").first
    page.locator("button.thumbnail-item:visible").nth(1).press("Enter")
    sync_api.expect(verdict).to_contain_text("this is a good part")
    for name, key in (("Next", "002"), ("Previous", "001")):
        page.get_by_role("button", name=name).press("Enter")
        sync_api.expect(page).to_have_url(re.compile(f"good%2F{key}"))
    threshold = re.search(r"limit [\d.]+\)", verdict.inner_text())[0]
    page.get_by_label("range slider for Sensitivity").locator("visible=true").press("End")
    sync_api.expect(verdict).to_contain_text(re.compile(r"limit [\d.]+\)"))
    sync_api.expect(verdict).not_to_contain_text(threshold)


@pytest.mark.parametrize("height", [720, 900])
def test_on_a_lower_screen_start_stays_in_sight_and_covers_nothing(height: int, page) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    with filled(page):
        page.get_by_role("tab", name="Train", exact=True).click()
    start = page.get_by_role("button", name="Start training", exact=True)
    sync_api.expect(start).to_be_in_viewport(ratio=1)
    for _ in range(2):  # then with all settings, which are longer than any screen
        assert violations(page) == []
        page.get_by_role("button", name="All settings").click()
        sync_api.expect(start).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1280, "height": 1000})


@pytest.mark.parametrize("tab", TABS)
def test_no_violation(tab: str, page) -> None:
    with filled(page):
        page.get_by_role("tab", name=tab, exact=True).click()
    assert violations(page) == []
