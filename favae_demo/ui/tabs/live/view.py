"""What the Live tab shows of a frame: values that `live.js` puts into the page, and the HTML that receives them."""

import base64
import html
from pathlib import Path
from typing import Any

import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode
from favae_demo.detection.drift import ADVICE
from favae_demo.detection.frame_sources import FrameSource, ImagesSource
from favae_demo.detection.stream import WINDOW, JudgedFrame
from favae_demo.scoring.multiples import scale_share
from favae_demo.ui import text
from favae_demo.ui.components.data_url import jpeg_data_url
from favae_demo.ui.components.html import css_class, gauge_html, multiple_html, support_html
from favae_demo.viz.overlay import overlay
from favae_demo.viz.score_strip import strip_svg

SIDE = 512  # pixels of the live image
QUALITY = 85  # of its JPEG, which is encoded ten times faster than any other format
SCRIPT = Path(__file__).with_name("live.js").read_text(encoding="utf-8")


def said() -> dict[str, str]:
    """Returns the sentences of `live.js`."""
    return {
        "starting": text.live.STARTING, "stopped": text.live.STOPPED, "lost": text.live.LOST, "rate": text.live.SCREEN_RATE,
        "none": text.live.NO_CAMERA, "denied": text.live.CAMERA_DENIED, "insecure": text.live.CAMERA_INSECURE, "busy": text.live.CAMERA_BUSY,
    }  # fmt: skip


def template_html() -> str:
    """Returns the HTML that `live.js` fills."""
    return f"""
<div class="live" data-state="idle">
  <div class="verdict none"><span class="word" role="status" aria-live="polite"></span><span class="numbers"></span>
    {gauge_html(0.0)}<span class="support"></span><span class="why"></span></div>
  <div class="live-say"><span class="live-note" role="status" aria-live="polite">{html.escape(text.live.IDLE)}</span>
    <button type="button" class="live-release">{html.escape(text.live.RELEASE)}</button></div>
  <div class="live-screen"><img class="live-picture" alt="{html.escape(text.live.LIVE_PICTURE)}"></div>
  <p class="live-drift notice" role="status" aria-live="polite"></p>
  <div class="live-chart"><div class="live-scale" aria-hidden="true"><span>{text.live.STRIP_TOP}</span><span>{text.live.STRIP_LIMIT}</span>
    <span>{text.live.STRIP_LOW}</span></div><div class="live-strip"></div><div class="live-time" aria-hidden="true">
    <span>{text.live.STRIP_OLD.format(seconds=WINDOW)}</span><span>{text.live.STRIP_NOW}</span></div></div>
  <p class="live-facts"></p>
</div>
"""


def frame_values(frame: JudgedFrame, source: FrameSource) -> dict[str, Any]:
    """Returns a judged frame as values for `live.js`.

    Args:
        frame: The frame.
        source: Where it comes from; files that it could not read are named.
    """
    detection = frame.detection
    word, icon = text.page.VERDICTS[detection.verdict]
    return {
        "number": frame.number,
        "state": "held" if frame.held else "playing",
        "picture": jpeg_data_url(overlay(detection, max_side=SIDE), QUALITY),
        "verdict": css_class(detection),
        "word": f"{icon} {word}",
        "numbers": multiple_html(detection),
        "support": support_html(detection),
        "why": " ".join(map(text.sentences.translate, detection.reasons)),
        "share": f"{scale_share(detection.multiple):.1%}",
        "strip": _score_strip(frame),
        "facts": _facts(frame),
        "note": _held_note(frame) if frame.held else _unreadable_note(source),
        "drift": text.sentences.translate(f"{frame.drift.sentence} {ADVICE}") if frame.drift else "",
    }


def idle_values(state: str, note: str) -> dict[str, Any]:
    """Returns the values for `live.js` where there is no new frame."""
    return {"number": 0, "state": state, "note": note}


def decode_data_url(url: str, max_pixels: int) -> np.ndarray:
    """Returns the image (H×W×3 uint8 RGB) of a `data:` URL, as browsers make it of a camera's frame.

    Raises:
        ImageError: It holds no image, or one of more than `max_pixels`.
    """
    head, _, data = url.partition(",")
    if not head.startswith("data:image/"):
        raise ImageError(text.live.BAD_FRAME)
    try:
        return decode(base64.b64decode(data, validate=True), max_pixels=max_pixels)
    except ValueError as error:
        raise ImageError(text.live.BAD_FRAME) from error


def _facts(frame: JudgedFrame) -> str:
    facts = text.live.FACTS.format(
        name=frame.detection.name,
        number=text.formatting.grouped(frame.number),
        defects=text.formatting.grouped(frame.defects),
        milliseconds=frame.detection.timings.get("total", 0),
    )
    return facts + (
        text.live.FACT_NOT_JUDGED.format(count=text.formatting.grouped(frame.not_judged))
        if frame.not_judged
        else ""
    )


def _held_note(frame: JudgedFrame) -> str:
    return text.live.HELD.get(frame.detection.verdict, "")


def _score_strip(frame: JudgedFrame) -> str:
    above = sum(point.is_defect for point in frame.history)
    now = text.formatting.multiple(frame.detection.multiple)
    description = text.live.STRIP.format(now=now, seconds=WINDOW, defects=above, count=len(frame.history))
    points = [(point.seconds, point.score) for point in frame.history]
    return strip_svg(points, frame.detection.threshold, WINDOW, frame.seconds, description)


def _unreadable_note(source: FrameSource) -> str:
    names = source.unreadable if isinstance(source, ImagesSource) else ()
    listed = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return text.live.UNREADABLE.format(names=listed) if names else ""
