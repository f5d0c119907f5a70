"""Lists in a real browser: each choice is asked for once, and a list that is left as it is asks for nothing."""

from collections.abc import Callable
from fnmatch import fnmatch

import pytest
from chromium import ASKED, filled, visited

from favae_demo.ui import text

pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser


def asked(page, category: str, act: Callable[[], object]) -> int:
    """Returns how often the page asks its server for the models of a category while a visitor does something."""
    calls: list[str] = []

    def record(request) -> None:
        if fnmatch(request.url, ASKED) and request.post_data_json["data"] == [category]:
            calls.append(request.url)

    page.on("request", record)
    with filled(page):
        act()
    page.remove_listener("request", record)
    return len(calls)


def test_a_choice_is_asked_for_once(server, served_services, running_chromium) -> None:
    titles = {name: title for title, name in served_services.category_choices()}
    with visited(running_chromium, f"{server.url}/?tab=batch&category=widget") as page:
        field = page.get_by_label(text.page.CATEGORY, exact=True).locator("visible=true").first

        def by_mouse() -> None:
            field.click()
            page.get_by_role("option", name=titles["sample_pill"], exact=True).click()

        def by_keyboard() -> None:
            field.fill(titles["sample_bottle"])
            field.press("Enter")

        with filled(page):
            field.wait_for()
        assert asked(page, "sample_pill", by_mouse) == 1
        assert asked(page, "sample_pill", lambda: field.press("Tab")) == 0
        assert field.input_value() == titles["sample_pill"]
        field.focus()
        assert asked(page, "sample_bottle", by_keyboard) == 1
        assert field.input_value() == titles["sample_bottle"]
        assert asked(page, "sample_bottle", lambda: page.get_by_role("heading").first.click()) == 0
