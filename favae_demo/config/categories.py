"""What is known about each category: its name on screen, its background, which flips keep a good part good."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CategoryInfo:
    """Facts about one category.

    Attributes:
        title: Name on screen.
        background: Background kind for `data.masking`: `none`, `light`, `dark` or `auto`.
        hflip: Whether a part mirrored left to right is still a good part.
        vflip: Whether a part mirrored top to bottom is still a good part.
        rotation: Largest rotation, in degrees, at which a good part is still seen in practice.
        colour: Whether a good part may have a little other colour or light: none of its defects is one of colour.
        bends: Whether a good part may be a little out of shape: its outline is grown or there is none, so it is not judged.
        any_angle: Whether the part may lie at any angle, so that it can be turned upright before it is looked at.
        texture: Whether the images show a texture without a place of its own. Such an image is not cropped in training, because
            a coarser or finer mesh is no good one, and what the whole image shares is no defect of a place in it.
        complete: Training and test images of the whole category as published, or None where it is no published one.
        source: Where the images come from.
        licence: Under which terms.
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
    return CategoryInfo(*values, **named, source="generated sample parts", licence="CC0")


def _mvtec(*values: Any, **named: Any) -> CategoryInfo:
    licence = "CC BY-NC-SA 4.0, non-commercial; © MVTec Software GmbH"
    return CategoryInfo(*values, **named, source="MVTec AD", licence=licence)


CATEGORIES: dict[str, CategoryInfo] = {
    "bottle": _mvtec("Bottle", "light", complete=(209, 83)),
    "pill": _mvtec("Pill", "dark", hflip=False, vflip=False, colour=False, complete=(267, 167)),
    "screw": _mvtec("Screw", "light", any_angle=True, complete=(320, 160)),
    "toothbrush": _mvtec("Toothbrush", "none", vflip=False, complete=(60, 42)),
    "grid": _mvtec("Grid", "none", rotation=0.0, texture=True, complete=(264, 78)),
    # A wire of another colour in the wrong place is one of the defects.
    "cable": _mvtec("Cable", "none", vflip=False, colour=False, complete=(224, 150)),
    "capsule": _mvtec("Capsule", "light", hflip=False, vflip=False, complete=(219, 132)),
    "carpet": _mvtec(
        "Carpet", "none", rotation=0.0, colour=False, bends=True, texture=True, complete=(280, 117)
    ),
    "hazelnut": _mvtec("Hazelnut", "dark", bends=True, complete=(391, 110)),
    "leather": _mvtec("Leather", "none", colour=False, bends=True, texture=True, complete=(245, 124)),
    # A metal nut that lies upside down is one of the defects, and looks like a mirrored one.
    "metal_nut": _mvtec("Metal nut", "dark", hflip=False, vflip=False, colour=False, complete=(220, 115)),
    # Oil and grey strokes are seen by their colour only.
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
    """The facts of a category; an unknown one gets careful defaults (automatic background, no flips, colour and shape as they are)."""
    title = category.replace("_", " ").strip().capitalize()
    return CATEGORIES.get(category, CategoryInfo(title, "auto", hflip=False, vflip=False, colour=False))


def partial_note(category: str, train: int, test: int) -> str:
    """What a reader of its figures must know where fewer images are here than were published; else an empty string."""
    complete = category_info(category).complete
    if complete is None or (train >= complete[0] and test >= complete[1]):
        return ""
    return f"Partial data: {train} of {complete[0]} training and {test} of {complete[1]} test pictures."


def category_defaults(category: str) -> dict[str, Any]:
    """Changes to a preset's settings that a category asks for; what could hide its defects is left out, and nothing added.

    Noise is no defect of any category, so a preset's own stays.
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
