"""Checks the images a user gives of own parts: what cannot be read, copies, other shapes, too few."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.data.io.images import MAX_PIXELS
from favae_demo.data.library.duplicate_checks import find_copies, find_near_copies
from favae_demo.data.library.image_facts import ImageFacts, read_facts, usable
from favae_demo.data.library.mask_checks import assign_masks, masks_among
from favae_demo.data.library.upload import (
    ASPECT_TOLERANCE,
    FEW_GOOD,
    FINE,
    MIN_GOOD,
    MOST,
    STOP,
    UNREADABLE,
    WARN,
    UploadedImage,
    UploadFinding,
    UploadReport,
    count_of,
    names_of,
    noted,
)  # fmt: skip

_EMPTY = 3.0  # standard deviation of grey levels below which nothing is to be seen


def inspect(
    good: Sequence[Path],
    defects: Sequence[Path] = (),
    masks: Sequence[Path] = (),
    *,
    max_pixels: int = MAX_PIXELS,
    tick: ProgressCallback = lambda done, total: None,
) -> UploadReport:
    """Checks the user's images: unreadable ones, copies, near copies, other shapes, empty ones, too few.

    Args:
        good: Images of good parts.
        defects: Images of parts with a defect.
        masks: Black-and-white images, white where the defect is; each belongs to the defect with the same file name
            (an ending `_mask` is ignored).
        max_pixels: Largest image that is read.
        tick: Called with images read and in all; stops the check by raising.
    """
    parts = [UploadedImage(Path(path), True) for path in good] + [
        UploadedImage(Path(path), False) for path in defects
    ]
    return inspect_parts(parts, [Path(path) for path in masks], max_pixels=max_pixels, tick=tick)


def inspect_parts(
    parts: Sequence[UploadedImage],
    masks: Sequence[Path] = (),
    *,
    max_pixels: int = MAX_PIXELS,
    tick: ProgressCallback = lambda done, total: None,
    keep: bool = False,
) -> UploadReport:
    """As `inspect`, for images of which it is known whether they are test images.

    Args:
        parts: The images, those for training first.
        masks: As for `inspect`.
        max_pixels: Largest image that is read.
        tick: As for `inspect`.
        keep: Whether copies stay, as in a published data set, and any number of good parts will do.
    """
    parts = list(parts)
    if len(parts) > MOST:
        return UploadReport(
            tuple(parts), (UploadFinding(STOP, f"These are {len(parts):,} pictures; give at most {MOST:,}."),)
        )
    facts = read_facts([part.path for part in parts], max_pixels, tick)
    parts, findings = _readable(parts, facts)
    for check in (partial(find_copies, keep=keep), find_near_copies, _shapes, _colours, _empty):
        parts, more = check(parts, facts)
        findings += more
    parts, more = assign_masks(parts, list(masks), facts, max_pixels)
    enough = [] if keep else [*masks_among(parts, facts), *_enough(parts)]
    return UploadReport(tuple(parts), tuple([*enough, *findings, *more]))


def _readable(
    parts: list[UploadedImage], facts: list[ImageFacts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    bad = [i for i, fact in enumerate(facts) if isinstance(fact, str)]
    parts = noted(parts, bad, UNREADABLE, used=False)
    if not bad:
        return parts, []
    more = f" {count_of(len(bad) - 1)} more cannot be read." if len(bad) > 1 else ""
    return parts, [UploadFinding(WARN, f"{facts[bad[0]]} It is left out.{more}")]


def _shapes(
    parts: list[UploadedImage], facts: list[ImageFacts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    readable = list(usable(parts, facts))
    if not readable:
        return parts, []
    (width, height), _ = Counter(fact.size for _, fact in readable).most_common(1)[0]
    odd = [
        i
        for i, fact in readable
        if abs(fact.size[0] * height / (fact.size[1] * width) - 1) > ASPECT_TOLERANCE
    ]
    if not odd:
        return parts, []
    sentence = (
        f"{count_of(len(odd))} of another shape than the others ({width}×{height}): {names_of(parts, odd)}; "
        "every picture is squeezed to a square, so these look distorted to the model."
    )
    return noted(parts, odd, "another shape"), [UploadFinding(WARN, sentence)]


def _colours(
    parts: list[UploadedImage], facts: list[ImageFacts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    readable = list(usable(parts, facts))
    grey = [i for i, fact in readable if fact.is_grey]
    coloured = [i for i, fact in readable if not fact.is_grey]
    if not grey or not coloured:
        return parts, []
    few, word, others = (
        (grey, "grey", "in colour") if len(grey) <= len(coloured) else (coloured, "in colour", "grey")
    )
    sentence = f"{count_of(len(few))} {word}, the others {others} ({names_of(parts, few)}); a model takes that for a difference of the parts."
    return noted(parts, few, word), [UploadFinding(WARN, sentence)]


def _empty(
    parts: list[UploadedImage], facts: list[ImageFacts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    flat = [i for i, fact in usable(parts, facts) if fact.small.astype(np.float32).std() < _EMPTY]
    if not flat:
        return parts, []
    sentence = f"{count_of(len(flat))} nearly of one colour ({names_of(parts, flat)}); is a part to be seen?"
    return noted(parts, flat, "looks empty"), [UploadFinding(WARN, sentence)]


def _enough(parts: list[UploadedImage]) -> list[UploadFinding]:
    count, defects = sum(p.good and p.used for p in parts), sum(not p.good and p.used for p in parts)
    also = f" and {count_of(defects)} with a defect" if defects else ""
    if count < MIN_GOOD:
        return [
            UploadFinding(
                STOP,
                f"{count_of(count, 'usable picture')} of good parts: at least {MIN_GOOD} are needed, {FEW_GOOD} or more are better.",
            )
        ]
    if count < FEW_GOOD:
        return [
            UploadFinding(
                WARN, f"{count} good parts{also}: enough to try, too few to rely on; give {FEW_GOOD} or more."
            )
        ]
    return [UploadFinding(FINE, f"{count} good parts{also}: enough to start.")]
