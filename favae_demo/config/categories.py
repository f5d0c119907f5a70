"""Facts about each category: title, background, and the augmentations under which a good part stays good."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class CategoryInfo:
    """Facts about one category.

    Attributes:
        title: Name for display.
        background: Kind of background for `data.transforms.masking`: `none`, `light`, `dark` or `auto`.
        hflip: Whether a part that is mirrored horizontally is still a good part.
        vflip: Whether a part that is mirrored vertically is still a good part.
        rotation: Largest rotation of a good part that occurs in practice, in degrees.
        colour: Whether colour and brightness of a good part may vary, because no defect of the category is one of colour.
        bends: Whether the shape of a good part may vary: its outline is grown, or it has none.
        any_angle: Whether the part may lie at any angle, so that it can be aligned first.
        texture: Whether the images show a texture. They are not cropped in training, because a mesh at another scale is a defect, and an error
            that the whole image shares does not count.
        complete: Numbers of training and test images in the published category; None for other categories.
        source: Origin of the images.
        licence: Licence of the images.
    """

    title: str
    background: str = "none"
    hflip: bool = True
    vflip: bool = True
    rotation: float = 15.0
    colour: bool = True
    bends: bool = False
    any_angle: bool = False
    texture: bool = False
    complete: tuple[int, int] | None = None
    source: str = "own pictures"
    licence: str = ""


def _generated(*values: Any, **named: Any) -> CategoryInfo:
    return replace(CategoryInfo(*values, **named), source="generated sample parts", licence="CC0")


def _mvtec(*values: Any, **named: Any) -> CategoryInfo:
    licence = "CC BY-NC-SA 4.0, non-commercial; © MVTec Software GmbH"
    return replace(CategoryInfo(*values, **named), source="MVTec AD", licence=licence)


CATEGORIES: dict[str, CategoryInfo] = {
    "bottle": _mvtec("Bottle", "light", complete=(209, 83)),
    "pill": _mvtec("Pill", "dark", hflip=False, vflip=False, colour=False, complete=(267, 167)),
    "screw": _mvtec("Screw", "light", any_angle=True, complete=(320, 160)),
    "toothbrush": _mvtec("Toothbrush", "none", vflip=False, complete=(60, 42)),
    "grid": _mvtec("Grid", "none", rotation=0.0, texture=True, complete=(264, 78)),
    # A wire of the wrong colour is a defect.
    "cable": _mvtec("Cable", "none", vflip=False, colour=False, complete=(224, 150)),
    "capsule": _mvtec("Capsule", "light", hflip=False, vflip=False, complete=(219, 132)),
    "carpet": _mvtec(
        "Carpet", "none", rotation=0.0, colour=False, bends=True, texture=True, complete=(280, 117)
    ),
    "hazelnut": _mvtec("Hazelnut", "dark", bends=True, complete=(391, 110)),
    "leather": _mvtec("Leather", "none", colour=False, bends=True, texture=True, complete=(245, 124)),
    # A metal nut that lies upside down is a defect and looks like a mirrored good one.
    "metal_nut": _mvtec("Metal nut", "dark", hflip=False, vflip=False, colour=False, complete=(220, 115)),
    # Oil and grey strokes differ in colour only.
    "tile": _mvtec("Tile", "none", colour=False, bends=True, texture=True, complete=(230, 117)),
    "transistor": _mvtec("Transistor", "none", vflip=False, complete=(213, 100)),
    "wood": _mvtec("Wood", "none", rotation=0.0, colour=False, bends=True, texture=True, complete=(247, 79)),
    "zipper": _mvtec("Zipper", "none", vflip=False, complete=(240, 151)),
    "sample_bottle": _generated("Sample bottle", "light"),
    "sample_pill": _generated("Sample pill", "dark", hflip=False, vflip=False, colour=False),
    "sample_screw": _generated("Sample screw", "light", hflip=False, vflip=False, colour=False),
    "sample_toothbrush": _generated("Sample toothbrush", "none", vflip=False, colour=False),
    "sample_grid": _generated("Sample grid", "none", rotation=0.0, texture=True),
}


def category_info(category: str) -> CategoryInfo:
    """Returns the facts of a category; an unknown one gets cautious defaults (automatic background, no flips, no changes of colour or shape)."""
    title = category.replace("_", " ").strip().capitalize()
    return CATEGORIES.get(category, CategoryInfo(title, "auto", hflip=False, vflip=False, colour=False))


def partial_note(category: str, train: int, test: int) -> str:
    """Returns a note if fewer images of a category are present than were published, otherwise an empty string."""
    complete = category_info(category).complete
    # An image that was marked good is one of the training, so that both together count.
    if complete is None or (train >= complete[0] and train + test >= sum(complete)):
        return ""
    return f"Partial data: {train} of {complete[0]} training and {test} of {complete[1]} test pictures."


def category_defaults(category: str) -> dict[str, Any]:
    """Returns the changes to a preset's settings for a category: augmentations that could hide its defects are switched off.

    Noise is not a defect of any category, so the preset's setting stays.
    """
    info = category_info(category)
    changes: dict[str, Any] = {"background": info.background, "rotation": info.rotation}
    if info.texture:
        changes |= {"crop": 1.0, "centre": True}
    if not info.hflip:
        changes["hflip_p"] = 0.0
    if not info.vflip:
        changes["vflip_p"] = 0.0
    if not info.any_angle:
        changes["align"] = False
    if not info.colour:
        changes["colour"] = 0.0
    if not info.bends:
        changes["elastic"] = 0.0
    return changes
