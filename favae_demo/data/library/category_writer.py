"""Carries out the plan of a category: checks its images, brings masks and images together, and writes them in MVTec layout."""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import DataError, ImageError, PlanError
from favae_demo.core.files import display_name
from favae_demo.core.plain_text import counted
from favae_demo.data.io import extraction
from favae_demo.data.io.images import decode, decode_mask, save_png
from favae_demo.data.library import own_parts
from favae_demo.data.library.annotations import draw_mask
from favae_demo.data.library.category_levels import levels_of_files, write_note
from favae_demo.data.library.image_facts import read_problem
from favae_demo.data.library.import_progress import CHECKING, WRITING
from favae_demo.data.library.pairing import PlannedImage, pair, place_names
from favae_demo.data.library.plan_rows import CategoryPlan
from favae_demo.data.library.roles import GOOD, TEST, TRAIN
from favae_demo.data.library.upload import FEW_GOOD, FINE, UNREADABLE, UploadedImage, UploadReport
from favae_demo.data.library.upload_checks import inspect_parts

_SHOWN = 3  # masks named in a sentence
_NOTES = ("readme", "license", "licence", "attribution", "copying")


@dataclass(frozen=True)
class CategoryWriter:
    """Writes one category of an import plan into a folder in MVTec layout.

    Attributes:
        source: Folder of the unpacked source.
        target: Folder of the new category.
        max_pixels: Largest image that is read.
        verbatim: Whether files are moved as they are.
        proved: Whether a checksum has proved the source, so that its images need no check.
    """

    source: Path
    target: Path
    max_pixels: int
    verbatim: bool
    proved: bool

    def write(self, category: CategoryPlan, tick: Callable[[str], ProgressCallback]) -> list[str]:
        """Writes the images and masks of a category, and returns sentences on what was left out or looks odd.

        Raises:
            DataError: It has no good parts for training, or an image of a published layout is damaged.
        """
        paired = pair(category)
        images, remarks = self._with_good_masks([*paired.images])
        _check_by_mask(images)
        said = [*paired.remarks, *remarks]
        if not self.proved:
            images, remarks = self._checked(images, tick(CHECKING))
            said += remarks
        images = _spread(images)
        if not any(image.split == TRAIN for image in images):
            raise PlanError(
                "No good parts to learn from were found; give their folder that role.", "FOLDER", TRAIN
            )
        self._write(images, category.root, tick(WRITING))
        self._keep_notes(category.root)
        return said

    def _with_good_masks(self, images: list[PlannedImage]) -> tuple[list[PlannedImage], list[str]]:
        """Leaves out masks that cannot be read or mark nothing, and tells good parts from defects by the others."""
        broken: list[str] = []
        empty: list[str] = []

        def sorted_out(image: PlannedImage) -> PlannedImage:
            marks = []
            for mask in image.masks:
                is_marked = self._marks(mask)
                if is_marked:
                    marks.append(mask)
                elif is_marked is None:
                    broken.append(mask)
                elif not image.by_mask:
                    empty.append(mask)
            masks = tuple(marks)
            is_defect = image.by_mask and (masks or image.drawing)
            return (
                replace(image, masks=masks, split=TEST, defect=own_parts.DEFECT)
                if is_defect
                else replace(image, masks=masks)
            )

        with ThreadPoolExecutor(_threads()) as pool:
            images = list(pool.map(sorted_out, images))
        return images, [
            *_on_masks(broken, "cannot be read", "cannot be read"),
            *_on_masks(empty, "marks nothing", "mark nothing"),
        ]

    def _marks(self, mask: str) -> bool | None:
        """Whether a mask marks anything; None if it cannot be read."""
        try:
            return bool(decode_mask(self.source / mask, max_pixels=self.max_pixels).any())
        except ImageError:
            return None

    def _checked(
        self, images: list[PlannedImage], tick: ProgressCallback
    ) -> tuple[list[PlannedImage], list[str]]:
        """Images that are used, and what the check says."""
        order = sorted(images, key=lambda image: (image.split == TEST, not image.is_good))  # training first
        parts = [
            UploadedImage(self.source / image.path, image.is_good, in_test=image.split == TEST)
            for image in order
        ]
        report = inspect_parts(parts, max_pixels=self.max_pixels, tick=tick, keep=self.verbatim)
        self._refuse(report)
        used = {part.path for part in report.parts if part.used}
        images = [image for image in images if self.source / image.path in used]
        return images, [finding.sentence for finding in report.findings if finding.level != FINE]

    def _refuse(self, report: UploadReport) -> None:
        """One damaged image would stop a training later, so in a published layout it stops the adding now."""
        if report.stops:
            raise DataError(report.stops[0])
        bad = [part.path for part in report.parts if part.note == UNREADABLE]
        if self.verbatim and bad:
            more = f" {len(bad) - 1} more cannot be read either." if len(bad) > 1 else ""
            folder = display_name(bad[0].parent.relative_to(self.source).as_posix())
            why = read_problem(bad[0], self.max_pixels)
            raise DataError(f"In the folder {folder!r}: {why}{more} Nothing was added.")

    def _write(self, images: Sequence[PlannedImage], root: str, tick: ProgressCallback) -> None:
        places = place_names(images, root)
        learned = [self.source / image.path for image in images if image.split == TRAIN and not self.verbatim]
        levels = levels_of_files(learned)
        pool = ThreadPoolExecutor(_threads())
        try:
            for number, _ in enumerate(pool.map(self._store, images, places), start=1):
                tick(number, len(images))
            write_note(self.target, levels)
        except OSError as error:
            raise DataError(f"The pictures cannot be written: {error.strerror or error}.") from error
        finally:
            pool.shutdown(
                cancel_futures=True
            )  # and waits for what is being written, so that it can be removed

    def _store(self, image: PlannedImage, place: str) -> None:
        source, target = self.source / image.path, self.target / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self.verbatim:
            target = target.with_suffix(".png")
            own_parts.store_image(source, target, self.max_pixels)
        if not image.is_good:
            self._store_mask(image, target)
        if self.verbatim:
            source.rename(target)

    def _store_mask(self, image: PlannedImage, target: Path) -> None:
        truth = self.target / "ground_truth" / image.defect / f"{target.stem}_mask.png"
        if self.verbatim and len(image.masks) == 1:
            truth.parent.mkdir(parents=True, exist_ok=True)
            mask = self.source / image.masks[0]
            shutil.copyfile(mask, truth.with_suffix(mask.suffix))
        elif image.masks or image.drawing:
            save_png(truth, self._mask(image))

    def _mask(self, image: PlannedImage) -> np.ndarray:
        """All marks of an image: H×W uint8, 255 where a defect is."""
        if image.drawing:
            height, width = decode(self.source / image.path, max_pixels=self.max_pixels).shape[:2]
            return draw_mask(image.drawing, (width, height), self.max_pixels)
        masks = [decode_mask(self.source / mask, max_pixels=self.max_pixels) for mask in image.masks]
        union = np.zeros(masks[0].shape, np.uint8)
        for mask in masks:
            grown = cv2.resize(mask.astype(np.uint8), union.shape[::-1], interpolation=cv2.INTER_NEAREST)
            union[grown > 0] = 255
        return union

    def _keep_notes(self, root: str) -> None:
        """A data set's licence and description stay with it."""
        for folder in {self.source, self.source / root}:
            for note in folder.iterdir():
                if (
                    note.is_file()
                    and note.name.lower().startswith(_NOTES)
                    and note.suffix.lower() in extraction.NOTES
                ):
                    shutil.copyfile(note, self.target / note.name)


def _threads() -> int:
    return min(4, os.cpu_count() or 1)


def _check_by_mask(images: Sequence[PlannedImage]) -> None:
    """Checks that masks that tell good parts from defects leave good parts.

    Raises:
        DataError: Each marks a defect.
    """
    marked = sum(image.by_mask and not image.is_good for image in images)
    if marked and not any(image.is_good for image in images):
        raise DataError(
            f"No usable pictures of good parts: {marked:,} with a mask that marks something, which makes them defects, and no "
            "others. Add pictures of good parts, without a mask or with an empty one."
        )


def _on_masks(masks: Sequence[str], one: str, several: str) -> Iterable[str]:
    if not masks:
        return ()
    names = ", ".join(repr(display_name(path, 80)) for path in masks[:_SHOWN])
    more = f" and {len(masks) - _SHOWN} more" if len(masks) > _SHOWN else ""
    return (
        f"{counted(len(masks), 'mask')} {one if len(masks) == 1 else several}, so left out: {names}{more}.",
    )


def _spread(images: Sequence[PlannedImage]) -> list[PlannedImage]:
    """Keeps one in eight of the good parts without a split for testing, where there are enough of them and no others."""
    free = [number for number, image in enumerate(images) if image.split == GOOD]
    enough = len(free) >= FEW_GOOD and not any(image.is_good and image.split == TEST for image in images)
    every = own_parts.TEST_EVERY
    kept = set(free[every // 2 :: every]) if enough else set()
    return [
        replace(image, split=TEST if number in kept else TRAIN) if image.split == GOOD else image
        for number, image in enumerate(images)
    ]
