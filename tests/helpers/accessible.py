"""What axe-core finds on a page, for tests with a browser."""

import time

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# What is passed in full has a megabyte a page, which takes longer to hand over than to find.
FIND = """([context, rules]) => axe.run(context ?? document, rules).then(({violations}) =>
  violations.map(({id, nodes}) => [id, nodes.map((node) => node.target)]))"""
SETTLED = 60  # seconds in which a page has filled itself, and what fades in is there


def violations(page, context: str | None = None) -> list[tuple[str, list]]:
    """Returns the violations of WCAG 2 A and AA as (rule, targets), once there are none or the page has had time to settle.

    Args:
        page: A page of Playwright.
        context: Selector of the part that is looked at; None for all of it.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe.Axe().axe_script)
    deadline = time.monotonic() + SETTLED
    while True:
        found = page.evaluate(FIND, [context, RULES])
        if not found or time.monotonic() > deadline:
            return [(rule, targets) for rule, targets in found]
        page.wait_for_timeout(1000)
