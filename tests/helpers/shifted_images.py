"""Images whose part has moved."""

import cv2
import numpy as np


def shifted(image: np.ndarray, x: float, y: float, degrees: float = 0.0) -> np.ndarray:
    """Returns an image S×S×3 shifted by (x, y), shares of its side, after a rotation about its centre; its border is reflected."""
    side = image.shape[0]
    motion = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), degrees, 1.0)
    motion[:, 2] += (x * side, y * side)
    return cv2.warpAffine(image, motion, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
