"""Checks the images a user gives of own parts: what cannot be read, copies, other shapes, too few."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name
from favae_demo.data.io.images import MAX_PIXELS, decode, decode_mask, resize
from favae_demo.data.library.folder_words import is_mask_like
from favae_demo.data.library.upload import (
    FEW_GOOD,
    FINE,
    MIN_GOOD,
    MOST,
    STOP,
    WARN,
    UploadedImage,
    UploadFinding,
    UploadReport,
)

UNREADABLE = "cannot be read"
_SMALL = 32
# On a 32×32 grey copy, new noise of σ = 4 and JPEG at quality 70 change no value by more than 2.3; two different parts
# of MVTec's bottle, pill, screw, toothbrush and grid differ by at least 6.7 somewhere.
_NEAR = 5
# Near copies come in series: of more than `_ALL_PAIRS` images each is compared with so many before it.
_ALL_PAIRS, _WINDOW = 2000, 200
_EMPTY = 3.0  # standard deviation of grey levels below which nothing is to be seen
_ASPECT = 0.05


@dataclass(frozen=True)
class _Facts:
    """What the checks need to know of an image."""

    size: tuple[int, int]
    digest: str
    small: np.ndarray
    is_grey: bool
    is_mask_like: bool


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
    facts = _read([part.path for part in parts], max_pixels, tick)
    parts, findings = _readable(parts, facts)
    for check in (partial(_copies, keep=keep), _near_copies, _shapes, _colours, _empty):
        parts, found = check(parts, facts)
        findings += found
    parts, found = _with_masks(parts, list(masks), facts, max_pixels)
    enough = [] if keep else [*_masks_among(parts, facts), *_enough(parts)]
    return UploadReport(tuple(parts), tuple([*enough, *findings, *found]))


def _read(paths: Sequence[Path], max_pixels: int, tick: ProgressCallback) -> list[_Facts | str]:
    """Facts of each image, or the sentence that says why it cannot be read."""

    found: list[_Facts | str] = []
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for answer in pool.map(partial(_facts_or_reason, max_pixels=max_pixels), paths):
            found.append(answer)
            tick(len(found), len(paths))
    finally:
        pool.shutdown(cancel_futures=True)  # whoever stops the check does not wait for the rest
    return found


def read_problem(path: Path, max_pixels: int) -> str:
    """Returns a sentence on why an image cannot be read, or an empty string."""
    found = _facts_or_reason(path, max_pixels)
    return found if isinstance(found, str) else ""


def _facts_or_reason(path: Path, max_pixels: int) -> _Facts | str:
    try:
        return _facts(path, path.stat().st_mtime_ns, max_pixels)
    except FileNotFoundError:
        return f"The picture {display_name(path.name)!r} does not exist."
    except OSError as error:
        return f"The picture {display_name(path.name)!r} cannot be read: {error.strerror or error}."
    except ImageError as error:
        return str(error)


@lru_cache(maxsize=MOST + 1000)  # 2 kB each
def _facts(path: Path, stamp: int, max_pixels: int) -> _Facts:
    """Reads an image once: people drop more images to those that are checked already."""
    image = decode(path, max_pixels=max_pixels)
    height, width = image.shape[:2]
    small = resize(image, _SMALL).astype(np.float32).mean(axis=2)
    digest = hashlib.sha256(str(image.shape).encode())
    digest.update(image.data)
    grey = bool((image == image[..., :1]).all())
    return _Facts(
        (width, height), digest.hexdigest(), small.astype(np.float16), grey, grey and is_mask_like(image)
    )


def _readable(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    bad = [i for i, found in enumerate(facts) if isinstance(found, str)]
    parts = _noted(parts, bad, UNREADABLE, used=False)
    if not bad:
        return parts, []
    more = f" {_images(len(bad) - 1)} more cannot be read." if len(bad) > 1 else ""
    return parts, [UploadFinding(WARN, f"{facts[bad[0]]} It is left out.{more}")]


def _copies(
    parts: list[UploadedImage], facts: list[_Facts | str], keep: bool
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    first: dict[str, int] = {}
    twice, both, leaks = [], [], []
    for i, found in _usable(parts, facts):
        earlier = first.setdefault(found.digest, i)
        if earlier == i:
            continue
        if parts[earlier].good != parts[i].good:
            both += [earlier, i]
        elif parts[earlier].in_test != parts[i].in_test:
            leaks.append(i)
        else:
            twice.append(i)
    kinds = (
        (twice, "a copy", "{count} given more than once (as {names}); {each}."),
        (leaks, "a copy of a training picture",
         "{count} for testing are copies of training pictures ({names}), which makes results look too good{left}."),
        (both, "good and defect at once", "Given both as good part and as defect{so}: {names}."),
    )  # fmt: skip
    findings = []
    for places, note, sentence in kinds:
        if places:
            parts = _noted(parts, places, note, used=None if keep else False)
            values = {"each": "all stay", "left": "", "so": ""} if keep else _LEFT_OUT
            names = _names(parts, dict.fromkeys(places))
            findings.append(
                UploadFinding(WARN, sentence.format(count=_images(len(places)), names=names, **values))
            )
    return parts, findings


_LEFT_OUT = {"each": "each counts once", "left": "; they are left out", "so": ", so left out"}


def _near_copies(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    there = [(i, found) for i, found in _usable(parts, facts) if parts[i].good]
    if len(there) < 2:
        return parts, []
    small = np.stack([found.small for _, found in there]).astype(np.float32)
    near = [there[place][0] for place in _near_places(small)]
    if not near:
        return parts, []
    sentence = (
        f"{_images(len(near))} almost the same as another one ({_names(parts, near)}); "
        "photograph different parts, or the model knows too few."
    )
    return _noted(parts, near, "almost a copy"), [UploadFinding(WARN, sentence)]


def _near_places(small: np.ndarray) -> list[int]:
    """Places of images (N×32×32) that are almost the same as an earlier one."""
    # No mean of 4×4 pixels differs more than the pixels themselves, so these means rule most pairs out.
    means = small.reshape(len(small), 8, 4, 8, 4).mean(axis=(2, 4)).reshape(len(small), -1)
    flat = small.reshape(len(small), -1)
    window = len(small) if len(small) <= _ALL_PAIRS else _WINDOW
    near = []
    for place in range(1, len(small)):
        start = max(0, place - window)
        close = start + np.flatnonzero(np.abs(means[start:place] - means[place]).max(axis=1) < _NEAR)
        if close.size and np.abs(flat[close] - flat[place]).max(axis=1).min() < _NEAR:
            near.append(place)
    return near


def _shapes(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    there = list(_usable(parts, facts))
    if not there:
        return parts, []
    (width, height), _ = Counter(found.size for _, found in there).most_common(1)[0]
    odd = [i for i, found in there if abs(found.size[0] * height / (found.size[1] * width) - 1) > _ASPECT]
    if not odd:
        return parts, []
    sentence = (
        f"{_images(len(odd))} of another shape than the others ({width}×{height}): {_names(parts, odd)}; "
        "every picture is squeezed to a square, so these look distorted to the model."
    )
    return _noted(parts, odd, "another shape"), [UploadFinding(WARN, sentence)]


def _colours(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    there = list(_usable(parts, facts))
    grey = [i for i, found in there if found.is_grey]
    coloured = [i for i, found in there if not found.is_grey]
    if not grey or not coloured:
        return parts, []
    few, word, others = (
        (grey, "grey", "in colour") if len(grey) <= len(coloured) else (coloured, "in colour", "grey")
    )
    sentence = f"{_images(len(few))} {word}, the others {others} ({_names(parts, few)}); a model takes that for a difference of the parts."
    return _noted(parts, few, word), [UploadFinding(WARN, sentence)]


def _masks_among(parts: list[UploadedImage], facts: list[_Facts | str]) -> list[UploadFinding]:
    """Masks that were given as good parts would be learned."""
    masks = [i for i, found in _usable(parts, facts) if parts[i].good and found.is_mask_like]
    if not masks:
        return []
    sentence = (
        f"{_images(len(masks))} of good parts with two or a few grey values look like masks ({_names(parts, masks)}); "
        "take them out, or give them as masks."
    )
    return [UploadFinding(STOP, sentence)]


def _empty(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    flat = [i for i, found in _usable(parts, facts) if found.small.astype(np.float32).std() < _EMPTY]
    if not flat:
        return parts, []
    sentence = f"{_images(len(flat))} nearly of one colour ({_names(parts, flat)}); is a part to be seen?"
    return _noted(parts, flat, "looks empty"), [UploadFinding(WARN, sentence)]


def _with_masks(
    parts: list[UploadedImage], masks: list[Path], facts: list[_Facts | str], max_pixels: int
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    """Gives each defect its mask; a mask that fits no image, or marks nothing, is said and left out."""
    by_name = {path.stem.removesuffix("_mask"): path for path in masks}
    findings, given = [], list(parts)
    for i, found in _usable(parts, facts):
        mask = None if parts[i].good else by_name.pop(parts[i].path.stem, None)
        if mask is None:
            continue
        problem = _mask_problem(mask, found.size, max_pixels)
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
                f"{_images(without)} with a defect and no mask: the right place cannot be measured there.",
            )
        )
    return given, findings


def _mask_problem(mask: Path, size: tuple[int, int], max_pixels: int) -> str:
    try:
        marked = decode_mask(mask, max_pixels=max_pixels)
    except ImageError:
        return "cannot be read"
    if abs(marked.shape[1] * size[1] / (marked.shape[0] * size[0]) - 1) > _ASPECT:
        return "has another shape than its picture"
    if marked.mean() > 0.5:
        return "marks more than half of its picture; black and white may be exchanged"
    return "" if marked.any() else "marks nothing"


def _enough(parts: list[UploadedImage]) -> list[UploadFinding]:
    count, defects = sum(p.good and p.used for p in parts), sum(not p.good and p.used for p in parts)
    also = f" and {_images(defects)} with a defect" if defects else ""
    if count < MIN_GOOD:
        return [
            UploadFinding(
                STOP,
                f"{_images(count, 'usable picture')} of good parts: at least {MIN_GOOD} are needed, {FEW_GOOD} or more are better.",
            )
        ]
    if count < FEW_GOOD:
        return [
            UploadFinding(
                WARN, f"{count} good parts{also}: enough to try, too few to rely on; give {FEW_GOOD} or more."
            )
        ]
    return [UploadFinding(FINE, f"{count} good parts{also}: enough to start.")]


def _usable(parts: list[UploadedImage], facts: list[_Facts | str]) -> list[tuple[int, _Facts]]:
    return [(i, found) for i, found in enumerate(facts) if parts[i].used and not isinstance(found, str)]


def _noted(
    parts: list[UploadedImage], places: Iterable[int], note: str, *, used: bool | None = None
) -> list[UploadedImage]:
    marked = set(places)
    return [
        replace(part, note=part.note or note, used=part.used if used is None else used)
        if i in marked
        else part
        for i, part in enumerate(parts)
    ]


def _names(parts: list[UploadedImage], places: Iterable[int]) -> str:
    names = [display_name(parts[i].path.name) for i in places]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _images(count: int, noun: str = "picture") -> str:
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"
