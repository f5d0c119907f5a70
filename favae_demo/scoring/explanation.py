"""Why a verdict is what it is, in one line: how far from the limit, where, how large, and by which of the model's views."""

from typing import Any

import numpy as np

from favae_demo.scoring.detection import DEFECT, NOT_JUDGED, Detection, Region
from favae_demo.scoring.multiples import format_multiple
from favae_demo.scoring.visibility import smallest_visible

ASPECTS = {  # by map: what deviates
    "pixels": "in colour or brightness",
    "layer1": "in the fine surface",
    "layer2": "in texture and small shapes",
    "layer3": "in shape",
    "memory": "unlike every place of a good part",
}
BELOW = "No place differs more than good parts do."
NOT_ENOUGH = "The part differs {place}, but not by enough for a defect."
PLACE = "The part differs most {place}{size}{aspect}."
NO_PLACE = "The picture differs as a whole, at no single place."
SIZE = ", on about {width}×{height} pixels"
ASPECT = ", {aspect}"
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "", "right")


def explain(detection: Detection) -> str:
    """Returns the reasons of a verdict as one line, with the score as a multiple of the limit."""
    if detection.verdict == NOT_JUDGED:
        return reason(detection)
    return f"{format_multiple(detection.multiple)}. {reason(detection)}"


def reason(detection: Detection) -> str:
    """Returns why a verdict is what it is, as one line without the score."""
    if detection.verdict == NOT_JUDGED:
        return " ".join(detection.reasons)
    if not detection.regions:
        return NO_PLACE if detection.verdict == DEFECT else BELOW
    first = detection.regions[0]
    where = f"at the {place(*first.centre)}"
    if detection.verdict != DEFECT:
        return NOT_ENOUGH.format(place=where)
    aspect = main_aspect(detection, first)
    return PLACE.format(
        place=where,
        size=SIZE.format(**dict(zip(("width", "height"), extent(detection, first), strict=True))),
        aspect=ASPECT.format(aspect=ASPECTS[aspect]) if aspect else "",
    )


def account(detection: Detection) -> dict[str, Any]:
    """Returns what is to be said of a verdict beside its figures, for JSON."""
    return {
        "multiple": detection.multiple,
        "explanation": explain(detection),
        "reduction": round(detection.reduction, 2),
        "smallest_visible": smallest_visible(detection.reduction),
    }


def place(x: float, y: float) -> str:
    """Returns the position of a point in an image in words, as `top left`.

    Args:
        x: Share of the width, from the left.
        y: Share of the height, from the top.
    """
    row, column = ROWS[min(int(3 * y), 2)], COLUMNS[min(int(3 * x), 2)]
    return {"middle ": "centre"}.get(f"{row} {column}", f"{row} {column}".strip())


def extent(detection: Detection, region: Region) -> tuple[int, int]:
    """Returns width and height of a region in pixels of the image as it was given."""
    x0, y0, x1, y1 = region.box
    width, height = detection.size
    return max(round((x1 - x0) * width), 1), max(round((y1 - y0) * height), 1)


def main_aspect(detection: Detection, region: Region) -> str | None:
    """Returns the map that deviates most within a region, by its own limit; None where only the combined map is known."""
    ratios = {
        name: _peak(score_map, region) / max(detection.map_thresholds[name], 1e-12)
        for name, score_map in detection.maps.items()
        if name in ASPECTS and name in detection.map_thresholds
    }
    return max(ratios, key=lambda name: ratios[name]) if ratios else None


def _peak(score_map: np.ndarray, region: Region) -> float:
    height, width = score_map.shape
    x0, y0, x1, y1 = region.box
    rows = slice(int(y0 * height), max(int(np.ceil(y1 * height)), int(y0 * height) + 1))
    columns = slice(int(x0 * width), max(int(np.ceil(x1 * width)), int(x0 * width) + 1))
    return float(score_map[rows, columns].max())
