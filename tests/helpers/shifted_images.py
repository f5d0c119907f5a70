"""Images whose part has moved."""

import cv2
import numpy as np


def shifted(image: np.ndarray, x: float, y: float, degrees: float = 0.0) -> np.ndarray:
    """Returns an image H×W×3 shifted by (x, y), shares of its height, after a rotation about its centre; its border is reflected."""
    height, width = image.shape[:2]
    motion = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    motion[:, 2] += (x * height, y * height)
    return cv2.warpAffine(
        image, motion, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
