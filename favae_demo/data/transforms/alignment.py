"""Turns parts that lie at any angle on a plain background: each image's part comes to the middle, its long axis level.

A part that is always seen the same way is far easier to learn than one at every angle: see the ablation in docs/benchmarks.md.
"""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

BORDER = 6  # pixels of the image's edge that are taken for background, at 256
SOFTER = 0.7  # of Otsu's threshold: the part's shaded side belongs to it
FAINT = 1.0  # grey level: less is no part but rounding
LONG = 1.2  # variance along over variance across, above which a part has a long axis
LOPSIDED = 0.05  # skewness along the axis, above which one end is heavier
ENDS = (0.3, 99.7)  # percentiles of the part's pixels between which its middle lies

# No matrix product here: NumPy's run on threads of their own, which go on waiting busily and so stand in the way of PyTorch's.


def find_part(image: np.ndarray) -> np.ndarray:
    """The largest thing that stands out from a background of slowly varying grey, holes filled; H×W bool.

    A plane with quadratic terms is fitted to the image's edge, so that shadows towards the corners do not count.

    Args:
        image: H×W×3 uint8 RGB.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32)
    terms, fit, edge = _background(*grey.shape)
    plane = np.einsum("ke,e->k", fit, grey[edge])
    apart = np.abs(np.einsum("khw,k->hw", terms, plane) - grey).clip(0, 255)
    threshold, _ = cv2.threshold(apart.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(
        (apart > max(SOFTER * threshold, FAINT)).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    part = np.zeros(grey.shape, np.uint8)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return part.astype(bool)


def upright(image: np.ndarray) -> np.ndarray:
    """The rigid motion that levels the part and brings it to the middle, 2×3 float64, from pixels (x, y) to pixels.

    The heavier end comes to the right; a part whose ends weigh alike keeps the end that is nearer to the right there. A round part is only
    moved; an image without a part is left as it is.

    Args:
        image: S×S×3 uint8 RGB.
    """
    part = find_part(image)
    y, x = np.nonzero(part)
    if not len(x):
        return np.eye(2, 3)
    along, across = _axis(part)
    turn = np.array([[along, across], [-across, along]])
    ends = [np.percentile(x * row[0] + y * row[1], ENDS) for row in turn]
    middle = np.array([image.shape[1], image.shape[0]]) / 2
    return np.hstack([turn, (middle - np.mean(ends, 1))[:, None]])


def align(images: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Images N×S×S×3 uint8 with their parts upright, and the motions N×2×3."""
    motions = np.stack([upright(image) for image in images])
    return np.stack([_moved(*pair) for pair in zip(images, motions, strict=True)]), motions


def put_back(
    values: np.ndarray, motion: np.ndarray, side: int, outside: np.ndarray | None = None
) -> np.ndarray:
    """Something seen in an aligned image, as it lies in the image itself.

    Args:
        values: s×s float32 or s×s×3 uint8.
        motion: Of the aligned image.
        side: Size of the image that the motion is for, S.
        outside: What lies beyond the aligned image, of the shape of `values`; None is 0.
    """
    scale = values.shape[0] / side
    # Pixels have their centres at half numbers, so a smaller image is not only scaled but also shifted.
    small = np.diag([scale, scale, 1.0])
    small[:2, 2] = (scale - 1) / 2
    there = small @ np.vstack([motion, [0, 0, 1]]) @ np.linalg.inv(small)
    size, flags = values.shape[:2], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if outside is None:
        return cv2.warpAffine(values, there[:2], size, flags=flags)
    # OpenCV calls a border that it does not touch transparent.
    return cv2.warpAffine(values, there[:2], size, outside.copy(), flags, cv2.BORDER_TRANSPARENT)


@lru_cache(maxsize=4)
def _background(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Terms of the background's plane 6×H×W, what fits it to the grey levels of the edge 6×E, and the edge H×W bool."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y])
    edge = np.ones((height, width), bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    return terms, np.linalg.pinv(terms[:, edge].T).astype(np.float32), edge


def _axis(part: np.ndarray) -> tuple[float, float]:
    """Direction (x, y) of a part's long axis towards its heavier end, from its moments; of a round part, the image's own."""
    m = cv2.moments(part.astype(np.uint8), binaryImage=True)
    angle = 0.5 * np.arctan2(2 * m["mu11"], m["mu20"] - m["mu02"])
    c, s = float(np.cos(angle)), float(np.sin(angle))
    long = c * c * m["mu20"] + 2 * c * s * m["mu11"] + s * s * m["mu02"]
    short = m["mu20"] + m["mu02"] - long
    if long <= LONG * short:
        return 1.0, 0.0
    third = c**3 * m["mu30"] + 3 * c * c * s * m["mu21"] + 3 * c * s * s * m["mu12"] + s**3 * m["mu03"]
    skewness = third / m["m00"] / (long / m["m00"]) ** 1.5
    # The light end is the long tail; a part whose ends weigh alike keeps the end that is nearer to the right.
    turned_over = skewness > LOPSIDED or (abs(skewness) <= LOPSIDED and c < 0)
    return (-c, -s) if turned_over else (c, s)


def _moved(image: np.ndarray, motion: np.ndarray) -> np.ndarray:
    size = image.shape[1::-1]
    return cv2.warpAffine(image, motion, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
