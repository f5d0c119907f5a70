"""One image of a whole result: the picture, rebuilt as good, its error map, the result, and the verdict."""

import math
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from favae_demo.scoring.detection import Detection
from favae_demo.scoring.multiples import format_multiple
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP, legend_bar
from favae_demo.viz.outlines import HALO_COLOUR, TRUTH_COLOUR
from favae_demo.viz.overlay import DEFAULT_OPACITY, display_image, error_map, overlay, reconstruction_image
from favae_demo.viz.result_words import (
    LEGEND_CALM,
    LEGEND_FOUND,
    LEGEND_HIGH,
    LEGEND_TRUTH,
    OUTCOMES,
    PANES,
    VERDICTS,
)

TILE = 480  # longer side of each image, in pixels
MARGIN = 28
GAP = 20
HEADER = 96
CAPTION = 40
FOOTER = 48
LINE = 26  # of the legend
SMALL, SPACE = 17, 10  # its font, and what separates its words from the colour bar
PAPER, INK, GREY, FRAME = (255, 255, 255), (24, 28, 36), (92, 100, 112), (208, 212, 218)
COLOURS = {"defect": (178, 24, 43), "good": (0, 109, 68), "not judged": INK}


def panel(
    detection: Detection,
    ground_truth_mask: np.ndarray | None = None,
    title: str = "",
    *,
    defective: bool | None = None,
    rebuilt: bool = True,
    opacity: float = DEFAULT_OPACITY,
    colour_map: str = DEFAULT_COLOUR_MAP,
    map_name: str = "combined",
) -> np.ndarray:
    """Draws the images of a result side by side, with the verdict above, and the score as a multiple of the threshold.

    Args:
        detection: The detection.
        ground_truth_mask: bool of any size, True on defects, or None.
        title: Second line of the header: part and model; the file name is added to it.
        defective: Whether the part is known to have a defect; None where that is not known.
        rebuilt: Whether the model rebuilds pictures; without, that image is left out.
        opacity: Highest opacity of the heat map, in [0, 1].
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        map_name: A key of `detection.maps`.

    Returns:
        uint8 RGB on white.
    """
    marked = overlay(
        detection,
        ground_truth_mask,
        opacity=opacity,
        colour_map=colour_map,
        map_name=map_name,
        max_side=TILE,
    )
    tiles = {
        "picture": display_image(detection.image, TILE),
        "rebuilt": reconstruction_image(detection, TILE) if rebuilt else None,
        "errors": error_map(detection, map_name, colour_map, TILE),
        "result": marked,
    }
    shown = {name: tile for name, tile in tiles.items() if tile is not None}
    lefts = {name: MARGIN + column * (TILE + GAP) for column, name in enumerate(shown)}
    top, height = HEADER + CAPTION, marked.shape[0]
    size = (2 * MARGIN + len(shown) * (TILE + GAP) - GAP, top + height + FOOTER + MARGIN)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    _header(draw, detection, title, defective, size[0])
    for name, tile in shown.items():
        left = lefts[name]
        draw.text((left, top - 10), PANES[name], INK, _font(20), anchor="ls")
        draw.rectangle((left - 1, top - 1, left + tile.shape[1], top + height), outline=FRAME)
        sheet.paste(Image.fromarray(tile), (left, top))
    _scale(sheet, draw, colour_map, lefts["errors"], top + height + LINE)
    _lines(draw, lefts["result"], top + height + LINE, ground_truth_mask is not None)
    return np.asarray(sheet).copy()


def _header(
    draw: ImageDraw.ImageDraw, detection: Detection, title: str, defective: bool | None, width: int
) -> None:
    """Draws the verdict, whether it is correct, and the score as a multiple of the threshold; below, what was judged and by what."""
    word, icon = VERDICTS[detection.verdict]
    verdict, font = f"{icon} {word}", _font(36, bold=True)
    draw.text((MARGIN, 54), verdict, COLOURS[detection.verdict], font, anchor="ls")
    if defective is not None and (defective, detection.verdict) in OUTCOMES:
        sign, outcome = OUTCOMES[defective, detection.verdict]
        colour = COLOURS["good" if detection.is_defect == defective else "defect"]
        left = MARGIN + draw.textlength(verdict, font) + GAP
        draw.text((left, 54), f"{sign} {outcome}", colour, _font(26), anchor="ls")
    draw.text((width - MARGIN, 54), format_multiple(detection.multiple), INK, _font(26), anchor="rs")
    text = " · ".join(part for part in (title, detection.name) if part)
    draw.text((MARGIN, 88), _shortened(draw, text, width - 2 * MARGIN), GREY, _font(18), anchor="ls")


def _scale(sheet: Image.Image, draw: ImageDraw.ImageDraw, colour_map: str, left: int, middle: int) -> None:
    """Draws the colour bar below the error map, between its two ends in words."""
    font, right = _font(SMALL), left + TILE
    start = left + math.ceil(draw.textlength(LEGEND_CALM, font)) + SPACE
    end = right - math.ceil(draw.textlength(LEGEND_HIGH, font)) - SPACE
    draw.text((left, middle), LEGEND_CALM, GREY, font, anchor="lm")
    sheet.paste(Image.fromarray(legend_bar(colour_map, width=end - start, height=14)), (start, middle - 7))
    draw.text((right, middle), LEGEND_HIGH, GREY, font, anchor="rm")


def _lines(draw: ImageDraw.ImageDraw, left: int, middle: int, has_truth: bool) -> None:
    """Draws the legend of the lines below the result, a row each."""
    font = _font(SMALL)
    _stroke(draw, left, middle, 36, PAPER)
    draw.text((left + 46, middle), LEGEND_FOUND, GREY, font, anchor="lm")
    if has_truth:
        middle += LINE
        _stroke(draw, left, middle, 14, TRUTH_COLOUR)
        _stroke(draw, left + 22, middle, 14, TRUTH_COLOUR)
        draw.text((left + 46, middle), LEGEND_TRUTH, GREY, font, anchor="lm")


def _stroke(
    draw: ImageDraw.ImageDraw, left: int, middle: int, length: int, colour: tuple[int, int, int]
) -> None:
    """Draws a sample of an outline: its colour in a dark halo."""
    draw.rectangle((left, middle - 4, left + length, middle + 3), HALO_COLOUR)
    draw.rectangle((left + 2, middle - 2, left + length - 2, middle + 1), colour)


def _shortened(draw: ImageDraw.ImageDraw, text: str, width: float) -> str:
    """Shortens text in the middle, so that a long file name keeps its suffix."""
    keep = len(text)
    short = text
    while draw.textlength(short, _font(18)) > width:
        keep -= 4
        short = f"{text[: keep // 2]} … {text[-(keep // 2) :]}"
    return short


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Returns DejaVu Sans, which is part of matplotlib."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)
