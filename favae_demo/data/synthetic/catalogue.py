"""The table of generated parts, and a function that renders one image."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from favae_demo.core.errors import DataError
from favae_demo.data.synthetic import bottle, grid, pill, screw, toothbrush
from favae_demo.data.synthetic.camera import Camera

VISIBLE = 5 / 255  # smaller differences between good and damaged image are left out (gamma-coded, in [0, 1])
SMALLEST = 12  # pixels that a defect must change; otherwise it is rendered again with other random numbers

Draw = Callable[[np.random.Generator, str | None, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class SamplePart:
    """One generated category.

    Attributes:
        title: Name on screen.
        number: Part of the seeds, so that no two categories use the same random numbers.
        defects: The kinds of defect, also the names of the test folders.
        draw: `draw(rng, defect, chance)` returns linear light, CANVAS×CANVAS×3. It draws the same numbers from `rng` with and
            without a defect, and those for the defect from `chance` alone, so that the part itself does not change.
        grey: Whether the light has hardly any colour cast.
    """

    title: str
    number: int
    defects: tuple[str, ...]
    draw: Draw
    grey: bool = False


SAMPLE_CATEGORIES: dict[str, SamplePart] = {
    "sample_bottle": SamplePart("Bottle (generated)", 1, bottle.DEFECTS, bottle.draw),
    "sample_grid": SamplePart("Wire grid (generated)", 2, grid.DEFECTS, grid.draw, grey=True),
    "sample_pill": SamplePart("Pill (generated)", 3, pill.DEFECTS, pill.draw),
    "sample_screw": SamplePart("Screw (generated)", 4, screw.DEFECTS, screw.draw, grey=True),
    "sample_toothbrush": SamplePart("Toothbrush (generated)", 5, toothbrush.DEFECTS, toothbrush.draw),
}


def sample_part(category: str) -> SamplePart:
    """Returns the table's row for a category.

    Raises:
        DataError: There is no such generated category.
    """
    if category not in SAMPLE_CATEGORIES:
        raise DataError(
            f"There are no generated sample parts named {category!r}; choose one of {', '.join(SAMPLE_CATEGORIES)}."
        )
    return SAMPLE_CATEGORIES[category]


def render_part(category: str, seed: int, defect: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Renders an image of a generated part. The same arguments always give the same image.

    Outside the mask, a damaged image is identical to the good one of the same seed: changes of at most `VISIBLE`, as at the
    far end of a shadow, are left out.

    Args:
        category: A key of `SAMPLE_CATEGORIES`.
        seed: Number of the part, ≥ 0.
        defect: One of the part's `defects`, or None for a good part.

    Returns:
        The image, 256×256×3 uint8 RGB, and the mask, 256×256 bool: True where the defect is visible.

    Raises:
        DataError: There is no such category or defect.
    """
    part = sample_part(category)
    if defect is not None and defect not in part.defects:
        raise DataError(
            f"{part.title} has no defect named {defect!r}; choose one of {', '.join(part.defects)}."
        )

    def stream(*purpose: int) -> np.random.Generator:
        return np.random.default_rng([part.number, seed, *purpose])

    camera = Camera.sample(stream(0), part.grey)
    image = camera.develop(part.draw(stream(1), None, stream(2)))
    mask = np.zeros(image.shape[:2], bool)
    if defect is not None:
        image, mask = _damage(part, defect, image, camera, stream)
    return camera.record(image, stream(3)), mask


def _damage(
    part: SamplePart, defect: str, good: np.ndarray, camera: Camera, stream: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the image with a defect, gamma-coded as `good`, and its mask."""
    kind = part.defects.index(defect)
    for attempt in range(20):
        damaged = camera.develop(part.draw(stream(1), defect, stream(2, kind, attempt)))
        mask = _visible(np.abs(damaged - good).max(-1))
        if mask.sum() >= SMALLEST:
            return np.where(mask[..., None], damaged, good), mask
    raise RuntimeError(f"{part.title}: {defect} stays invisible")  # a bug of the renderer


def _visible(difference: np.ndarray) -> np.ndarray:
    """Returns the mask of visible differences, with small gaps closed and specks of less than 4 pixels removed."""
    seen = (difference > VISIBLE).astype(np.uint8)
    closed = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= 4
    keep[0] = False
    return keep[labels]
