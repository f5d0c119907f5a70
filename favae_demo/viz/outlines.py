"""Anti-aliased outlines that are visible on any image: solid for detected regions, dashed for the ground truth."""

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from contourpy import contour_generator

from favae_demo.scoring.detection import Detection
from favae_demo.scoring.regions import region_mask
from favae_demo.viz.heatmap import WHOLE, Box, upsample

FOUND_COLOUR = (255, 255, 255)
# Sky blue: not a colour of the default heat map, and distinguishable from white for the colour-blind.
TRUTH_COLOUR = (86, 208, 255)
HALO_COLOUR = (16, 16, 24)
FINEST = 1024  # pixels: longer side at which the outlines of a mask are found for a part of an image
MARGIN = 3  # pixels of a mask, beyond which its smoothed outline does not reach
_SHIFT = 4  # fractional bits of OpenCV's drawing coordinates, for sub-pixel lines

Line = np.ndarray  # K×2 float, (x, y) in pixels


def draw_regions(image: np.ndarray, detection: Detection, box: Box = WHOLE) -> np.ndarray:
    """Outlines the regions of a detection, where the combined map exceeds the pixel threshold.

    Args:
        image: H×W×3 uint8 RGB, the detection's image, or a part of it, at any size. It is not changed.
        detection: The detection.
        box: What `image` shows, as shares of the detection's image.

    Returns:
        A new H×W×3 uint8 RGB image.
    """
    whole = _whole_size(image, box)
    return _draw(image, _within(_region_lines(detection, *whole), box, whole), FOUND_COLOUR)


def draw_ground_truth(image: np.ndarray, mask: np.ndarray, box: Box = WHOLE) -> np.ndarray:
    """Outlines the known defects with a dashed line.

    Args:
        image: H×W×3 uint8 RGB. It is not changed.
        mask: bool of any size, True on defects.
        box: What `image` shows, as shares of what the mask covers.

    Returns:
        A new H×W×3 uint8 RGB image.
    """
    whole = _whole_size(image, box)
    lines = [] if not mask.any() else _within(_mask_lines(mask, whole, box != WHOLE), box, whole)
    dash = 6.0 * line_width(image)
    return _draw(image, [piece for line in lines for piece in _dashes(line, dash)], TRUTH_COLOUR)


def _mask_lines(mask: np.ndarray, whole: tuple[float, float], is_part: bool) -> list[Line]:
    """Returns the outlines of a mask in an image of a size, found in the rows and columns that have any of it."""
    top, left, inside = _cropped(mask)
    scale = np.array(whole) / mask.shape
    size = np.array(inside.shape) * scale
    finest = min(1.0, FINEST / max(whole)) if is_part else 1.0
    height, width = (max(1, round(side * finest)) for side in size.tolist())
    share = upsample(inside, height, width)
    enlargement = width / inside.shape[1]
    if enlargement > 1:
        # Smooths the pixel steps of the mask.
        share = cv2.GaussianBlur(share, (0, 0), 0.4 * enlargement)
    found = _contours(share, 0.4)  # below 0.5, so that a scratch of one pixel is not lost
    step = (size / (height, width))[::-1]
    start = np.array([left, top]) * scale[::-1]
    return [(line + 0.5) * step - 0.5 + start for line in found]


def _cropped(mask: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Returns the first row and column, and the part of a mask that holds all of it, with a margin for smoothing."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    first_row, first_column = max(0, top - MARGIN), max(0, left - MARGIN)
    inside = mask[first_row : top + height + MARGIN, first_column : left + width + MARGIN]
    return first_row, first_column, inside


def _whole_size(image: np.ndarray, box: Box) -> tuple[float, float]:
    """Returns height and width that the whole image would have at the resolution of a part."""
    left, top, right, bottom = box
    return image.shape[0] / (bottom - top), image.shape[1] / (right - left)


def _within(lines: Sequence[Line], box: Box, whole: tuple[float, float]) -> list[Line]:
    """Returns lines of the whole image as seen from a part's upper left corner."""
    height, width = whole
    return [line - np.array([box[0] * width, box[1] * height]) for line in lines]


def line_width(image: np.ndarray) -> int:
    """Returns the width of an outline in pixels, proportional to the image's longer side."""
    return max(1, round(max(image.shape[:2]) / 256))


def _region_lines(detection: Detection, height: float, width: float) -> list[Line]:
    threshold = detection.pixel_threshold
    score_map = detection.map
    inside = region_mask(score_map, threshold)
    # The contour of the map itself is smooth; specks that are not regions are set below the threshold.
    cleaned = np.where(inside, score_map, np.minimum(score_map, threshold * 0.98))
    rows, columns = cleaned.shape
    scale = np.array([width / columns, height / rows])
    return [(line + 0.5) * scale - 0.5 for line in _contours(cleaned, threshold)]


def _contours(values: np.ndarray, level: float) -> list[Line]:
    """Returns closed contour lines at a level with sub-pixel precision; values and level are ≥ 0, and 0 outside of the array."""
    padded = np.pad(values.astype(np.float64), 1, constant_values=0.0)
    # `lines` has this type for the default line type `Separate`.
    lines = cast(list[Line], contour_generator(z=padded).lines(level))
    return [line - 1.0 for line in lines]


def _dashes(line: Line, length: float) -> list[Line]:
    """Splits a closed line into dashes with gaps of 0.75 dashes, in a whole number of periods."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    periods = max(1, round(along[-1] / (length * 1.75)))
    starts = np.arange(periods) / periods * along[-1]
    steps = np.linspace(0.0, along[-1] / periods / 1.75, 8)
    positions = starts[:, None] + steps
    return list(np.stack([np.interp(positions, along, line[:, axis]) for axis in (0, 1)], axis=-1))


def _draw(image: np.ndarray, lines: Sequence[Line], colour: tuple[int, int, int]) -> np.ndarray:
    canvas = np.ascontiguousarray(image).copy()
    points = [np.rint(line * 2**_SHIFT).astype(np.int32) for line in lines]
    width = line_width(image)
    for stroke, thickness in ((HALO_COLOUR, width + max(2, round(1.4 * width))), (colour, width)):
        cv2.polylines(canvas, points, False, stroke, thickness, cv2.LINE_AA, _SHIFT)
    return canvas
