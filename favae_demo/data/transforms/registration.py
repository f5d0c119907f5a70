"""Registration: each image is shifted to where the parts of the training lie, so that a moved camera or stop is no defect.

It is meant for parts that lie still. Where the training's parts lie here and there, or where there is no part, `fit_reference` says so.
"""

from collections.abc import Sequence

import cv2
import numpy as np

SIDE = 128  # height and width of the reference, in pixels
SMOOTHING = 1.5  # standard deviation in pixels: noise and fine detail must not decide the place
REACH = 8  # largest shift that is searched, in pixels of the reference: 6 % of the image
STILL = (
    0.03  # largest shift of a part that lies still, as a share of the image's side, for 95 % of the images
)
MARGIN = 0.035  # width of the margin without scores at a border that the part was moved over, as a share of the side
TEXTURE = 0.5  # smallest such correlation of images that show a part
MOST_COMPARED = 200  # images, to tell a texture
ALIKE = 0.8  # smallest correlation of a part that lies still with the reference, for half of the images


def fit_reference(images: Sequence[np.ndarray] | np.ndarray) -> np.ndarray | None:
    """Returns the mean image of parts that lie still.

    Args:
        images: Good images H×W×3 uint8 RGB.

    Returns:
        The reference for `register`, SIDE×SIDE uint8, or None if the parts do not lie still.
    """
    small = [_reduced(image) for image in images]
    shifts, likeness = _match(small)
    if np.quantile(np.hypot(*shifts.T), 0.95) > STILL or likeness < ALIKE:
        return None
    placed = [
        cv2.warpAffine(image, _motion((x, y), (SIDE, SIDE)), (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        for image, (x, y) in zip(small, shifts.tolist(), strict=True)
    ]
    return np.rint(np.mean(placed, 0)).astype(np.uint8)


def is_texture(images: Sequence[np.ndarray] | np.ndarray) -> bool:
    """Returns whether images H×W×3 show a texture or the like: no image is like the mean of all, at whatever place."""
    return _match([_reduced(image) for image in images[:MOST_COMPARED]])[1] < TEXTURE


def register(images: Sequence[np.ndarray], reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shifts images to where they match the reference best.

    Args:
        images: Images H×W×3 uint8 RGB.
        reference: Result of `fit_reference`.

    Returns:
        The shifted images, N×H×W×3 uint8, and their motions, N×2×3, as `alignment.align` returns them.
    """
    template = reference.astype(np.float32)
    size = images[0].shape[1::-1]
    motions = np.stack([_motion(_find(_reduced(image), template)[0], size) for image in images])
    moved = [
        cv2.warpAffine(image, motion, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for image, motion in zip(images, motions, strict=True)
    ]
    return np.stack(moved), motions


def known_area(motion: np.ndarray, shape: tuple[int, ...], known_shape: tuple[int, ...]) -> np.ndarray:
    """Returns where scores of a registered image can be trusted, as a mask of the original image.

    A part that lies towards one border leaves the image there: what the network sees beyond is made up, and spoils a margin inside.

    Args:
        motion: Motion of the image, 2×3, from `register`.
        shape: Height and width of the image that the motion was computed for; more numbers are ignored.
        known_shape: Height and width of the mask.

    Returns:
        h×w bool, False beside a border over which the part was moved by a pixel of the reference or more.
    """
    known = np.ones(known_shape, bool)
    for columns, moved in ((known.T, -motion[0, 2] / shape[1]), (known, -motion[1, 2] / shape[0])):
        width = round(MARGIN * len(columns))
        if abs(moved) * SIDE >= 1:
            columns[-width:] &= moved < 0
            columns[:width] &= moved > 0
    return known


def _match(small: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Returns the shift of each reduced image against the mean of all, N×2, and the median of their correlations with it there."""
    rough = np.asarray(np.mean(small, 0), np.float32)
    shifts, likeness = zip(*(_find(image, rough) for image in small), strict=True)
    return np.array(shifts), float(np.median(likeness))


def _reduced(image: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), SMOOTHING).astype(np.float32)


def _find(image: np.ndarray, reference: np.ndarray) -> tuple[tuple[float, float], float]:
    """Returns the shift (x, y) of the part against the reference, as shares of width and height, and their correlation there."""
    inner = reference[REACH:-REACH, REACH:-REACH]
    match = cv2.matchTemplate(image, inner, cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(match.argmax(), match.shape)
    best = float(match[y, x])
    exact_x, exact_y = x + _vertex(match[y], x), y + _vertex(match[:, x], y)
    return ((exact_x - REACH) / SIDE, (exact_y - REACH) / SIDE), best


def _vertex(values: np.ndarray, place: np.intp) -> float:
    """Returns where, between two pixels, the parabola through a maximum and its neighbours is highest; 0 at the border."""
    if not 0 < place < len(values) - 1:
        return 0.0
    left, middle, right = values[place - 1 : place + 2].tolist()
    bend = left - 2 * middle + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _motion(shift: tuple[float, float], size: tuple[int, int]) -> np.ndarray:
    """Returns the affine matrix 2×3 that takes a shift back, in an image of a width and height."""
    return np.array([[1.0, 0.0, -shift[0] * size[0]], [0.0, 1.0, -shift[1] * size[1]]])
