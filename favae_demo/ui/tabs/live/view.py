"""What the Live tab shows of a look: plain values that `live.js` puts into the page, and the page's part that takes them."""

import base64
import html
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode
from favae_demo.detection.frame_sources import ImagesSource, Source
from favae_demo.detection.stream import WINDOW, Look
from favae_demo.ui import text
from favae_demo.ui.components.html import VERDICTS
from favae_demo.viz.overlay import overlay
from favae_demo.viz.score_strip import strip_svg

SIDE = 512  # pixels of the live picture
QUALITY = 85  # of its JPEG, which is encoded ten times faster than anything else
SCRIPT = Path(__file__).with_name("live.js").read_text(encoding="utf-8")
SAY = {
    "starting": text.live.STARTING, "stopped": text.live.STOPPED, "lost": text.live.LOST, "rate": text.live.SCREEN_RATE,
    "none": text.live.NO_CAMERA, "denied": text.live.CAMERA_DENIED, "insecure": text.live.CAMERA_INSECURE, "busy": text.live.CAMERA_BUSY,
}  # fmt: skip
TEMPLATE = f"""
<div class="live" data-state="idle">
  <div class="verdict none"><span class="word" role="status" aria-live="polite"></span><span class="numbers"></span>
    <span class="gauge" aria-hidden="true"><span class="fill" style="width:0"></span><span class="limit"></span></span></div>
  <div class="live-screen"><img class="live-picture" alt="{html.escape(text.live.LIVE_PICTURE)}"></div>
  <div class="live-say"><span class="live-note" role="status" aria-live="polite">{html.escape(text.live.IDLE)}</span>
    <button type="button" class="live-release">{html.escape(text.live.RELEASE)}</button></div>
  <div class="live-chart"><div class="live-scale" aria-hidden="true"><span>{text.live.STRIP_TOP}</span><span>{text.live.STRIP_LIMIT}</span>
    <span>{text.live.STRIP_LOW}</span></div><div class="live-strip"></div><div class="live-time" aria-hidden="true">
    <span>{text.live.STRIP_OLD.format(seconds=WINDOW)}</span><span>{text.live.STRIP_NOW}</span></div></div>
  <p class="live-facts"></p>
</div>
"""


def frame_values(look: Look, source: Source) -> dict[str, Any]:
    """A look as `live.js` shows it."""
    found = look.found
    word, icon = VERDICTS[found.verdict]
    figures = {"score": text.formatting.number(found.score), "limit": text.formatting.number(found.threshold)}
    return {
        "number": look.number,
        "state": "held" if look.held else "playing",
        "picture": jpeg_address(overlay(found, max_side=SIDE)),
        "verdict": found.verdict,
        "word": f"{icon} {word}",
        "numbers": text.live.NUMBERS.format(
            **figures, margin=text.formatting.margin(found.score, found.threshold)
        ),
        "share": f"{min(found.score / max(found.threshold, 1e-12) / 2, 1):.0%}",
        "strip": _strip(look, figures),
        "facts": text.live.FACTS.format(
            name=found.name,
            number=look.number,
            defects=look.defects,
            milliseconds=found.timings.get("total", 0),
        ),
        "note": text.live.HELD if look.held else _unreadable(source),
    }


def idle_values(state: str, note: str) -> dict[str, Any]:
    """What is shown where there is no new frame."""
    return {"number": 0, "state": state, "note": note}


def jpeg_address(image: np.ndarray) -> str:
    """H×W×3 uint8 RGB as a data address, so that no file is left behind."""
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def of_address(address: str, max_pixels: int) -> np.ndarray:
    """The picture of a data address, as a browser makes it of a camera's frame.

    Raises:
        ImageError: It is none.
    """
    head, _, data = address.partition(",")
    if not head.startswith("data:image/"):
        raise ImageError(text.live.BAD_FRAME)
    try:
        return decode(base64.b64decode(data, validate=True), max_pixels=max_pixels)
    except ValueError as error:
        raise ImageError(text.live.BAD_FRAME) from error


def _strip(look: Look, figures: dict[str, str]) -> str:
    above = sum(point.is_defect for point in look.history)
    said = text.live.STRIP.format(**figures, seconds=WINDOW, defects=above, count=len(look.history))
    points = [(point.seconds, point.score) for point in look.history]
    return strip_svg(points, look.found.threshold, WINDOW, look.seconds, said)


def _unreadable(source: Source) -> str:
    names = source.unreadable if isinstance(source, ImagesSource) else ()
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return text.live.UNREADABLE.format(names=shown) if names else ""
