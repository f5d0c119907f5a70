"""Changed copies of good images: what a camera does within a week, and what is no defect.

The scores of good parts must not depend on such changes, so the calibration learns from copies how errors vary with them. A part that has
moved is not among them: see `registration`.
"""

from collections.abc import Callable

import cv2
import numpy as np

LIGHT = 0.12  # largest change of brightness, as a share
WHITE_BALANCE = 0.03  # largest change of one colour's brightness, as a share
LOWEST_QUALITY, HIGHEST_QUALITY = 70, 95  # of JPEG
BLUR = (0.3, 1.2)  # standard deviation in pixels of an image of 256×256
NOISE = (0.5, 4.0)  # standard deviation in grey levels
AT_ONCE = 2  # kinds of change in one copy
SIDE = 256  # shorter side of the images that `BLUR` is given for

Change = Callable[[np.ndarray, np.random.Generator, float], np.ndarray]


def changed_copies(images: np.ndarray, *, strength: float = 1.0, seed: int = 0) -> np.ndarray:
    """Returns one copy of each image, each with `AT_ONCE` kinds of change; all kinds are equally frequent.

    Args:
        images: N×H×W×3 uint8 RGB.
        strength: Factor on the strengths above.
        seed: Seed of all random numbers.

    Returns:
        N×H×W×3 uint8.
    """
    rng = np.random.default_rng(seed)
    copies = np.empty_like(images)
    for i, image in enumerate(images):
        for kind in np.sort(rng.choice(len(KINDS), AT_ONCE, replace=False)):
            image = _CHANGES[kind](image, rng, strength)
        copies[i] = image
    return copies


def strongest_changes(image: np.ndarray, *, strength: float = 1.0, trials: int = 8) -> dict[str, np.ndarray]:
    """Returns, by kind of change, the one of some copies of an image H×W×3 uint8 that differs most from it."""
    strongest = {}
    for kind, change in KINDS.items():
        copies = [change(image, np.random.default_rng(seed), strength) for seed in range(trials)]
        strongest[kind] = max(copies, key=lambda copy: float(np.abs(copy.astype(np.int16) - image).mean()))
    return strongest


def _light(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    return _rounded(image * (1 + strength * LIGHT * rng.uniform(-1, 1)))


def _white_balance(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    return _rounded(image * (1 + strength * WHITE_BALANCE * rng.uniform(-1, 1, 3)))


def _compression(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    quality = HIGHEST_QUALITY - strength * rng.uniform(0, HIGHEST_QUALITY - LOWEST_QUALITY)
    _, file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, max(1, round(quality))])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR))


def _blur(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    sigma = strength * rng.uniform(*BLUR) * min(image.shape[:2]) / SIDE
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _noise(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    return _rounded(image + rng.normal(0, strength * rng.uniform(*NOISE), image.shape))


# In the order in which they happen: light, lens, sensor, file.
KINDS: dict[str, Change] = {
    "light": _light,
    "white_balance": _white_balance,
    "blur": _blur,
    "noise": _noise,
    "compression": _compression,
}
_CHANGES = list(KINDS.values())


def _rounded(image: np.ndarray) -> np.ndarray:
    return np.rint(image).clip(0, 255).astype(np.uint8)
