"""Images of a `Detection`: heat overlay, outlines, error map and reconstruction."""

import cv2
import numpy as np

from favae_demo.scoring.detection import Detection
from favae_demo.viz.heatmap import (
    DEFAULT_COLOUR_MAP,
    Box,
    colourise,
    heat_scale,
    in_colours,
    levels_of,
    opacities,
    upsample,
    upsample_part,
)
from favae_demo.viz.outlines import draw_ground_truth, draw_regions

MAX_ENLARGEMENT = 3.0  # a small image is enlarged for finer outlines; more would look blurred
HALVED_FROM = 4  # times the wanted sides: an image that is so large is halved first
DEFAULT_OPACITY = 0.6
DEFAULT_SIDE = 768


def display_image(image: np.ndarray, max_side: int = DEFAULT_SIDE) -> np.ndarray:
    """Resizes an image for display: its longer side becomes `max_side`, or three times its own if that is less.

    Args:
        image: H×W×3 uint8 RGB.
        max_side: Longer side of the result, in pixels.

    Returns:
        A new uint8 RGB image of the same aspect ratio.
    """
    height, width = display_size(image, max_side)
    shrinks = height < image.shape[0]
    if image.shape[0] >= HALVED_FROM * height and image.shape[1] >= HALVED_FROM * width:
        image = _halved(image)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _halved(image: np.ndarray) -> np.ndarray:
    """Returns an image with half the width and height, without its last row or column where they are odd: OpenCV is fast with that alone."""
    height, width = (side // 2 for side in image.shape[:2])
    return cv2.resize(image[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)


def display_size(image: np.ndarray, max_side: int = DEFAULT_SIDE) -> tuple[int, int]:
    """Returns the (height, width) of `display_image`."""
    height, width = image.shape[:2]
    scale = min(max_side / max(height, width), MAX_ENLARGEMENT)
    return max(1, round(height * scale)), max(1, round(width * scale))


def reconstruction_image(detection: Detection, max_side: int = DEFAULT_SIDE) -> np.ndarray:
    """Returns the reconstruction, resized to the size of `display_image`."""
    height, width = display_size(detection.image, max_side)
    return cv2.resize(detection.reconstruction, (width, height), interpolation=cv2.INTER_CUBIC)


def error_map(
    detection: Detection,
    map_name: str = "combined",
    colour_map: str = DEFAULT_COLOUR_MAP,
    max_side: int = DEFAULT_SIDE,
) -> np.ndarray:
    """Returns one score map in colours on its fixed scale, in the size of `display_image`.

    Mid-scale is the map's own threshold, see `map_threshold`.

    Args:
        detection: The detection.
        map_name: A key of `detection.maps`.
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        max_side: Longer side of the result, in pixels.

    Returns:
        uint8 RGB.
    """
    score_map = upsample(detection.masked(map_name), *display_size(detection.image, max_side))
    return colourise(score_map, *heat_scale(map_threshold(detection, map_name)), colour_map)


def heat_overlay(
    detection: Detection,
    opacity: float = DEFAULT_OPACITY,
    colour_map: str = DEFAULT_COLOUR_MAP,
    map_name: str = "combined",
    max_side: int = DEFAULT_SIDE,
) -> np.ndarray:
    """Returns the image under its heat map, which is transparent where the map is low.

    Args:
        detection: The detection.
        opacity: Highest opacity, in [0, 1].
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        map_name: A key of `detection.maps`.
        max_side: Longer side of the result, in pixels.

    Returns:
        uint8 RGB, in the size of `display_image`.
    """
    photo = display_image(detection.image, max_side)
    score_map = upsample(detection.masked(map_name), *photo.shape[:2])
    return _blend(photo, score_map, map_threshold(detection, map_name), opacity, colour_map)


def overlay(
    detection: Detection,
    ground_truth_mask: np.ndarray | None = None,
    *,
    opacity: float = DEFAULT_OPACITY,
    colour_map: str = DEFAULT_COLOUR_MAP,
    map_name: str = "combined",
    show_regions: bool = True,
    show_ground_truth: bool = True,
    max_side: int = DEFAULT_SIDE,
) -> np.ndarray:
    """Returns the heat overlay with the detected regions (solid white) and, if given, the ground truth (dashed blue).

    Args:
        detection: The detection.
        ground_truth_mask: bool of any size, True on defects, or None.
        opacity: Highest opacity of the heat map, in [0, 1].
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        map_name: A key of `detection.maps`. The outlines always belong to the combined map.
        show_regions: Whether the regions are outlined.
        show_ground_truth: Whether the known defects are outlined.
        max_side: Longer side of the result, in pixels.

    Returns:
        uint8 RGB, in the size of `display_image`.
    """
    image = heat_overlay(detection, opacity, colour_map, map_name, max_side)
    return outlined(
        image, detection, ground_truth_mask if show_ground_truth else None, show_regions=show_regions
    )


def outlined(
    image: np.ndarray,
    detection: Detection,
    ground_truth_mask: np.ndarray | None = None,
    *,
    show_regions: bool = True,
) -> np.ndarray:
    """Returns an image with the detected regions (solid white) and, if given, the ground truth (dashed blue).

    Args:
        image: H×W×3 uint8 RGB, the detection's image at any size. It is not changed.
        detection: The detection.
        ground_truth_mask: bool of any size, True on defects, or None.
        show_regions: Whether the regions are outlined.

    Returns:
        H×W×3 uint8 RGB.
    """
    if ground_truth_mask is not None:
        image = draw_ground_truth(image, ground_truth_mask)
    return draw_regions(image, detection) if show_regions else image


def overlay_part(
    detection: Detection,
    photo: np.ndarray,
    box: Box,
    ground_truth_mask: np.ndarray | None = None,
    *,
    opacity: float = DEFAULT_OPACITY,
    colour_map: str = DEFAULT_COLOUR_MAP,
    map_name: str = "combined",
) -> np.ndarray:
    """Returns `overlay` of a part of the image, in which the detection's image may have fewer pixels.

    Args:
        detection: The detection of the whole image.
        photo: The part, H×W×3 uint8 RGB.
        box: What it shows, as shares of the image.
        ground_truth_mask: As for `overlay`, of the whole image.
        opacity: As for `overlay`.
        colour_map: As for `overlay`.
        map_name: As for `overlay`.

    Returns:
        uint8 RGB, in the size of `photo`.
    """
    score_map = upsample_part(detection.masked(map_name), box, *photo.shape[:2])
    image = _blend(photo, score_map, map_threshold(detection, map_name), opacity, colour_map)
    if ground_truth_mask is not None:
        image = draw_ground_truth(image, ground_truth_mask, box)
    return draw_regions(image, detection, box)


def _blend(
    photo: np.ndarray, score_map: np.ndarray, threshold: float, opacity: float, colour_map: str
) -> np.ndarray:
    levels = levels_of(score_map, *heat_scale(threshold))
    cover = opacities(levels, opacity)
    return cv2.blendLinear(in_colours(levels, colour_map), photo, cover, 1 - cover)


def map_threshold(detection: Detection, map_name: str) -> float:
    """Returns the value of a map that is shown mid-scale: its own threshold, or the pixel threshold for the combined map."""
    if map_name == "combined":
        return detection.pixel_threshold
    return detection.map_thresholds.get(map_name, detection.pixel_threshold)
