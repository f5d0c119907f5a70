"""How fast a video plays in the Live tab, in a real browser, and whether memory stays: `python tests/ui/measure_live.py [--minutes 5] [--json]`.

Makes a video of generated sample bottles at 25 frames a second, starts the app as its users do, plays the video, and counts the
frames that are drawn on screen. Memory is the server's own, after 30 seconds and at the end.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import cv2

# Started as a script, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


from chromium import browser, upload
from measure_page import ADDRESS, app

from favae_demo.core.settings import Settings
from favae_demo.data.catalog import open_category
from favae_demo.data.io.images import decode

CATEGORY, FPS, FRAMES = "sample_bottle", 25, 100
SETTLE, EARLY, COUNTED = 5.0, 30.0, 20.0  # seconds
MOST_GROWTH = 0.10
MODELS = {"vgg16": "VAE + VGG16", "none": "VAE ·"}
# Counts the pictures that are drawn: the number changes once the new one is decoded.
COUNT = """() => { const picture = document.querySelector('.live-picture'); let last = null; window.drawn = 0;
  const round = window.round = (window.round ?? 0) + 1;  // an earlier count ends
  const look = () => { const now = picture.dataset.number; if (now !== last) { last = now; window.drawn += 1; }
    if (round === window.round) requestAnimationFrame(look); }; look(); }"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the last model plays")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    asked = parser.parse_args()
    found = measure(asked.minutes)
    for name, value in found.items():
        print(f"{name:44} {value:8.2f}")
    if asked.json:
        print(json.dumps(found))


def measure(minutes: float) -> dict[str, float]:
    """Frames a second on screen of each model; memory in MB and its growth while the first one plays."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        video = write_video(Path(folder) / "bottles.avi")
        with app(Path(folder)), browser() as chromium:
            page = chromium.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(f"{ADDRESS}/?tab=live&category={CATEGORY}")
            page.locator(".live-note:visible").wait_for(timeout=60_000)
            page.get_by_label("A video").check()
            upload(page, page.locator("input[type=file]:not([webkitdirectory])").last, video)
            for teacher, title in MODELS.items():
                _choose(page, title)
                start = time.monotonic()
                page.get_by_role("button", name="Start", exact=True).click()
                page.wait_for_function(
                    "document.querySelector('.live-picture')?.dataset.number > 1", timeout=300_000
                )
                page.wait_for_timeout(1000 * SETTLE)
                found[f"{teacher}: frames a second on screen"] = _frame_rate(page)
                if teacher == next(iter(MODELS)):
                    found |= _memory(page, start, 60 * minutes)
                page.get_by_role("button", name="Stop", exact=True).click()
    return found


def write_video(path: Path) -> Path:
    """The test pictures of the sample bottle as a video."""
    settings = Settings.from_env()
    samples = open_category(CATEGORY, settings).test
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FPS, (256, 256))
    for i in range(FRAMES):
        writer.write(cv2.cvtColor(decode(samples[i % len(samples)].path), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def _choose(page, title: str) -> None:
    page.get_by_role("combobox", name="Model").locator("visible=true").click()
    page.get_by_role("option", name=title).locator("visible=true").first.click()


def _frame_rate(page) -> float:
    page.evaluate(COUNT)
    start, before = time.monotonic(), page.evaluate("window.drawn")
    page.wait_for_timeout(1000 * COUNTED)
    return (page.evaluate("window.drawn") - before) / (time.monotonic() - start)


def _memory(page, start: float, seconds: float) -> dict[str, float]:
    page.wait_for_timeout(max(0.0, 1000 * (EARLY - (time.monotonic() - start))))
    early = _resident()
    page.wait_for_timeout(max(0.0, 1000 * (seconds - (time.monotonic() - start))))
    late = _resident()
    return {
        "memory after 30 s (MB)": early,
        f"memory after {seconds / 60:g} min (MB)": late,
        f"growth in % (at most {MOST_GROWTH:.0%})": 100 * (late / early - 1),
    }


def _resident() -> float:
    """Memory of the app's process: the one child of this process that runs app.py."""
    own = str(Path("/proc/self").resolve().name)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            status = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        if b"app.py" in command and status["PPid"].strip() == own:
            return int(status["VmRSS"].split()[0]) / 1024
    raise SystemExit("The app's process is not found.")


if __name__ == "__main__":
    main()
