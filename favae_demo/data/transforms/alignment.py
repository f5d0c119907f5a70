"""Alignment of parts that lie at any angle on a plain background: the part is centred and its long axis made horizontal.

A part in the same pose in all images is much easier to learn than one at any angle: see the ablation in docs/benchmarks.md.
"""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

SIDE = 256  # shorter side in pixels of the image in which the part is segmented; larger ones are reduced
BORDER = 6  # width in pixels of the image's border, which is taken as background where it is like most of it
EVERY = 11  # so many pixels of the border stand for one that is used
REFITS = 3  # times that the background is fitted again, with less weight on what did not fit
MAD_TO_DEVIATION = 1.4826  # of a normal distribution; here too, since exported programs take this file alone
UNLIKE = 3.0  # robust deviations from the background at which a pixel of the border counts a quarter
SOFTER = 0.7  # factor on Otsu's threshold, so that the part's shaded side is included
FAINT = 1.0  # grey levels; a smaller difference from the background may be caused by rounding
LONG = 1.2  # ratio of the variances along and across the axis, above which a part has a long axis
LOPSIDED = 0.05  # skewness along the axis, above which one end is heavier
MOST_COMPARED = 100  # images that are compared to find out whether parts lie at any angle
FOUND = 0.85  # share of them in which a long part must be found
ALIKE = 0.25  # largest deviation of the parts' areas, as a share of their mean
ONE_DIRECTION = (
    0.5  # length of the mean of all axes (as doubled angles) above which parts lie in one direction
)
ENDS = (0.3, 99.7)  # percentiles of the part's pixels that count as its ends; its centre is half-way between

# Without matrix products of images: NumPy computes them on its own threads, whose busy waiting slows PyTorch's threads down.


def find_part(image: np.ndarray, softer: float = SOFTER) -> np.ndarray:
    """Segments the largest object on a background of slowly varying grey.

    A quadratic surface is fitted to the grey levels of the image's border, so that darker corners count as background. A part that comes near
    the border, and its shadow there, do not bend the surface: they count less the worse they fit (Geman-McClure weights).

    Args:
        image: H×W×3 uint8 RGB.
        softer: Factor on Otsu's threshold; 1 leaves out the part's shadow.

    Returns:
        Mask of the object with its holes filled, H×W bool.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32)
    apart = np.abs(_background(grey) - grey).clip(0, 255)
    threshold, _ = cv2.threshold(apart.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(
        (apart > max(softer * threshold, FAINT)).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    part = np.zeros(grey.shape, np.uint8)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return part.astype(bool)


def upright(image: np.ndarray) -> np.ndarray:
    """Returns the rigid motion that centres the part and makes its long axis horizontal, or vertical in an image that is higher than wide.

    The heavier end comes to the right (to the bottom); if both ends are equally heavy, the part is rotated by at most 90°. A round part is
    moved without a rotation, and for an image without a part the motion is the identity.

    Args:
        image: H×W×3 uint8 RGB.

    Returns:
        Affine matrix from pixels (x, y) of the image to those of the aligned image, 2×3 float64.
    """
    small, scale = _small(image)
    part = find_part(small)
    y, x = np.nonzero(part)
    if not len(x):
        return np.eye(2, 3)
    turn = _turn(part)
    ends = [np.percentile(x * row[0] + y * row[1], ENDS) for row in turn]
    shift = np.array(part.shape[::-1]) / 2 - np.mean(ends, 1)
    # Pixel centres lie at half-integer positions, so the motion of a larger image is shifted as well as scaled.
    half = np.full(2, (scale - 1) / 2)
    return np.hstack([turn, (scale * shift + half - turn @ half)[:, None]])


def align(images: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the aligned images, N×H×W×3 uint8, and their motions, N×2×3; see `upright`."""
    motions = np.stack([upright(image) for image in images])
    return np.stack([_moved(*pair) for pair in zip(images, motions, strict=True)]), motions


def put_back(
    values: np.ndarray, motion: np.ndarray, shape: tuple[int, ...], outside: np.ndarray | None = None
) -> np.ndarray:
    """Transforms a map or image from the aligned image back to the original one.

    Args:
        values: Map h×w float32, or image h×w×3 uint8, of the aligned image; it may be smaller than that.
        motion: Motion of the aligned image, 2×3, from `upright`.
        shape: Height and width of the image that the motion was computed for; more numbers are ignored.
        outside: Values for pixels that lie outside the aligned image, of the shape of `values`; None stands for 0.

    Returns:
        The transformed map or image, of the shape of `values`.
    """
    scale = values.shape[0] / shape[0]
    # Pixel centres lie at half-integer positions, so the motion of a smaller image is shifted as well as scaled.
    small = np.diag([scale, scale, 1.0])
    small[:2, 2] = (scale - 1) / 2
    scaled = small @ np.vstack([motion, [0, 0, 1]]) @ np.linalg.inv(small)
    size, flags = values.shape[1::-1], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if outside is None:
        return cv2.warpAffine(values, scaled[:2], size, flags=flags)
    # With a transparent border, OpenCV leaves these pixels of the destination unchanged.
    return cv2.warpAffine(values, scaled[:2], size, outside.copy(), flags, cv2.BORDER_TRANSPARENT)


def _background(grey: np.ndarray) -> np.ndarray:
    """Returns the background's grey levels H×W, fitted to an image's border."""
    terms, edge = _terms(*grey.shape)
    at_edge, levels = terms[:, edge[0], edge[1]], grey[edge]
    surface = _fit(at_edge, levels, np.ones(len(levels)))
    for _ in range(REFITS):
        errors = levels - np.einsum("ke,k->e", at_edge, surface)
        spread = MAD_TO_DEVIATION * np.median(np.abs(errors - np.median(errors))) + FAINT / 2
        surface = _fit(at_edge, levels, (1 + (errors / (UNLIKE * spread)) ** 2) ** -2.0)
    return np.einsum("khw,k->hw", terms, surface.astype(np.float32))


def _fit(terms: np.ndarray, levels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the factors of the terms K×E by which their sum comes nearest to the levels, by weighted squares."""
    normal = np.einsum("ke,e,le->kl", terms, weights, terms)
    return np.linalg.lstsq(normal, np.einsum("ke,e->k", terms, weights * levels), rcond=None)[0]


@lru_cache(maxsize=4)
def _terms(height: int, width: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Returns the terms of the quadratic surface 6×H×W float32, and rows and columns of pixels at the border."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y])
    edge = np.ones((height, width), bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    rows, columns = np.nonzero(edge)
    return terms, (rows[::EVERY], columns[::EVERY])


def _turn(part: np.ndarray) -> np.ndarray:
    """Returns the rotation 2×2 that brings a part's long axis to that of the image; the identity for a round part."""
    axis = long_axis(part)
    if axis is None:
        return np.eye(2)
    along, across = axis
    if part.shape[0] > part.shape[1]:
        return np.array([[across, -along], [along, across]])
    return np.array([[along, across], [-across, along]])


def long_axis(part: np.ndarray) -> tuple[float, float] | None:
    """Returns the direction (x, y) of a part's long axis towards its heavier end, from its moments; None for a round part."""
    m = cv2.moments(part.astype(np.uint8), binaryImage=True)
    angle = 0.5 * np.arctan2(2 * m["mu11"], m["mu20"] - m["mu02"])
    c, s = float(np.cos(angle)), float(np.sin(angle))
    long = c * c * m["mu20"] + 2 * c * s * m["mu11"] + s * s * m["mu02"]
    short = m["mu20"] + m["mu02"] - long
    if long <= LONG * short:
        return None
    third = c**3 * m["mu30"] + 3 * c * c * s * m["mu21"] + 3 * c * s * s * m["mu12"] + s**3 * m["mu03"]
    skewness = third / m["m00"] / (long / m["m00"]) ** 1.5
    # The skewness is positive towards the lighter end; if both ends are equally heavy, the end that is on the right stays there.
    turned_over = skewness > LOPSIDED or (abs(skewness) <= LOPSIDED and c < 0)
    return (-c, -s) if turned_over else (c, s)


def _small(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Returns an image reduced to a shorter side of `SIDE` pixels at most, and by how much."""
    scale = max(1.0, min(image.shape[:2]) / SIDE)
    size = round(image.shape[1] / scale), round(image.shape[0] / scale)
    return (image if scale == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)), scale


def _moved(image: np.ndarray, motion: np.ndarray) -> np.ndarray:
    size = image.shape[1::-1]
    return cv2.warpAffine(image, motion, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def lie_at_any_angle(images: Sequence[np.ndarray] | np.ndarray) -> bool:
    """Returns whether images H×W×3 uint8 show long parts at any angle on a plain background, which can be aligned.

    The part must be found whole in nearly all images, with the same area, and its axes must point here and there.
    """
    axes, areas = [], []
    for image in images[:: max(1, len(images) // MOST_COMPARED)]:
        small, _ = _small(image)
        part = find_part(small)
        axis = long_axis(part)
        if axis is not None and _is_whole(find_part(small, softer=1.0)):  # its shadow may reach the border
            axes.append(axis)
            areas.append(part.mean())
    compared = len(images[:: max(1, len(images) // MOST_COMPARED)])
    if len(axes) < FOUND * compared or np.std(areas) > ALIKE * np.mean(areas):
        return False
    # Twice the angle, so that both directions of an axis are one.
    doubled = np.array([(x * x - y * y, 2 * x * y) for x, y in axes])
    return float(np.hypot(*doubled.mean(0))) < ONE_DIRECTION


def _is_whole(part: np.ndarray) -> bool:
    """Returns whether a part H×W bool lies within the image, away from its border."""
    return not (part[0].any() or part[-1].any() or part[:, 0].any() or part[:, -1].any())
