"""The Draw tab's values: a good image with strokes painted on it, and whether the model finds them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from favae_demo.config.categories import category_info
from favae_demo.core.errors import DataError
from favae_demo.data.io.images import resize
from favae_demo.data.mvtec import Sample
from favae_demo.data.synthetic.defects import paint
from favae_demo.data.transforms.masking import foreground
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.regions import region_mask
from favae_demo.ui import text
from favae_demo.ui.components.html import legend_html, table_html, verdict_html
from favae_demo.ui.services import Services
from favae_demo.viz.heatmap import DEFAULT_COLOUR_MAP
from favae_demo.viz.overlay import display_image, overlay

SIDE = 512  # pixels of the image that is painted on
MOST_STEPS = 12  # that can be undone
CHANGED = 12  # grey levels by which a painted pixel differs
REACH = 4  # pixels of the score map: it is smoothed, so a region may lie this far beside the stroke


@dataclass(frozen=True)
class Drawing:
    """A good image and what has been painted on it, stored per session.

    Attributes:
        key: The image's key among the good ones of its category.
        name: Its name on screen.
        original: The image without paint, H×W×3 uint8 RGB.
        base: The image under the strokes that the editor holds.
        now: The image with all strokes.
        steps: Earlier values of `now`, oldest first, for undo.
    """

    key: str
    name: str
    original: np.ndarray
    base: np.ndarray
    now: np.ndarray
    steps: tuple[np.ndarray, ...] = ()


def good_images(services: Services, category: str | None) -> list[Sample]:
    """Returns the images to paint on: good test images, else the training images."""
    data = services.category(category) if category else None
    if data is None:
        return []
    return [one for one in data.test if one.is_good] or list(data.train)


def new_drawing(services: Services, category: str | None, key: str = "", step: int = 0) -> Drawing:
    """Returns a drawing with nothing on it.

    Args:
        services: The core.
        category: The kind of part.
        key: The image from which to count; an unknown key is the first.
        step: Number of images further.

    Raises:
        DataError: There is no good image.
        ImageError: It cannot be read.
    """
    samples = good_images(services, category)
    if not samples:
        raise DataError(text.draw.NO_GOOD)
    place = next((i for i, one in enumerate(samples) if one.key == key), 0)
    sample = samples[(place + step) % len(samples)]
    image = display_image(services.image(sample.path, services.levels(category)), SIDE)
    return Drawing(
        sample.key, text.formatting.picture_name(sample.defect, sample.path.stem), image, image, image
    )


def composite(base: np.ndarray, layers: Sequence[np.ndarray]) -> np.ndarray:
    """Blends the editor's layers over an image.

    Args:
        base: H×W×3 uint8 RGB.
        layers: H×W×4 uint8 RGBA of any size, the lowest first.

    Returns:
        H×W×3 uint8 RGB.
    """
    image = base.astype(np.float32)
    for layer in layers:
        height, width = base.shape[:2]
        layer = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        image += layer[..., 3:] / 255 * (layer[..., :3] - image)
    return np.rint(image).clip(0, 255).astype(np.uint8)


def strokes(editor: dict[str, Any] | None) -> list[np.ndarray]:
    """Returns the layers of the editor's value that are not empty."""
    layers = (editor or {}).get("layers") or []
    return [
        one for one in layers if one is not None and one.ndim == 3 and one.shape[2] == 4 and one[..., 3].any()
    ]


def with_strokes(drawing: Drawing, layers: Sequence[np.ndarray]) -> Drawing:
    """Returns the drawing with the editor's strokes; the same object where nothing has changed."""
    image = composite(drawing.base, layers)
    return drawing if np.array_equal(image, drawing.now) else _stepped(drawing, drawing.base, image)


def with_mark(drawing: Drawing, category: str, kind: str, seed: int) -> Drawing:
    """Returns the drawing with a generated defect on top."""
    part = foreground(drawing.original, category_info(category).background, margin=0)
    image = paint(drawing.now, kind, seed, part)
    return _stepped(drawing, image, image)


def undo(drawing: Drawing) -> Drawing:
    """Returns the drawing without its last step, a stroke or a generated defect."""
    if not drawing.steps:
        return replace(drawing, base=drawing.now)
    return replace(drawing, base=drawing.steps[-1], now=drawing.steps[-1], steps=drawing.steps[:-1])


def clear(drawing: Drawing) -> Drawing:
    """Returns the drawing without paint; this step too can be undone."""
    return _stepped(drawing, drawing.original, drawing.original)


def painted_mask(original: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Returns where an image differs from its original, H×W bool."""
    return cv2.absdiff(original, image).max(axis=2) > CHANGED


def location_text(detection: Detection, mask: np.ndarray) -> str:
    """Returns a sentence on whether the model's regions lie where something was painted.

    Args:
        detection: The detection for the painted image.
        mask: What was painted, H×W bool, with something in it.
    """
    if not detection.regions:
        return text.draw.NOTHING_FOUND
    regions = region_mask(detection.map, detection.pixel_threshold)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * REACH + 1, 2 * REACH + 1))
    small = (resize(mask.astype(np.float32), regions.shape) > 0).astype(np.uint8)
    # A stroke counts as one place, even where the brush leaves gaps in it.
    count, places = cv2.connectedComponents(cv2.dilate(small, disk))
    hit = len(set(np.unique(places[regions])) - {0})
    marked, labels = cv2.connectedComponents(regions.astype(np.uint8), connectivity=8)
    elsewhere = marked - 1 - len(set(np.unique(labels[places > 0])) - {0})
    share = "all" if hit == count - 1 else "some" if hit else "none"
    said = text.draw.FOUND[share].format(found=hit, count=count - 1)
    beside = text.draw.ELSEWHERE[min(elsewhere, 2)].format(count=elsewhere) if elsewhere else ""
    return f"{said} {beside}".strip()


def answer_values(drawing: Drawing, before: Detection, after: Detection) -> list[Any]:
    """Returns verdict, result, table and legend of a drawing.

    Args:
        drawing: What is judged.
        before: The detection for the good image.
        after: The detection for the painted image.
    """
    mask = painted_mask(drawing.original, drawing.now)
    touched = bool(mask.any())
    note = location_text(after, mask) if touched else text.draw.UNTOUCHED
    rows = [_row(text.draw.BEFORE, before), _row(text.draw.AFTER, after)]
    return [
        verdict_html(after, note),
        overlay(after, mask if touched else None, max_side=SIDE),
        table_html(text.draw.TABLE, text.draw.HEADERS, rows, ""),
        legend_html(DEFAULT_COLOUR_MAP, has_truth=touched, truth=text.draw.LEGEND),
    ]


def _row(when: str, detection: Detection) -> list[str]:
    word, icon = text.page.VERDICTS[detection.verdict]
    return [
        when,
        text.formatting.multiple(detection.multiple),
        f"{icon} {word}",
    ]


def _stepped(drawing: Drawing, base: np.ndarray, now: np.ndarray) -> Drawing:
    return replace(drawing, base=base, now=now, steps=(*drawing.steps, drawing.now)[-MOST_STEPS:])
