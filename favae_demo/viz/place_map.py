"""Where defects lie, as a heat map over a pale picture; and boxes around what was found in one picture."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from favae_demo.viz.heatmap import colourise

SIDE = 360  # pixels of the longer side of a map
OPACITY = (0.1, 0.9)  # of a cell with few regions, and from half the most on
PALE = 0.45  # how much of the picture is left below the map
GROUND = 210


def place_map(grid: np.ndarray, image: np.ndarray | None = None) -> np.ndarray:
    """Draws how many regions lie in each cell; cells without any show the picture.

    Args:
        grid: Rows×columns, numbers.
        image: H×W×3 uint8 RGB, or None.

    Returns:
        uint8 RGB with the shape of the image, square without one.
    """
    ratio = 1.0 if image is None else image.shape[1] / image.shape[0]
    width, height = (SIDE, max(1, round(SIDE / ratio))) if ratio >= 1 else (max(1, round(SIDE * ratio)), SIDE)
    ground = np.full((height, width, 3), GROUND, np.uint8)
    if image is not None:
        grey = cv2.cvtColor(
            cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
        )
        ground = cv2.addWeighted(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), PALE, ground, 1 - PALE, 0)
    most = max(int(grid.max(initial=0)), 1)
    cells = cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    colours = colourise(cells, 0, most)
    weight = np.where(cells > 0, np.clip(OPACITY[0] + 2 * cells / most, 0, OPACITY[1]), 0.0)[..., None]
    return np.rint(weight * colours + (1 - weight) * ground).astype(np.uint8)


def with_boxes(image: np.ndarray, boxes: Iterable[Sequence[float]]) -> np.ndarray:
    """Returns a copy of an image with a frame around each box.

    Args:
        image: H×W×3 uint8 RGB.
        boxes: (x0, y0, x1, y1) as shares of width and height.
    """
    drawn = image.copy()
    height, width = image.shape[:2]
    thickness = max(1, round(max(height, width) / 300))
    for x0, y0, x1, y1 in boxes:
        corners = (round(x0 * width), round(y0 * height)), (round(x1 * width) - 1, round(y1 * height) - 1)
        for colour, wide in (((16, 16, 24), 3 * thickness), ((255, 255, 255), thickness)):
            cv2.rectangle(drawn, *corners, colour, wide)
    return drawn
