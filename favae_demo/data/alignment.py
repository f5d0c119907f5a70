"""Turns parts that lie at any angle on a plain background: each picture's part comes to the middle, its long axis level.

A part that is always seen the same way is far easier to learn than one at every angle: see the ablation in README.
"""

from collections.abc import Sequence

import cv2
import numpy as np

BORDER = 6  # pixels of the picture's edge that are taken for background, at 256
SOFTER = 0.7  # of Otsu's threshold: the part's shaded side belongs to it
LONG = 1.2  # variance along over variance across, above which a part has a long axis
LOPSIDED = 0.05  # skewness along the axis, above which one end is heavier
ENDS = (0.3, 99.7)  # percentiles of the part's pixels between which its middle lies


def find_part(picture: np.ndarray) -> np.ndarray:
    """The largest thing that stands out from a background of slowly varying grey, holes filled; H×W bool.

    A plane with quadratic terms is fitted to the picture's edge, so that shadows towards the corners do not count.

    Args:
        picture: H×W×3 uint8 RGB.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32)
    height, width = grey.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1)
    edge = np.ones(grey.shape, bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    plane, *_ = np.linalg.lstsq(terms[edge], grey[edge], rcond=None)
    apart = np.abs(terms @ plane - grey).clip(0, 255)
    threshold, _ = cv2.threshold(apart.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(
        (apart > SOFTER * threshold).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    part = np.zeros(grey.shape, np.uint8)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return part.astype(bool)


def upright(picture: np.ndarray) -> np.ndarray:
    """The rigid motion that levels the part and brings it to the middle, 2×3 float64, from pixels (x, y) to pixels.

    The heavier end comes to the right; a part whose ends weigh alike keeps the end that is nearer to the right there. A round part is only
    moved; a picture without a part is left as it is.

    Args:
        picture: S×S×3 uint8 RGB.
    """
    y, x = np.nonzero(find_part(picture))
    if not len(x):
        return np.eye(2, 3)
    points = np.stack([x, y], 1).astype(np.float64)
    away = points - points.mean(0)
    variances, axes = np.linalg.eigh(away.T @ away / len(away))
    axis = _pointing(axes[:, 1], away) if variances[1] > LONG * variances[0] else np.array([1.0, 0.0])
    turn = np.array([axis, [-axis[1], axis[0]]])
    low, high = np.percentile(points @ turn.T, ENDS, axis=0)
    middle = np.array([picture.shape[1], picture.shape[0]]) / 2
    return np.hstack([turn, (middle - (low + high) / 2)[:, None]])


def align(pictures: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Pictures N×S×S×3 uint8 with their parts upright, and the motions N×2×3."""
    motions = np.stack([upright(picture) for picture in pictures])
    return np.stack([_moved(*pair) for pair in zip(pictures, motions, strict=True)]), motions


def put_back(
    values: np.ndarray, motion: np.ndarray, side: int, outside: np.ndarray | None = None
) -> np.ndarray:
    """Something seen in an aligned picture, as it lies in the picture itself.

    Args:
        values: s×s float32 or s×s×3 uint8.
        motion: Of the aligned picture.
        side: Size of the picture that the motion is for, S.
        outside: What lies beyond the aligned picture, of the shape of `values`; None is 0.
    """
    scale = values.shape[0] / side
    # Pixels have their centres at half numbers, so a smaller picture is not only scaled but also shifted.
    small = np.diag([scale, scale, 1.0])
    small[:2, 2] = (scale - 1) / 2
    there = small @ np.vstack([motion, [0, 0, 1]]) @ np.linalg.inv(small)
    size, flags = values.shape[:2], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if outside is None:
        return cv2.warpAffine(values, there[:2], size, flags=flags)
    # OpenCV calls a border that it does not touch transparent.
    return cv2.warpAffine(values, there[:2], size, outside.copy(), flags, cv2.BORDER_TRANSPARENT)


def _pointing(axis: np.ndarray, away: np.ndarray) -> np.ndarray:
    along = away @ axis
    skewness = float((along**3).mean() / (along**2).mean() ** 1.5)
    if abs(skewness) > LOPSIDED:
        return axis * np.sign(-skewness)  # the light end is the long tail
    return axis if axis[0] >= 0 else -axis


def _moved(picture: np.ndarray, motion: np.ndarray) -> np.ndarray:
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, motion, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
