"""The page in Italian and German, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from accessible import violations
from chromium import PATIENCE, filled, foreign_requests, show_tab

from favae_demo.ui import language, text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(server, running_chromium) -> Iterator:
    """A page of a visitor whose browser prefers Italian."""
    context = running_chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    foreign = foreign_requests(page)
    page.goto(server.url)
    expect_language(page, "it")
    yield page
    context.close()
    assert foreign == []


def tabs(code: str) -> dict[str, str]:
    with language.speaking(code):
        return text.page.TABS


def expect_language(page, code: str) -> None:
    sync_api.expect(page.locator("html")).to_have_attribute("lang", code)
    for title in tabs(code).values():
        sync_api.expect(page.get_by_role("tab", name=title, exact=True)).to_have_count(1)
    sync_api.expect(page.get_by_role("button", name=language.LANGUAGES[code])).to_have_attribute(
        "aria-current", "true"
    )


def choose(page, code: str) -> None:
    """Chooses a language with the keyboard, unless the page speaks it; the page loads again."""
    if page.locator("html").get_attribute("lang") != code:
        with page.expect_navigation():
            page.get_by_role("button", name=language.LANGUAGES[code]).press("Enter")
    expect_language(page, code)


def test_the_browsers_language_is_that_of_page_and_answers(opened) -> None:
    choose(opened, "it")
    show_tab(opened, tabs("it")["detect"])
    verdict = opened.locator(".verdict:visible").first
    sync_api.expect(verdict).to_contain_text("questo pezzo ha un difetto")
    opened.locator("button.thumbnail-item:visible").first.press("Enter")
    sync_api.expect(verdict).to_contain_text("questo è un pezzo buono")
    sync_api.expect(verdict).to_contain_text("× il limite")


def test_another_language_keeps_what_is_shown(opened) -> None:
    choose(opened, "it")
    show_tab(opened, tabs("it")["detect"])
    opened.locator("button.thumbnail-item:visible").first.press("Enter")
    sync_api.expect(opened).to_have_url(re.compile("good%2F000"))
    with filled(opened):
        opened.get_by_role("button", name=re.compile("Successiva")).press("Enter")
    sync_api.expect(opened).to_have_url(re.compile("good%2F001"))
    address = opened.url
    choose(opened, "de")
    sync_api.expect(opened.locator(".verdict:visible").first).to_contain_text("Das ist ein Gutteil")
    assert opened.url == address


def test_a_message_is_in_the_pages_language(opened) -> None:
    choose(opened, "de")
    show_tab(opened, tabs("de")["batch"])
    with language.speaking("de"):
        start, choose_first, words = text.batch.START, text.batch.CHOOSE, text.gradio.MESSAGES
    opened.get_by_role("button", name=start, exact=True).click()
    sync_api.expect(opened.get_by_text(choose_first).first).to_be_visible()
    message = opened.get_by_test_id("toast-body")
    sync_api.expect(message.locator(".toast-title")).to_have_text(words["Error"])
    sync_api.expect(opened.locator("[data-testid=status-tracker] .error:visible")).to_have_count(0)
    message.get_by_role("button", name=words["Close"], exact=True).click()
    show_tab(opened, tabs("de")["detect"])


def test_parts_of_gradio_have_names_in_the_pages_language(opened) -> None:
    choose(opened, "de")
    show_tab(opened, tabs("de")["detect"])
    with language.speaking("de"):
        names, slider = text.gradio.NAMES, text.page.RATE
    for name in (names["Thumbnail {} of {}"].format(1, 12), names["range slider for {}"].format(slider)):
        sync_api.expect(opened.get_by_label(name, exact=True).locator("visible=true").first).to_be_visible()
    sync_api.expect(opened.locator("[aria-label^='Thumbnail'], [aria-label^='range slider']")).to_have_count(
        0
    )


@pytest.mark.parametrize("code", sorted(set(language.LANGUAGES) - {"en"}))  # in English by test_accessibility
def test_no_violation(code: str, opened) -> None:
    choose(opened, code)
    for tab, title in tabs(code).items():
        with filled(opened):
            show_tab(opened, title)
        opened.evaluate("scrollTo(0, document.body.scrollHeight)")  # where no button sticks above a choice
        assert violations(opened) == [], tab


def test_on_a_phone_no_label_is_cut(server, running_chromium) -> None:
    with running_chromium.new_context(locale="de-DE", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(server.url)
        label = page.locator(".rebuilt [data-testid=block-label]:visible")
        label.wait_for()
        page.locator(".rebuilt .icon-button:visible").wait_for()
        right, left = (
            page.locator(f".rebuilt {one}:visible").evaluate(f"(one) => one.getBoundingClientRect().{side}")
            for one, side in (("[data-testid=block-label]", "right"), (".icon-button", "left"))
        )
        assert right <= left
        chosen = page.locator(".model-list input:visible")
        sync_api.expect(chosen).to_have_attribute("title", chosen.input_value())
        show_tab(page, tabs("de")["data"])
        with language.speaking("de"):
            archive = page.get_by_role("tab", name=text.data.ARCHIVE, exact=True)
        sync_api.expect(archive).to_be_visible()
        sync_api.expect(page.locator(".overflow-menu:visible")).to_have_count(0)
