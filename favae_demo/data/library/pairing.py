"""Brings images and masks of a plan together, and gives each image its place in MVTec layout."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from favae_demo.core.files import display_name
from favae_demo.data.library.annotations import Drawing
from favae_demo.data.library.plan_rows import CategoryPlan
from favae_demo.data.library.roles import BY_MASK, DEFECT, GOOD, MASK, TEST, TRAIN
from favae_demo.data.library.vocabulary import (
    BAD_WORDS,
    GOOD_WORDS,
    IMAGE_WORDS,
    MASK_WORDS,
    TEST_WORDS,
    TRAIN_WORDS,
    mask_stem,
    plain,
)  # fmt: skip

_SILENT = GOOD_WORDS | BAD_WORDS | MASK_WORDS | IMAGE_WORDS | TRAIN_WORDS | TEST_WORDS
_LONGEST_KIND = 60
_MOST_NAMESAKES = 500  # images of one name that are told apart by their folders


@dataclass(frozen=True)
class PlannedImage:
    """An image of a plan with what belongs to it.

    Attributes:
        path: In the source.
        split: `train`, `test`, or `good` where some good parts are to be kept for testing.
        defect: `good`, or the kind of defect.
        by_mask: Whether it is a good part if its masks mark nothing.
        masks: Files that mark its defects; all of them count.
        drawing: Shapes that mark its defects, or None.
    """

    path: str
    split: str
    defect: str
    by_mask: bool = False
    masks: tuple[str, ...] = ()
    drawing: Drawing | None = None

    @property
    def is_good(self) -> bool:
        """Whether it is a good part."""
        return self.defect == GOOD


@dataclass(frozen=True)
class Paired:
    """Images with their masks, and sentences on masks that belong to none or to several."""

    images: tuple[PlannedImage, ...]
    remarks: tuple[str, ...] = field(default=())


def pair(category: CategoryPlan) -> Paired:
    """Gives each image of a category its masks: those that a table names, else those whose name and folders fit."""
    planned = (_planned(path, row.role) for row in category.rows for path in row.files)
    images = [image for image in planned if image is not None]
    images = [
        replace(image, masks=category.masks.get(image.path, ()), drawing=category.drawings.get(image.path))
        for image in images
    ]
    taken = {mask for masks in category.masks.values() for mask in masks}
    masks = [path for path in category.files(MASK) if path not in taken]
    return _by_names(images, masks, category.root) if masks else Paired(tuple(images))


def _planned(path: str, role: str) -> PlannedImage | None:
    """An image by its role; None for masks and what is left out."""
    name, _, argument = role.partition(":")
    if name in (TRAIN, TEST, GOOD):
        return PlannedImage(path, name, GOOD)
    if name == BY_MASK:
        return PlannedImage(path, argument or GOOD, GOOD, by_mask=True)
    return PlannedImage(path, TEST, kind_name(argument)) if name == DEFECT else None


def _by_names(images: list[PlannedImage], masks: Iterable[str], root: str) -> Paired:
    index: dict[str, list[int]] = defaultdict(list)
    for number, image in enumerate(images):
        index[PurePosixPath(image.path).stem.lower()].append(number)
    masks_of: dict[int, list[str]] = defaultdict(list)
    lost, several = [], []
    for mask in masks:
        candidates = _candidates(mask, images, index, root)
        marked = [number for number in candidates if not images[number].is_good or images[number].by_mask]
        if len(marked) == 1:
            masks_of[marked[0]].append(mask)
        elif marked:
            several.append(mask)
        elif not candidates:
            lost.append(mask)
    given = tuple(
        replace(image, masks=(*image.masks, *masks_of[number])) if number in masks_of else image
        for number, image in enumerate(images)
    )
    remarks = _remark(lost, "no picture") + _remark(several, "several pictures")
    return Paired(given, remarks)


def _remark(masks: Sequence[str], what: str) -> tuple[str, ...]:
    if not masks:
        return ()
    names = ", ".join(repr(display_name(path, 80)) for path in masks[:3])
    more = f" and {len(masks) - 3} more" if len(masks) > 3 else ""
    said = (
        f"1 mask fits {what} by its name and is"
        if len(masks) == 1
        else f"{len(masks):,} masks fit {what} by their names and are"
    )
    return (f"{said} left out: {names}{more}.",)


def _candidates(
    mask: str, images: Sequence[PlannedImage], index: dict[str, list[int]], root: str
) -> list[int]:
    """Places of the images that a mask may belong to, by the first reading of its name that fits any."""
    folders = [plain(part) for part in mask.removeprefix(root).split("/")[:-1]]
    folders = [part for part in folders if part not in MASK_WORDS and part not in IMAGE_WORDS]
    stem = PurePosixPath(mask).stem.lower()
    readings = [(folders, mask_stem(stem)), (folders, stem)]
    if folders:  # MVTec LOCO: a folder of masks for each image
        readings.append((folders[:-1], mask.split("/")[-2].lower()))
    for inside, name in readings:
        numbers = index.get(name, [])
        if len(numbers) > _MOST_NAMESAKES:
            continue
        fitting = [number for number in numbers if set(inside) <= set(_words(images[number].path, root))]
        beside = [number for number in fitting if _folder(images[number].path) == _folder(mask)]
        if fitting:
            return beside or fitting
    return []


def _words(path: str, root: str) -> list[str]:
    return [plain(part) for part in path.removeprefix(root).split("/")[:-1]]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def place_names(images: Sequence[PlannedImage], root: str) -> list[str]:
    """Returns where each image goes, as `test/scratch/cam1_003.png`; folders that say nothing more are left out of the names."""
    taken: set[str] = set()
    places = []
    for image in images:
        folder = f"{image.split}/{image.defect}"
        place = next(
            place
            for name in _names(image, root)
            if (place := f"{folder}/{name}") and _key(place) not in taken
        )
        taken.add(_key(place))
        places.append(place)
    return places


def _key(place: str) -> str:
    """By which two places must differ: masks are found by the stem, and some disks do not tell upper from lower case."""
    return place.rpartition(".")[0].lower()


def _names(image: PlannedImage, root: str) -> Iterable[str]:
    *folders, name = image.path.removeprefix(root).split("/")
    kept = [part for part in folders if plain(part) not in _SILENT and kind_name(part) != image.defect]
    yield "_".join([*kept, name])
    yield "_".join([*folders, name])
    stem, _, ending = name.rpartition(".")
    yield "_".join([*folders, f"{stem}_{ending}.{ending}"])
    number = 1
    while True:
        number += 1
        yield "_".join([*folders, f"{stem}_{number}.{ending}"])


def kind_name(text: str) -> str:
    """A folder's name for a kind of defect: no path, not hidden, and no word for good parts."""
    name = re.sub(r"[^\w .+-]+", "_", unicodedata.normalize("NFC", text)).strip(" .")[:_LONGEST_KIND]
    return f"{DEFECT}_{name}".rstrip("_") if not name or plain(name) in GOOD_WORDS else name
