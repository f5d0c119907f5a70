"""Properties of a whole image, by which a picture that is no part at all, or seen in another way, is distinguished from those learned from.

This module needs NumPy and OpenCV alone: it is copied beside exported models.
"""

import math

import cv2
import numpy as np

SIDE = 128  # pixels; all images are compared at this size
ALIKE = 25  # grey levels by which a pixel of the background may differ from the border's median
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
TO_DEVIATION = math.sqrt(math.pi / 2) / 6  # of that kernel's median response (Immerkær 1996)


def image_properties(image: np.ndarray, size: tuple[int, int]) -> dict[str, float]:
    """Returns properties of an image by name. All but `background` are logarithms, so that equal ratios are equal distances.

    Args:
        image: H×W×3 uint8 RGB, at any size and in any shape.
        size: Width and height of the original image in pixels.

    Returns:
        `shape`: width to height; `size`: shorter side in pixels; `brightness`: mean grey level; `contrast`: standard deviation of the grey
        levels; `colour`: mean difference between the highest and the lowest channel; `sharpness`: share of fine detail in all detail;
        `noise`: standard deviation in flat areas; `background`: share of pixels that look like the border, in [0, 1].
    """
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, all_detail = (_detail(grey, sigma) for sigma in (1.0, 3.0))
    residue = np.abs(cv2.filter2D(grey, -1, NOISE_KERNEL, borderType=cv2.BORDER_REFLECT))
    values = {
        "shape": math.log(size[0] / size[1]),
        "size": math.log(min(size)),
        "brightness": math.log(
            float(grey.mean()) + 4
        ),  # the constants keep dark, flat and grey images finite
        "contrast": math.log(float(grey.std()) + 2),
        "colour": math.log(_colour(*cv2.split(small)) + 1),
        "sharpness": math.log(fine + 0.05) - math.log(all_detail + 0.5),
        "noise": math.log(float(np.median(residue)) * TO_DEVIATION + 1),
        "background": _background_share(small),
    }
    return {name: round(value, 4) for name, value in values.items()}


def _detail(grey: np.ndarray, sigma: float) -> float:
    """Returns the mean square of what a Gaussian filter takes away."""
    return float(((grey - cv2.GaussianBlur(grey, (0, 0), sigma)) ** 2).mean())


def _colour(red: np.ndarray, green: np.ndarray, blue: np.ndarray) -> float:
    """Returns the mean difference between the highest and the lowest channel; OpenCV compares planes six times as fast as NumPy channels."""
    highest, lowest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return cv2.mean(highest - lowest)[0]


def _background_share(image: np.ndarray) -> float:
    """Returns the share of pixels whose colour is like the median of the image's border."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    usual = np.median(border, axis=0)
    alike = cv2.inRange(image, np.floor(usual - ALIKE) + 1, np.ceil(usual + ALIKE) - 1)
    return cv2.countNonZero(alike) / alike.size
