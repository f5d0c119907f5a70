"""Score maps as colours, on a scale set by the threshold and independent of the image."""

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
Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of an image
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def heat_scale(threshold: float) -> tuple[float, float]:
    """Returns the values of the lowest and the highest colour: 0 and twice the threshold, so that the threshold is mid-scale."""
    return 0.0, 2.0 * max(threshold, float(np.finfo(np.float32).tiny))


def normalise(score_map: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns the map scaled from [low, high] to [0, 1] and clipped, float32."""
    return np.clip((score_map.astype(np.float32) - low) / (high - low), 0.0, 1.0)


def colourise(
    score_map: np.ndarray, low: float, high: float, colour_map: str = DEFAULT_COLOUR_MAP
) -> np.ndarray:
    """Returns the colours of a score map on a given scale.

    Args:
        score_map: H×W floats.
        low: Value of the first colour; lower values are clipped.
        high: Value of the last colour, above `low`; higher values are clipped.
        colour_map: One of the values of `COLOUR_MAPS`.

    Returns:
        H×W×3 uint8 RGB.

    Raises:
        ValueError: The colour map is unknown, or `high` is not above `low`.
    """
    return in_colours(levels_of(score_map, low, high), colour_map)


def levels_of(score_map: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns the map on a scale as levels from 0 to 255, H×W uint8; see `colourise`."""
    if not high > low:
        raise ValueError(f"high must lie above low, not {low} … {high}")
    return np.rint(normalise(score_map, low, high) * 255).astype(np.uint8)


def in_colours(levels: np.ndarray, colour_map: str) -> np.ndarray:
    """Returns the colours H×W×3 uint8 RGB of levels H×W uint8."""
    return cv2.applyColorMap(levels, _colours(colour_map)[:, None])


def opacities(levels: np.ndarray, opacity: float) -> np.ndarray:
    """Returns the opacity of each level in an overlay, H×W float32; see `opacity_of`."""
    return cv2.LUT(levels, opacity_of(np.linspace(0, 1, 256), opacity).astype(np.float32))


def upsample(score_map: np.ndarray, height: int, width: int) -> np.ndarray:
    """Returns the map resized to height×width, float32; bilinear, so that values stay within the range of the map."""
    return cv2.resize(score_map.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def upsample_part(score_map: np.ndarray, box: Box, height: int, width: int) -> np.ndarray:
    """Returns a part of `upsample` in any resolution, height×width float32, without the rest.

    Args:
        score_map: h×w.
        box: The part, as shares of the map.
        height: Rows of the result.
        width: Columns of the result.
    """
    left, top, right, bottom = box
    rows, columns = (
        _weights(top, bottom, score_map.shape[0], height),
        _weights(left, right, score_map.shape[1], width),
    )
    return rows @ score_map.astype(np.float32) @ columns.T


def _weights(low: float, high: float, cells: int, pixels: int) -> np.ndarray:
    """Returns how much each cell of a map counts for each pixel of a part of it: pixels×cells float32, linear between the cells' centres."""
    centres = (low + (np.arange(pixels) + 0.5) / pixels * (high - low)) * cells - 0.5
    return np.maximum(1 - np.abs(np.clip(centres, 0, cells - 1)[:, None] - np.arange(cells)), 0).astype(
        np.float32
    )


def legend_bar(
    colour_map: str = DEFAULT_COLOUR_MAP,
    *,
    width: int = 256,
    height: int = 16,
    opacity: float | None = None,
    background: tuple[int, int, int] = (255, 255, 255),
) -> np.ndarray:
    """Returns a colour bar of `heat_scale` from 0 to twice the threshold, with a tick at the threshold.

    Args:
        colour_map: One of the values of `COLOUR_MAPS`.
        width: Pixels, at least 16.
        height: Pixels, at least 4.
        opacity: Blends the colours with `background` as in an overlay of this opacity; None shows the plain colours.
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
    """Returns a colour map as a CSS gradient from left to right."""
    chosen = _colours(colour_map)[np.linspace(0, 255, stops).astype(int)]
    return f"linear-gradient(90deg,{','.join(f'rgb({r} {g} {b})' for r, g, b in chosen)})"


def opacity_of(share: np.ndarray, opacity: float) -> np.ndarray:
    """Returns the opacity of each value in an overlay: 0 for low values, `opacity` from the threshold on, smooth in between.

    Args:
        share: Shares of the scale in [0, 1]; the threshold is at 0.5.
        opacity: Highest opacity, in [0, 1].

    Returns:
        Floats in [0, `opacity`], of the same shape.
    """
    # The texture of a good part stays below about a fifth of the scale.
    ramp = np.clip((share - 0.2) / 0.3, 0.0, 1.0)
    return opacity * ramp * ramp * (3.0 - 2.0 * ramp)


@cache
def _colours(name: str) -> np.ndarray:
    """Returns a colour map as 256×3 uint8 RGB."""
    if name not in COLOUR_MAPS.values():
        raise ValueError(f"unknown colour map {name!r}; known: {', '.join(COLOUR_MAPS.values())}")
    return (matplotlib.colormaps[name](np.arange(256), bytes=True)[:, :3]).copy()
