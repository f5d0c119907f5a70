"""Checks the images a user gives of own parts: what cannot be read, copies, other shapes, too few."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name
from favae_demo.data.io.images import MAX_PIXELS, decode, decode_mask, resize
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
_EMPTY = 3.0  # standard deviation of grey levels below which nothing is to be seen
_ASPECT = 0.05


@dataclass(frozen=True)
class _Facts:
    """What the checks need to know of an image."""

    size: tuple[int, int]
    digest: str
    small: np.ndarray


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
    if len(parts) > MOST:
        return UploadReport(
            tuple(parts), (UploadFinding(STOP, f"These are {len(parts):,} pictures; give at most {MOST:,}."),)
        )
    facts = _read([part.path for part in parts], max_pixels, tick)
    parts, findings = _readable(parts, facts)
    for check in (_copies, _near_copies, _shapes, _empty):
        parts, found = check(parts, facts)
        findings += found
    parts, found = _with_masks(parts, [Path(path) for path in masks], facts, max_pixels)
    return UploadReport(tuple(parts), tuple([*_enough(parts), *findings, *found]))


def read_all(paths: Sequence[Path], max_pixels: int, tick: ProgressCallback) -> list[str]:
    """Reads images to the end and returns a sentence for each that cannot be read."""
    return [found for found in _read(paths, max_pixels, tick) if isinstance(found, str)]


def _read(paths: Sequence[Path], max_pixels: int, tick: ProgressCallback) -> list[_Facts | str]:
    """Facts of each image, or the sentence that says why it cannot be read."""

    def one(path: Path) -> _Facts | str:
        try:
            return _facts(path, path.stat().st_mtime_ns, max_pixels)
        except FileNotFoundError:
            return f"The picture {display_name(path.name)!r} does not exist."
        except OSError as error:
            return f"The picture {display_name(path.name)!r} cannot be read: {error.strerror or error}."
        except ImageError as error:
            return str(error)

    found: list[_Facts | str] = []
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for answer in pool.map(one, paths):
            found.append(answer)
            tick(len(found), len(paths))
    finally:
        pool.shutdown(cancel_futures=True)  # whoever stops the check does not wait for the rest
    return found


@lru_cache(maxsize=2 * MOST)
def _facts(path: Path, stamp: int, max_pixels: int) -> _Facts:
    """Reads an image once: people drop more images to those that are checked already."""
    image = decode(path, max_pixels=max_pixels)
    height, width = image.shape[:2]
    small = resize(image, _SMALL).astype(np.float32).mean(axis=2)
    digest = hashlib.sha256(str(image.shape).encode())
    digest.update(image.data)
    return _Facts((width, height), digest.hexdigest(), small)


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
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    first: dict[str, int] = {}
    twice, both = [], []
    for i, found in _usable(parts, facts):
        earlier = first.setdefault(found.digest, i)
        if earlier != i and parts[earlier].good == parts[i].good:
            twice.append(i)
        elif earlier != i:
            both += [earlier, i]
    parts = _noted(parts, twice, "a copy", used=False)
    parts = _noted(parts, both, "good and defect at once", used=False)
    findings = []
    if twice:
        findings.append(
            UploadFinding(
                WARN,
                f"{_images(len(twice))} given more than once (as {_names(parts, twice)}); each counts once.",
            )
        )
    if both:
        findings.append(
            UploadFinding(
                WARN,
                f"Given both as good part and as defect, so left out: {_names(parts, dict.fromkeys(both))}.",
            )
        )
    return parts, findings


def _near_copies(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    there = [(i, found) for i, found in _usable(parts, facts) if parts[i].good]
    if len(there) < 2:
        return parts, []
    small = np.stack([found.small for _, found in there]).reshape(len(there), -1)
    near = [
        there[place][0]
        for place in range(1, len(there))
        if np.abs(small[:place] - small[place]).max(axis=1).min() < _NEAR
    ]
    if not near:
        return parts, []
    sentence = (
        f"{_images(len(near))} almost the same as another one ({_names(parts, near)}); "
        "photograph different parts, or the model knows too few."
    )
    return _noted(parts, near, "almost a copy"), [UploadFinding(WARN, sentence)]


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


def _empty(
    parts: list[UploadedImage], facts: list[_Facts | str]
) -> tuple[list[UploadedImage], list[UploadFinding]]:
    flat = [i for i, found in _usable(parts, facts) if found.small.std() < _EMPTY]
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
