"""Takes the pictures of the page that the documents show: `python tests/ui/take_screenshots.py [--tabs detect …]`.

Starts the app as its users do, on the generated sample parts, and drives a real browser: every tab on a desktop, light and dark, and on a
phone. What the tabs show is made for it: measured models, a batch, a stream, a painted defect, and a training.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))  # started as a script, from anywhere
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "line"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import make_month
from chromium import browser
from measure_page import ADDRESS, PROJECT, app
from PIL import Image

from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.ui import text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ASSETS = PROJECT / "assets"
CATEGORY = "sample_bottle"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Name, size of the window, colour scheme.
LOOKS = (("desktop", DESKTOP, "light"), ("desktop", DESKTOP, "dark"), ("phone", PHONE, "light"))
VISIBLE = "[...document.querySelectorAll('{selector}')].filter((one) => one.offsetParent).length >= {count}"
LOAD_ALL = """async () => {  // pictures further down would be loaded when they come in sight
  const seen = [...document.images].filter((one) => one.offsetParent);
  seen.forEach((one) => { one.loading = 'eager'; });
  await Promise.allSettled(seen.map((one) => one.decode()));
}"""
END = datetime(2026, 3, 31, 20, tzinfo=UTC)  # of the month that History shows
SLOW = 600_000  # milliseconds: weights may have to be fetched, all models to be measured


def shows(selector: str, count: int = 1) -> str:
    """Returns a condition of the page: so many elements are visible."""
    return VISIBLE.format(selector=selector, count=count)


def press(page: Page, name: str) -> None:
    """Presses the visible button of that name."""
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def measure(page: Page) -> None:
    """Measures all models, where that is not done yet."""
    page.wait_for_timeout(2000)
    button = page.get_by_role("button", name="Measure ").locator("visible=true")
    if button.count():
        button.first.click()
        button.first.wait_for(state="hidden", timeout=SLOW)


def train(page: Page) -> None:
    """Trains a plain VAE, where that is not done yet."""
    page.wait_for_timeout(2000)
    if page.locator(".run-state:visible").count():
        return
    page.get_by_label("VAE: pixels only").check()
    press(page, "Start training")
    page.get_by_role("button", name="Open in Detect").locator("visible=true").first.wait_for(timeout=SLOW)


def judge_batch(page: Page) -> None:
    """Judges some test pictures, good ones and defects."""
    settings = Settings.from_env()
    samples = open_category(CATEGORY, settings).test
    page.locator(f'.block:has(> label:has-text("{text.batch.FILES}")) input[type=file]').set_input_files(
        [sample.path for sample in samples[::6]]
    )
    page.locator(".file-preview").first.wait_for()
    press(page, text.batch.START)
    page.locator(".batch-rows .defect button").first.click(timeout=SLOW)


def play(page: Page) -> None:
    """Plays test pictures until the first defect holds the stream."""
    page.get_by_text(text.live.IDLE).wait_for()
    page.get_by_label(text.live.HOLD, exact=True).check()
    press(page, text.live.START)
    page.get_by_text(text.live.HELD["defect"]).wait_for(timeout=SLOW)


def look_back(page: Page) -> None:
    """Opens the newest defect of the generated month."""
    page.locator(".batch-rows:visible .defect button").first.click(timeout=SLOW)


def paint(page: Page) -> None:
    """Adds a scratch to a good part."""
    page.locator(".verdict:visible").first.wait_for()
    page.wait_for_timeout(2000)
    press(page, text.draw.SCRATCH)
    page.get_by_text("Found where you painted").first.wait_for(timeout=SLOW)


# Tab → what is done on it, and what it shows then. The training comes last: its model goes before the shipped ones.
TABS: dict[str, tuple[Callable[[Page], None] | None, str]] = {
    "detect": (None, shows(".verdict .gauge")),
    "compare": (measure, shows(".verdict .gauge", 3)),
    "results": (measure, shows("figure.chart", 2)),
    "batch": (judge_batch, shows(".batch-picture img")),
    "live": (play, shows(".live-strip")),
    "history": (look_back, shows(".history-chart")),
    "draw": (paint, shows(".verdict .gauge")),
    "data": (None, shows("ul.data-list")),
    "train": (train, shows(".run-state")),
}


def main() -> None:
    """Takes the pictures of the tabs asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ASSETS)
    parser.add_argument("--tabs", nargs="+", choices=TABS, default=list(TABS))
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as empty,
        tempfile.TemporaryDirectory() as line,
        app(Path(empty), FAVAE_LINE_DB=str(_month(Path(line), asked.tabs))),
        browser() as chromium,
    ):
        for tab in asked.tabs:
            take(chromium, tab, asked.out)


def take(chromium: Browser, tab: str, out: Path) -> None:
    """Takes the pictures of one tab, each in a window of its own."""
    prepare, ready = TABS[tab]
    for device, size, scheme in LOOKS:
        page = chromium.new_page(viewport=size, color_scheme=scheme)
        page.set_default_timeout(SLOW)
        page.goto(f"{ADDRESS}/?tab={tab}&category={CATEGORY}")
        page.get_by_role("tab", selected=True).first.wait_for()
        if prepare:
            prepare(page)
        page.wait_for_function(ready)
        page.evaluate(LOAD_ALL)
        page.wait_for_timeout(2500)  # charts draw themselves in
        page.evaluate("scrollTo(0, 0)")
        _save(page.screenshot(full_page=device == "desktop"), out / f"{tab}-{device}-{scheme}.webp")
        page.close()


def _month(folder: Path, tabs: list[str]) -> Path:
    """Returns the database that History shows, which is generated if that tab is asked for."""
    path = folder / "verdicts.sqlite"
    if "history" in tabs:
        make_month.write(make_month.Month(60_000, END, keep=60), path)
    return path


def _save(image: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(image)).convert("RGB").save(path, quality=82, method=6)


if __name__ == "__main__":
    main()
