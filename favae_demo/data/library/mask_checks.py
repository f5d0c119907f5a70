"""Checks the masks of an upload, and the images that look like masks."""

from dataclasses import replace
from pathlib import Path

from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name
from favae_demo.data.io.images import decode_mask
from favae_demo.data.library.image_facts import ImageFacts, usable
from favae_demo.data.library.upload import (
    ASPECT_TOLERANCE,
    STOP,
    WARN,
    UploadedImage,
    UploadFinding,
    count_of,
    names_of,
)  # fmt: skip


def assign_masks(
    parts: list[UploadedImage], masks: list[Path], facts: list[ImageFacts | str], max_pixels: int
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    """Gives each defect its mask; a mask that fits no image, or marks nothing, is reported and left out."""
    by_name = {path.stem.removesuffix("_mask"): path for path in masks}
    findings, given = [], list(parts)
    for i, fact in usable(parts, facts):
        mask = None if parts[i].good else by_name.pop(parts[i].path.stem, None)
        if mask is None:
            continue
        problem = _mask_problem(mask, fact.size, max_pixels)
        if problem:
            findings.append(
                UploadFinding(WARN, f"The mask {display_name(mask.name)!r} {problem}; it is left out.")
            )
        else:
            given[i] = replace(given[i], mask=mask)
    if by_name:
        names = ", ".join(repr(display_name(path.name)) for path in list(by_name.values())[:3])
        findings.append(
            UploadFinding(
                WARN,
                f"No picture with a defect has the file name of {names}; a mask must be named like its picture.",
            )
        )
    without = sum(part.used and not part.good and part.mask is None for part in given)
    if masks and without:
        findings.append(
            UploadFinding(
                WARN,
                f"{count_of(without)} with a defect and no mask: the right place cannot be measured there.",
            )
        )
    return given, findings


def _mask_problem(mask: Path, size: tuple[int, int], max_pixels: int) -> str:
    try:
        marked = decode_mask(mask, max_pixels=max_pixels)
    except ImageError:
        return "cannot be read"
    if abs(marked.shape[1] * size[1] / (marked.shape[0] * size[0]) - 1) > ASPECT_TOLERANCE:
        return "has another shape than its picture"
    if marked.mean() > 0.5:
        return "marks more than half of its picture; black and white may be exchanged"
    return "" if marked.any() else "marks nothing"


def masks_among(parts: list[UploadedImage], facts: list[ImageFacts | str]) -> list[UploadFinding]:
    """Finds masks that were given as good parts: a model would learn them."""
    masks = [i for i, fact in usable(parts, facts) if parts[i].good and fact.is_mask_like]
    if not masks:
        return []
    sentence = (
        f"{count_of(len(masks))} of good parts with two or a few grey values look like masks ({names_of(parts, masks)}); "
        "take them out, or give them as masks."
    )
    return [UploadFinding(STOP, sentence)]
