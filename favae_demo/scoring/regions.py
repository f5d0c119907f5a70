"""Areas of a score map above the pixel threshold."""

import cv2
import numpy as np

from favae_demo.scoring.detection import Region

OPENING_RADIUS = 4  # pixels at 128²; the report opens its masks with a disk of 4


def region_mask(score_map: np.ndarray, threshold: float) -> np.ndarray:
    """Returns where the map lies above the threshold, after a morphological opening with a disk that removes specks.

    If nothing is left after the opening, the mask before it is returned: a defect verdict needs at least one region.

    Args:
        score_map: h×w.
        threshold: Pixel threshold on the scale of the map.

    Returns:
        h×w bool.
    """
    above = (score_map > threshold).astype(np.uint8)
    side = 2 * OPENING_RADIUS + 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.morphologyEx(above, cv2.MORPH_OPEN, disk)
    return (opened if opened.any() else above).astype(bool)


def find_regions(score_map: np.ndarray, threshold: float) -> tuple[Region, ...]:
    """Returns the 8-connected areas above the threshold, highest peak first.

    Args:
        score_map: h×w.
        threshold: Pixel threshold on the scale of the map.
    """
    height, width = score_map.shape
    mask = region_mask(score_map, threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    regions = []
    for label in range(1, count):
        x, y, w, h, area = stats[label].tolist()
        inside = np.where(labels == label, score_map, -np.inf)
        peak_y, peak_x = np.unravel_index(inside.argmax(), inside.shape)
        regions.append(
            Region(
                box=(x / width, y / height, (x + w) / width, (y + h) / height),
                area=area / (height * width),
                peak=float(inside[peak_y, peak_x]),
                centre=((float(peak_x) + 0.5) / width, (float(peak_y) + 0.5) / height),
            )
        )
    return tuple(sorted(regions, key=lambda region: -region.peak))
