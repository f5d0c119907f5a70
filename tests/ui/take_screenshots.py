"""Takes the pictures of the page that the documents show: `python tests/ui/take_screenshots.py`.

Starts the app as its users do, on the generated sample parts, and drives a real browser: every tab on a desktop, light and dark, and on a
phone. The Train tab is shown with a training that is really made.
"""

import argparse
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))  # started as a script, from anywhere

from chromium import browser
from measure_page import ADDRESS, PROJECT, app
from PIL import Image

ASSETS = PROJECT / "assets"
CATEGORY = "sample_bottle"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Name, size of the window, colour scheme.
LOOKS = (("desktop", DESKTOP, "light"), ("desktop", DESKTOP, "dark"), ("phone", PHONE, "light"))
SHOWS = {
    "detect": "document.querySelector('.verdict .gauge') && document.querySelector('img[alt=\"Result\"]')?.naturalWidth",
    "train": "[...document.querySelectorAll('.run-state')].some((one) => one.offsetParent)",
    "compare": "[...document.querySelectorAll('.verdict .gauge')].filter((one) => one.offsetParent).length == 3",
}
MEASURE = "Measure all"


def main() -> None:
    """Measures, takes pictures, trains once, takes the rest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ASSETS)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as empty, app(Path(empty)), browser() as chromium:
        _measure(chromium)
        _take(chromium, out, ("detect", "compare"))
        _train(chromium)  # last: a model made here comes before the shipped ones
        _take(chromium, out, ("train",))


def _take(chromium, out: Path, tabs: tuple[str, ...]) -> None:
    for device, size, scheme in LOOKS:
        page = chromium.new_page(viewport=size, color_scheme=scheme)
        for tab in tabs:
            page.goto(f"{ADDRESS}/?tab={tab}&category={CATEGORY}")
            page.wait_for_function(SHOWS[tab], timeout=120_000)
            page.wait_for_timeout(2500)  # charts draw themselves in
            _save(page.screenshot(full_page=device == "desktop"), out / f"{tab}-{device}-{scheme}.webp")
        page.close()


def _measure(chromium) -> None:
    """All models on all test pictures, so that Compare has its curves."""
    page = chromium.new_page(viewport=DESKTOP)
    page.goto(f"{ADDRESS}/?tab=compare&category={CATEGORY}")
    page.wait_for_function(SHOWS["compare"], timeout=300_000)  # the weights may have to be fetched first
    measure = page.get_by_role("button", name=MEASURE)
    page.wait_for_timeout(2000)
    if measure.is_visible():
        measure.click()
        measure.wait_for(state="hidden", timeout=600_000)
    page.close()


def _train(chromium) -> None:
    page = chromium.new_page(viewport=DESKTOP)
    page.goto(f"{ADDRESS}/?tab=train&category={CATEGORY}")
    page.wait_for_function("document.querySelector('.verdict .gauge')", timeout=120_000)
    page.get_by_label("VAE: pixels only").check()
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("button", name="Open in Detect").wait_for(timeout=600_000)
    page.close()


def _save(image: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(image)).convert("RGB").save(path, quality=82, method=6)


if __name__ == "__main__":
    main()
