"""How small a defect can be and still be seen: images are reduced to the network's input."""

import math

from favae_demo.config.adaptation import DEFECT_PIXELS

WORTH_SAYING = 1.5  # times that an image is reduced, below which nothing is said
REDUCED = "Reduced {times}-fold: a defect under about {smallest} pixels of this picture cannot be seen."
REMEDY = " For smaller ones, train with larger pictures, or cut the picture into tiles and judge each."


def reduction(size: tuple[int, int], shape: tuple[int, int]) -> float:
    """Returns how many pixels of an image become one, along the side that is reduced more; at least 1.

    Args:
        size: Width and height of the image.
        shape: Height and width of the network's input.
    """
    return max(size[0] / shape[1], size[1] / shape[0], 1.0)


def smallest_visible(times: float) -> int:
    """Returns the length in pixels of an image below which a defect cannot be seen, to two digits.

    Args:
        times: How far the image is reduced, see `reduction`.
    """
    pixels = DEFECT_PIXELS * times
    unit = 10 ** max(math.floor(math.log10(pixels)) - 1, 0)
    return round(pixels / unit) * unit


def visibility(times: float, *, remedy: bool = False) -> str:
    """Returns what is too small to be seen, a sentence; empty where an image is hardly reduced.

    Args:
        times: How far the image is reduced, see `reduction`.
        remedy: Whether a second sentence says what to do about it.
    """
    if times < WORTH_SAYING:
        return ""
    sentence = REDUCED.format(
        times=f"{times:.2g}" if times < 10 else f"{times:.0f}", smallest=smallest_visible(times)
    )
    return sentence + (REMEDY if remedy else "")
