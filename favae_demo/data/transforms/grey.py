"""Images without their colours, for parts that were learned from grey ones."""

import cv2
import numpy as np


def without_colour(images: np.ndarray) -> np.ndarray:
    """Returns images whose three channels are their grey levels; grey ones are returned as they are, value by value.

    Args:
        images: N×H×W×3 uint8 RGB.
    """
    count, height, width, _ = images.shape
    grey = cv2.cvtColor(images.reshape(count * height, width, 3), cv2.COLOR_RGB2GRAY)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).reshape(images.shape)
