"""Faint synthetic defects for choices without labels: a patch of the part at another place of it (Li et al. 2021, CutPaste, arXiv 2104.04015)."""

import cv2
import numpy as np

SIDES = (0.04, 0.11)  # sides of the patch, as shares of the image's shorter side
SOFT = 1 / 256  # softness of its edge, as a share of the image's side


def cut_paste(image: np.ndarray, part: np.ndarray, seed: int) -> np.ndarray:
    """Returns an image with one patch of the part copied to another place of the part.

    Args:
        image: H×W×3 uint8 RGB; not modified.
        part: Mask of the part, H×W bool; empty for the whole image.
        seed: Seed of size and places.

    Returns:
        H×W×3 uint8.
    """
    rng = np.random.default_rng(seed)
    side = min(image.shape[:2])
    height, width = rng.integers(round(SIDES[0] * side), round(SIDES[1] * side) + 1, 2)
    places = np.argwhere(part if part.any() else np.ones(part.shape, bool))
    centres = places[rng.integers(len(places), size=2)]
    (top, left), (to_top, to_left) = np.clip(
        centres - (height // 2, width // 2), 0, np.subtract(image.shape[:2], (height, width))
    )
    pasted, cover = image.copy(), np.zeros(image.shape[:2], np.float32)
    pasted[to_top : to_top + height, to_left : to_left + width] = image[
        top : top + height, left : left + width
    ]
    cover[to_top : to_top + height, to_left : to_left + width] = 1
    share = cv2.GaussianBlur(cover, (0, 0), SOFT * side)[..., None]
    return np.rint(image * (1 - share) + pasted * share).astype(np.uint8)
