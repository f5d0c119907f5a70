"""Score maps as colours, on a scale that is fixed by the threshold and never by the image: a good part looks calm."""

from functools import cache

import cv2
import matplotlib
import numpy as np

COLOUR_MAPS = {
    "Inferno (default, colour-blind safe)": "inferno",
    "Viridis (colour-blind safe)": "viridis",
    "Cividis (colour-blind safe)": "cividis",
    "Turbo (rainbow)": "turbo",
}
DEFAULT_COLOUR_MAP = "inferno"


def heat_scale(threshold: float) -> tuple[float, float]:
    """The values shown as the lowest and the highest colour: 0 and twice the threshold, so that the threshold is mid-scale."""
    return 0.0, 2.0 * max(threshold, float(np.finfo(np.float32).tiny))


def normalise(score_map: np.ndarray, low: float, high: float) -> np.ndarray:
    """The map as float32 shares of the scale, clipped to [0, 1]."""
    return np.clip((score_map.astype(np.float32) - low) / (high - low), 0.0, 1.0)


def colourise(
    score_map: np.ndarray, low: float, high: float, colour_map: str = DEFAULT_COLOUR_MAP
) -> np.ndarray:
    """Colours of a score map on a given scale.

    Args:
        score_map: H×W floats.
        low: Value of the first colour; what lies below has it too.
        high: Value of the last colour, above `low`; what lies above has it too.
        colour_map: One of the values of `COLOUR_MAPS`.

    Returns:
        H×W×3 uint8 RGB.

    Raises:
        ValueError: The colour map is not in the table, or the scale is empty.
    """
    if not high > low:
        raise ValueError(f"high must lie above low, not {low} … {high}")
    levels = np.rint(normalise(score_map, low, high) * 255).astype(np.uint8)
    return cv2.LUT(cv2.merge([levels] * 3), _colours(colour_map)[None])  # eight times as fast as indexing


def upsample(score_map: np.ndarray, height: int, width: int) -> np.ndarray:
    """The map at another size, height×width float32; linear, so that no value leaves the map's own range."""
    return cv2.resize(score_map.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def legend_bar(
    colour_map: str = DEFAULT_COLOUR_MAP,
    *,
    width: int = 256,
    height: int = 16,
    opacity: float | None = None,
    background: tuple[int, int, int] = (255, 255, 255),
) -> np.ndarray:
    """A colour bar of `heat_scale` from 0 to twice the threshold, with a tick at the threshold.

    Args:
        colour_map: One of the values of `COLOUR_MAPS`.
        width: Pixels, at least 16.
        height: Pixels, at least 4.
        opacity: None for the plain colours; otherwise they fade into `background` as they do in an overlay.
        background: RGB.

    Returns:
        height×width×3 uint8 RGB.
    """
    share = np.linspace(0.0, 1.0, width, dtype=np.float32)[None]
    row = colourise(share, 0.0, 1.0, colour_map)
    if opacity is not None:
        weight = opacity_of(share, opacity)[..., None]
        row = np.rint(weight * row + (1 - weight) * np.array(background)).astype(np.uint8)
    bar = np.repeat(row, height, axis=0)
    tick = max(1, width // 160)
    centre = width // 2
    bar[:, centre - 2 * tick : centre + 2 * tick] = 0
    bar[:, centre - tick : centre + tick] = 255
    return bar


def css_gradient(colour_map: str = DEFAULT_COLOUR_MAP, stops: int = 12) -> str:
    """A colour map as a CSS gradient from left to right."""
    chosen = _colours(colour_map)[np.linspace(0, 255, stops).astype(int)]
    return f"linear-gradient(90deg,{','.join(f'rgb({r} {g} {b})' for r, g, b in chosen)})"


def opacity_of(share: np.ndarray, opacity: float) -> np.ndarray:
    """How strongly each value covers the photo: 0 where calm, `opacity` from the threshold on, smooth between.

    Args:
        share: Shares of the scale in [0, 1]; the threshold is at 0.5.
        opacity: Strongest cover in [0, 1].

    Returns:
        Floats in [0, `opacity`], of the same shape.
    """
    # A good part's texture stays below a fifth of the scale or so.
    ramp = np.clip((share - 0.2) / 0.3, 0.0, 1.0)
    return opacity * ramp * ramp * (3.0 - 2.0 * ramp)


@cache
def _colours(name: str) -> np.ndarray:
    """256×3 uint8 RGB."""
    if name not in COLOUR_MAPS.values():
        raise ValueError(f"unknown colour map {name!r}; known: {', '.join(COLOUR_MAPS.values())}")
    return (matplotlib.colormaps[name](np.arange(256), bytes=True)[:, :3]).copy()
