"""A part of the shown picture at its file's own resolution, for the viewer: the panes hold a reduced copy."""

import math
from typing import Any

import cv2
import gradio as gr
import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.ui.components.data_url import jpeg_data_url
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.view import DetectOptions, JudgedImage, make_view
from favae_demo.viz.heatmap import Box
from favae_demo.viz.overlay import overlay_part

SIDE = 2048  # pixels: enough for a screen and some room to move; 12 MB while it is encoded
QUALITY = 92  # of JPEG: scratches of a pixel stay visible


def build(ui: dict[str, Any]) -> None:
    """Adds what the viewer's script presses, and where it finds the answer; visitors see neither."""
    ui["sharpen"] = gr.Button(visible="hidden", elem_id="sharpen")
    ui["area"] = gr.Textbox(visible="hidden", label="area")
    ui["detail"] = gr.JSON(visible="hidden")


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects them."""

    def sharpen(shown: JudgedImage | None, turns: Turns, area: str) -> dict[str, Any] | None:
        return None if shown is None else detail(services, shown, turns.options, area)

    asked = ui["sharpen"].click(
        sharpen,
        [ui["shown"], ui["turns"], ui["area"]],
        ui["detail"],
        js="(shown, turns) => [shown, turns, favae.viewer.area()]",
        **QUIET,
    )
    asked.then(None, ui["detail"], js="(detail) => favae.viewer.sharpened(detail)")


def detail(
    services: Services, shown: JudgedImage, options: DetectOptions, area: str
) -> dict[str, Any] | None:
    """Returns a part of a picture as its model sees it, at most `SIDE` pixels long, plain and as the result.

    Args:
        services: The core.
        shown: The picture.
        options: Values of the controls.
        area: What the viewer asks for, see `read_area`.

    Returns:
        `picture` and `result` (JPEG), `width` in pixels, and `box`: what it shows, as shares of the picture. None where the file is gone: its reduced copy is
        still there to be seen.
    """
    wanted = read_area(area)
    if wanted is None:
        return None
    try:
        image = services.read(shown.path, shown.model).pixels
    except ImageError:
        return None
    part, box = cut(image, wanted)
    view = make_view(services, shown, options)
    result = overlay_part(
        view.found,
        part,
        box,
        shown.truth,
        opacity=view.opacity,
        colour_map=options.colours,
        map_name=view.map,
    )
    urls = {name: jpeg_data_url(drawn, QUALITY) for name, drawn in (("picture", part), ("result", result))}
    return urls | {"width": part.shape[1], "box": box}


def read_area(text: str) -> Box | None:
    """Returns an area from `left top right bottom` in shares of the picture; None for anything else, which the page never sends."""
    try:
        left, top, right, bottom = map(float, text.split())
    except ValueError:
        return None
    inside = 0 <= left < right <= 1 and 0 <= top < bottom <= 1
    return (left, top, right, bottom) if inside else None


def cut(image: np.ndarray, area: Box, side: int = SIDE) -> tuple[np.ndarray, Box]:
    """Returns the pixels of an area, reduced to `side` where they are more, and the area that they cover exactly.

    Args:
        image: H×W×3 uint8 RGB.
        area: In shares of the picture.
        side: Longest side of the result in pixels.
    """
    height, width = image.shape[:2]
    left, top, right, bottom = area
    (x0, x1), (y0, y1) = _whole(left, right, width), _whole(top, bottom, height)
    part = image[y0:y1, x0:x1]
    scale = min(side / max(part.shape[:2]), 1)
    if scale < 1:
        size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    return part, (x0 / width, y0 / height, x1 / width, y1 / height)


def _whole(low: float, high: float, pixels: int) -> tuple[int, int]:
    """Returns the first pixel that a span of shares touches, and the one after its last."""
    return math.floor(low * pixels), math.ceil(high * pixels)
