"""Every tab can be used by everybody: axe-core finds no violation of WCAG 2 A and AA, and the keyboard is enough."""

import re
from collections.abc import Iterator

import pytest
from accessible import violations
from chromium import PATIENCE, filled

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

# Draw a defect comes last: what one paints on keeps a core busy from then on, without a graphics card.
TABS = ("Detect", "Train", "Compare", "Results", "Batch", "Live", "History", "Data", "Draw a defect")


SCHEMES = ("light", "dark")
PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 1000}


# Counts what stands for a picture that is not there yet, and what of it has a name that nobody is told for lack of a role.
COUNT_EMPTY = """window.empty = window.nameless = 0;
new MutationObserver(() => setTimeout(() => {
  window.empty = Math.max(window.empty, document.querySelectorAll(".empty[aria-label]").length);
  window.nameless += document.querySelectorAll(".empty[aria-label]:not([role])").length;
})).observe(document, {childList: true, subtree: true});"""


@pytest.fixture(scope="module")
def opened(server, running_chromium) -> Iterator:
    """The page that these tests share: what they look at takes longer to open than to look at."""
    page = running_chromium.new_page(viewport=DESKTOP, color_scheme=SCHEMES[0])
    page.add_init_script(COUNT_EMPTY)
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.locator(".verdict .gauge:visible").first.wait_for()
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """The page on a desktop, in light colours, whatever another test has done to it."""
    opened.set_viewport_size(DESKTOP)
    shine(opened, SCHEMES[0])
    return opened


def shine(page, scheme: str) -> None:
    """Makes the visitor's system prefer a colour scheme, which the page follows."""
    page.emulate_media(color_scheme=scheme)
    dark = re.compile(r"\bdark\b")
    body = sync_api.expect(page.locator("body"))
    body.to_have_class(dark) if scheme == "dark" else body.not_to_have_class(dark)
    page.wait_for_function("document.getAnimations().every((one) => !(one instanceof CSSTransition))")


def expect_no_violation(page) -> None:
    for scheme in SCHEMES:
        shine(page, scheme)
        assert violations(page) == [], scheme


def test_the_keyboard_is_enough(page) -> None:
    page.get_by_role("tab", name="Detect", exact=True).press("Enter")
    verdict = page.locator(".verdict:visible").first
    page.locator("button.thumbnail-item:visible").nth(1).press("Enter")
    sync_api.expect(verdict).to_contain_text("this is a good part")
    for name, key in (("Next", "002"), ("Previous", "001")):
        page.get_by_role("button", name=name).press("Enter")
        sync_api.expect(page).to_have_url(re.compile(f"good%2F{key}"))
    before = re.search(r"[\d.]+ × the limit", verdict.inner_text())[0]
    page.get_by_label("range slider for Sensitivity").locator("visible=true").press("End")
    sync_api.expect(verdict).to_contain_text(re.compile(r"[\d.]+ × the limit"))
    sync_api.expect(verdict).not_to_contain_text(before)


def test_a_place_without_a_picture_has_a_role_from_the_beginning(page) -> None:
    assert page.evaluate("[window.empty > 0, window.nameless]") == [True, 0]


@pytest.mark.parametrize("height", [720, 900])
def test_on_a_lower_screen_start_stays_in_sight_and_covers_nothing(height: int, page) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    with filled(page):
        page.get_by_role("tab", name="Train", exact=True).click()
    start = page.get_by_role("button", name="Start training", exact=True)
    sync_api.expect(start).to_be_in_viewport(ratio=1)
    for _ in range(2):  # then with all settings, which are longer than any screen
        expect_no_violation(page)
        page.get_by_role("button", name="All settings").click()
        sync_api.expect(start).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("tab", TABS)
def test_no_violation_and_no_scrolling_sideways_on_a_phone(tab: str, page) -> None:
    with filled(page):
        page.get_by_role("tab", name=tab, exact=True).click()
    expect_no_violation(page)
    page.set_viewport_size(PHONE)
    width = PHONE["width"]
    page.wait_for_function(f"innerWidth === {width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
