"""Checks the masks of a category before anything is measured with them; those that cannot be right are left out of pixel metrics."""

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from favae_demo.config.train_config import MAP_SIDE
from favae_demo.core import disk_cache
from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name, read_json, write_json
from favae_demo.data.io.images import decode_mask, image_size, resize_mask
from favae_demo.data.mvtec import Category, Sample

UNREADABLE, EMPTY = "cannot be read", "marks nothing"
MOST = "marks more than half of the picture; black and white may be exchanged"
VANISHES = f"marks too little to be seen at {MAP_SIDE} pixels"
SHAPE = "has another shape ({mask[0]}×{mask[1]}) than its picture ({image[0]}×{image[1]})"
ASPECT = (
    0.05  # relative difference of width : height up to which a mask of another size is scaled to the image
)
_MOST_BYTES = 10_000_000  # in the cache, of all categories
_FORMAT = 1  # goes up when the same files would give other findings
_File = tuple[str, int, int]


def with_checked_masks(category: Category, cache_dir: Path | None = None) -> Category:
    """The category with `Sample.mask_problem` filled in, so that masks which cannot be right count as no ground truth.

    Args:
        category: The category.
        cache_dir: The app's cache folder, so that masks are read only once; None keeps the findings in memory alone.
    """
    pairs = [(sample.mask_path, sample.path) for sample in category.samples if _is_unchecked(sample)]
    files = tuple((_identity(mask), _identity(image)) for mask, image in pairs if mask is not None)
    problems = iter(_problems(files, category.name, cache_dir))
    samples = tuple(
        replace(sample, mask_problem=next(problems)) if _is_unchecked(sample) else sample
        for sample in category.samples
    )
    return replace(category, samples=samples)


def mask_remarks(category: Category) -> tuple[str, ...]:
    """Sentences on masks that are left out, each naming some files; none for a category whose masks are fine.

    Args:
        category: From `with_checked_masks`.
    """
    by_problem: dict[str, list[str]] = {}
    for sample in category.samples:
        if sample.mask_problem and sample.mask_path is not None:
            by_problem.setdefault(_kind(sample.mask_problem), []).append(_named(sample))
    return tuple(
        f"{_masks(len(names))} left out of the pixel figures: {'; '.join(names[:2])}"
        + (f"; and {len(names) - 2} more like that." if len(names) > 2 else ".")
        for names in by_problem.values()
    )


def mask_problem(mask: Path, image: Path) -> str:
    """What is wrong with a mask, a phrase that follows its name; an empty string where nothing is."""
    try:
        marked = decode_mask(mask)
    except ImageError:
        return UNREADABLE
    size = (marked.shape[1], marked.shape[0])
    with contextlib.suppress(ImageError):  # a damaged image is another check's finding
        whole = image_size(image)
        if not same_shape(size, whole):
            return SHAPE.format(mask=size, image=whole)
    if not marked.any():
        return EMPTY
    if marked.mean() > 0.5:
        return MOST
    return "" if resize_mask(marked, MAP_SIDE).any() else VANISHES


def same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two (width, height) have nearly the same ratio."""
    return abs(size[0] * other[1] / (size[1] * other[0]) - 1) <= ASPECT


def _is_unchecked(sample: Sample) -> bool:
    return sample.mask_path is not None and not sample.mask_problem


def _identity(path: Path) -> _File:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_size, status.st_mtime_ns


@lru_cache(maxsize=64)
def _problems(files: tuple[tuple[_File, _File], ...], about: str, cache_dir: Path | None) -> list[str]:
    if not files:
        return []
    place = None
    if cache_dir is not None:
        place = disk_cache.entry_path(cache_dir / disk_cache.MASKS, about, [_FORMAT, files], ".json")
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            known = [str(one) for one in read_json(place)["problems"]]
            if len(known) == len(files):
                return known
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        problems = list(pool.map(lambda pair: mask_problem(Path(pair[0][0]), Path(pair[1][0])), files))
    if place is not None:
        with contextlib.suppress(OSError):  # a full or read-only disk costs time only
            write_json(place, {"problems": problems})
            disk_cache.evict(place.parent, _MOST_BYTES)
    return problems


def _kind(problem: str) -> str:
    """What phrases of one kind have in common: sizes and names differ."""
    return problem.split("(")[0]


def _named(sample: Sample) -> str:
    name = display_name(sample.mask_path.name) if sample.mask_path else ""
    return f"{name!r} of {sample.defect!r} {sample.mask_problem}"


def _masks(count: int) -> str:
    return "1 mask is" if count == 1 else f"{count} masks are"
