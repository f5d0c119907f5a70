"""One image of a whole result: input, reconstruction, error map, overlay and verdict."""

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

TILE = 480  # longer side of each image, in pixels
MARGIN = 28
GAP = 20
HEADER = 96
CAPTION = 40
FOOTER = 48
PAPER, INK, GREY, FRAME = (255, 255, 255), (24, 28, 36), (92, 100, 112), (208, 212, 218)
VERDICTS = {
    "defect": ("✗ Defect", (178, 24, 43)),
    "good": ("✓ Good", (0, 109, 68)),
    "not judged": ("? Not judged", INK),
}


def panel(
    detection: Detection,
    ground_truth_mask: np.ndarray | None = None,
    title: str = "",
    *,
    opacity: float = DEFAULT_OPACITY,
    colour_map: str = DEFAULT_COLOUR_MAP,
    map_name: str = "combined",
) -> np.ndarray:
    """Draws input, reconstruction, error map and overlay side by side, with the verdict above, and the score as a multiple of the threshold and as it is.

    Args:
        detection: The detection.
        ground_truth_mask: bool of any size, True on defects, or None.
        title: Second line of the header, for example category and model; the file name is added to it.
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
        "Input": display_image(detection.image, TILE),
        "Reconstruction": reconstruction_image(detection, TILE),
        "Error map": error_map(detection, map_name, colour_map, TILE),
        "Overlay": marked,
    }
    height = marked.shape[0]
    size = (
        2 * MARGIN + len(tiles) * TILE + (len(tiles) - 1) * GAP,
        HEADER + CAPTION + height + FOOTER + MARGIN,
    )
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    _header(draw, detection, title, size[0])
    for column, (caption, tile) in enumerate(tiles.items()):
        left = MARGIN + column * (TILE + GAP)
        top = HEADER + CAPTION
        draw.text((left, top - 10), caption, INK, _font(20), anchor="ls")
        draw.rectangle((left - 1, top - 1, left + tile.shape[1], top + height), outline=FRAME)
        sheet.paste(Image.fromarray(tile), (left, top))
    _footer(sheet, draw, colour_map, HEADER + CAPTION + height, ground_truth_mask is not None)
    return np.asarray(sheet).copy()


def _header(draw: ImageDraw.ImageDraw, detection: Detection, title: str, width: int) -> None:
    verdict, colour = VERDICTS[detection.verdict]
    figures = f"score {detection.score:.3g}, limit {detection.threshold:.3g}"
    draw.text((MARGIN, 54), verdict, colour, _font(36, bold=True), anchor="ls")
    draw.text((width - MARGIN, 54), format_multiple(detection.multiple), INK, _font(26), anchor="rs")
    draw.text((width - MARGIN, 88), figures, GREY, _font(18), anchor="rs")
    text = " · ".join(part for part in (title, detection.name) if part)
    draw.text(
        (MARGIN, 88),
        _shortened(draw, text, width - 3 * MARGIN - draw.textlength(figures, _font(18))),
        GREY,
        _font(18),
        anchor="ls",
    )


def _footer(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, colour_map: str, top: int, has_truth: bool
) -> None:
    """Draws the colour bar below the error map and the legend of the lines below the overlay."""
    middle, font = top + 26, _font(17)
    left = MARGIN + 2 * (TILE + GAP)
    bar = legend_bar(colour_map, width=TILE - 220, height=14)
    draw.text((left, middle), "normal", GREY, font, anchor="lm")
    sheet.paste(Image.fromarray(bar), (left + 56, middle - 7))
    draw.text((left + 66 + bar.shape[1], middle), "limit × 2 or more", GREY, font, anchor="lm")

    left += TILE + GAP
    _stroke(draw, left, middle, 36, PAPER)
    draw.text((left + 46, middle), "found", GREY, font, anchor="lm")
    if has_truth:
        left += 140
        _stroke(draw, left, middle, 14, TRUTH_COLOUR)
        _stroke(draw, left + 22, middle, 14, TRUTH_COLOUR)
        draw.text((left + 46, middle), "known defect", GREY, font, anchor="lm")


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
