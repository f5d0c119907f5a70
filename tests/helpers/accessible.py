"""What axe-core finds on a page, for tests with a browser."""

import time

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SETTLED = 60  # seconds in which a page has filled itself, and what fades in is there


def violations(page, context: str | None = None) -> list[tuple[str, list]]:
    """Returns the violations of WCAG 2 A and AA as (rule, targets), once there are none or the page has had time to settle.

    Args:
        page: A page of Playwright.
        context: Selector of the part that is looked at; None for all of it.
    """
    deadline = time.monotonic() + SETTLED
    while True:
        found = axe.Axe().run(page, context=context, options=RULES).response["violations"]
        if not found or time.monotonic() > deadline:
            return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        page.wait_for_timeout(1000)
