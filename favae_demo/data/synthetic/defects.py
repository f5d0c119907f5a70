"""Synthetic defects on an image of a good part: a scratch or a stain at a random position, reproducible by its seed."""

from collections.abc import Callable

import cv2
import numpy as np

from favae_demo.core.errors import ConfigError
from favae_demo.data.synthetic.flaws import blob, stroke, wander
from favae_demo.data.synthetic.surface import CANVAS, Pose, inside, noise, srgb

# Rust, oil, chalk and paints. Of two random ones, the colour that differs more from the image below it is used.
_STAINS = tuple(
    255 * srgb(code) ** (1 / 2.2) for code in ("#6b3a1e", "#1e1a18", "#e9e4d8", "#7d2230", "#2f4f6f")
)
_BRIGHT, _DARK = np.array([236, 232, 224], np.float32), np.array([28, 26, 26], np.float32)


def paint(image: np.ndarray, kind: str, seed: int, part: np.ndarray | None = None) -> np.ndarray:
    """Returns an image with one more defect.

    Args:
        image: H×W×3 uint8 RGB; not modified.
        kind: A key of `KINDS`.
        seed: Seed of position, size, shape and colour.
        part: Mask of the part, H×W bool, in which the defect lies; None stands for the whole image.

    Returns:
        A new image of the same size.

    Raises:
        ConfigError: There is no such kind.
    """
    if kind not in KINDS:
        raise ConfigError(f"The kind of defect must be one of {', '.join(KINDS)}, not {kind!r}.")
    part = np.ones(image.shape[:2], bool) if part is None or not part.any() else part
    rng = np.random.default_rng(seed)
    return KINDS[kind](rng, image.astype(np.float32), _place(rng, part), part.astype(np.float32))


def _scratch(rng: np.random.Generator, image: np.ndarray, spot: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Draws a groove with a brighter or darker edge."""
    heading, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.6)
    start = spot - length / 2 * np.array([np.cos(heading), np.sin(heading)])
    path = wander(rng, start, heading, length, turn=0.12)
    width = rng.uniform(0.014, 0.024)
    groove, edge = (
        _cover(stroke(Pose(), path + shift * width, width * scale), image) * part
        for shift, scale in ((0, 1), (0.6, 0.5))
    )
    dark_surface = _under(image, groove).mean() < 110
    first, second = (_BRIGHT, _DARK) if dark_surface else (_DARK, _BRIGHT)
    return _rounded(_laid(_laid(image, second, 0.5 * edge), first, 0.8 * groove))


def _blob(rng: np.random.Generator, image: np.ndarray, spot: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Draws a ragged stain of slightly uneven colour."""
    x, y = Pose().grid()
    shape = inside(blob(rng, x, y, spot, rng.uniform(0.06, 0.13)), soft=0.012)
    cover = _cover(shape, image) * part
    choices = [_STAINS[i] for i in rng.choice(len(_STAINS), 2, replace=False)]
    below = _under(image, cover)
    colour = max(choices, key=lambda choice: float(np.abs(choice - below).sum()))
    shade = 1 + 0.1 * _cover(noise(rng, 24), image)
    return _rounded(_laid(image, colour * shade[..., None], 0.88 * cover))


KINDS: dict[str, Callable[..., np.ndarray]] = {"scratch": _scratch, "blob": _blob}


def _place(rng: np.random.Generator, part: np.ndarray) -> np.ndarray:
    """Returns a random point of the part, away from its edge, as (x, y) in half images: [-1, 1] from left to right and top to bottom."""
    depth = cv2.distanceTransform(np.pad(part.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    rows, columns = np.nonzero(depth >= 0.25 * depth.max())
    chosen = rng.integers(len(rows))
    height, width = part.shape
    return np.array([(columns[chosen] + 0.5) / width, (rows[chosen] + 0.5) / height]) * 2 - 1


def _cover(layer: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Returns a layer of the canvas, resized to the image's size."""
    height, width = image.shape[:2]
    shrinks = height * width < CANVAS * CANVAS
    return cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def _under(image: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Returns the image's mean colour under a coverage."""
    return np.average(image.reshape(-1, 3), axis=0, weights=cover.ravel() + 1e-6)


def _laid(image: np.ndarray, colour: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Blends a colour over the image, with a coverage H×W in [0, 1]."""
    return image + cover[..., None] * (colour - image)


def _rounded(image: np.ndarray) -> np.ndarray:
    return np.rint(image).clip(0, 255).astype(np.uint8)
