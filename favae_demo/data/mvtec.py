"""Datasets in the layout of MVTec AD (Bergmann et al., CVPR 2019): an index of files.

<category>/train/good/*            good parts to learn from
<category>/test/<defect>/*         test images; `good` is one of the folders
<category>/ground_truth/<defect>/  <stem>_mask.png (or <stem>.png): above 0 where the defect is

A folder of good parts may also be called `ok`, `OK`, `normal` and the like, and images may lie in folders of these (one a camera).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.io.directory import entries, folders, images, is_folder
from favae_demo.data.io.images import decode_mask, resize_mask
from favae_demo.data.mask_files import match_masks

GOOD = "good"
GOOD_NAMES = frozenset({GOOD, "ok", "okay", "normal", "io", "ok_front", "defect_free", "no_defect"})
"""Names of folders of good parts, in lower case."""
_DEEPEST = 3  # folders below the folder of a kind


@dataclass(frozen=True)
class Sample:
    """One image of a category.

    Attributes:
        path: The image's file.
        split: `train` or `test`.
        defect: `good`, or the name of the defect's folder.
        mask_path: The ground-truth mask's file, or None (always None for a good part).
        mask_problem: Why the mask cannot be used, a phrase that follows its name; empty if nothing is known against it.
        inner: Path below the folder of its kind, where that is more than the file's name.
    """

    path: Path
    split: Literal["train", "test"]
    defect: str
    mask_path: Path | None = None
    mask_problem: str = ""
    inner: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the part is free of defects."""
        return self.defect == GOOD

    @property
    def has_ground_truth(self) -> bool:
        """Whether it is known which pixels are defective: a good part, or a defect with a usable mask."""
        return self.is_good or (self.mask_path is not None and not self.mask_problem)

    @property
    def name(self) -> str:
        """Name within the images of its kind, as `000.png`."""
        return self.inner or self.path.name

    @property
    def key(self) -> str:
        """Name within the category, as `test/broken_large/000.png`."""
        return f"{self.split}/{self.defect}/{self.name}"


def whole_key(key: str) -> str:
    """Returns a sample's key as it is, or with the leading `test/` that may be left out."""
    return key if key.startswith(("test/", "train/")) else f"test/{key}"


@dataclass(frozen=True)
class Category:
    """Index of one category's files; no image is read.

    Attributes:
        name: The folder's name.
        root: The folder.
        samples: All images: training, good test images, then defect by defect, each in natural order.
    """

    name: str
    root: Path
    samples: tuple[Sample, ...]

    @cached_property
    def train(self) -> tuple[Sample, ...]:
        """Good training images."""
        return tuple(sample for sample in self.samples if sample.split == "train")

    @cached_property
    def test(self) -> tuple[Sample, ...]:
        """Test images, good ones first."""
        return tuple(sample for sample in self.samples if sample.split == "test")

    @property
    def defects(self) -> tuple[str, ...]:
        """Names of the defects in the test images, without `good`."""
        return tuple(defect for defect in self.counts if defect != GOOD)

    @property
    def counts(self) -> dict[str, int]:
        """Number of test images by folder: `good` (if any) first, then each defect."""
        kinds = [sample.defect for sample in self.test]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def find(self, key: str) -> Sample:
        """The sample of a key such as `test/good/003.png`.

        Raises:
            DataError: There is none.
        """
        for sample in self.samples:
            if sample.key == key:
                return sample
        raise DataError(f"The category {self.name!r} has no picture {key!r}.")

    def without(self, names: Collection[str]) -> "Category":
        """Returns the category without some of its good training images.

        Args:
            names: `Sample.name` or `Sample.key` of each.

        Raises:
            DataError: There is no such training image.
        """
        known = {name for sample in self.train for name in (sample.name, sample.key)}
        if unknown := [name for name in names if name not in known]:
            raise DataError(
                f"The category {self.name!r} has no good training picture {display_name(unknown[0])!r} to leave out; "
                f"its pictures are named as {self.train[0].name!r}."
                if self.train
                else f"The category {self.name!r} has no training pictures."
            )
        left = {sample for sample in self.train if sample.name in names or sample.key in names}
        return replace(self, samples=tuple(sample for sample in self.samples if sample not in left))

    def describe(self) -> str:
        """One sentence on what is there and what is missing."""
        parts = [
            f"{_count(len(self.train), 'good part')} for training" if self.train else "no training pictures",
            self._describe_test() if self.test else "no test pictures",
        ]
        without_mask = sum(not sample.is_good and sample.mask_path is None for sample in self.test)
        if without_mask:
            parts.append(f"{_count(without_mask, 'defect picture')} without a mask")
        unusable = sum(bool(sample.mask_problem) for sample in self.test)
        if unusable:
            parts.append(f"{_count(unusable, 'mask')} that cannot be used")
        sentence = "; ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}."

    def _describe_test(self) -> str:
        good = self.counts.get(GOOD, 0)
        text = f"{_count(len(self.test), 'test picture')}: {good or 'none'} good"
        if not self.defects:
            return f"{text}, none with defects"
        listed = ", ".join(f"{defect.replace('_', ' ')} {self.counts[defect]}" for defect in self.defects)
        return f"{text}, {len(self.test) - good} with defects ({listed})"


def list_categories(data_dir: Path | str) -> list[str]:
    """Names of the categories in a folder, in natural order; none if the folder does not exist."""
    return [folder.name for folder in folders(Path(data_dir)) if _is_category(folder)]


def has_category(data_dir: Path | str, name: str) -> bool:
    """Whether a folder has a category of this name: as `list_categories`, but without reading the others."""
    data_dir = Path(data_dir)
    # A name is accepted only if listing the folder yields it, so no name can lead out of the folder.
    return any(path.name == name and is_folder(path) for path in entries(data_dir)) and _is_category(
        data_dir / name
    )


def load_category(data_dir: Path | str, name: str) -> Category:
    """Indexes a category; test images or masks may be missing (`Category.describe` tells).

    Args:
        data_dir: Folder with one sub-folder a category.
        name: The category's folder name.

    Raises:
        DataError: There is no such category; the sentence lists those that exist.
    """
    data_dir = Path(data_dir)
    if not has_category(data_dir, name):
        known = list_categories(data_dir)
        exist = f"there are {', '.join(known)}" if known else "there are none"
        hint = level_hint(data_dir)
        raise DataError(
            f"There is no category {name!r} in the folder {str(data_dir)!r}; {exist}.{hint and f' {hint}'}"
        )
    root = data_dir / name
    samples = [
        sample for folder in _good_folders(root / "train") for sample in _samples(folder, "train", root)
    ]
    # `False` sorts before `True`: good images come first.
    for folder in sorted(folders(root / "test"), key=lambda folder: not _is_good(folder)):
        samples += _samples(folder, "test", root)
    return Category(name, root, tuple(samples))


def level_hint(data_dir: Path) -> str:
    """Returns a sentence if a folder without categories is one level off: a category itself, or a folder above them; else an empty string."""
    data_dir = Path(data_dir).resolve()
    if list_categories(data_dir):
        return ""
    if _is_category(data_dir):
        return f"That folder is a category itself; give the folder above it, {str(data_dir.parent)!r}."
    inner = next((folder for folder in folders(data_dir) if list_categories(folder)), None)
    return f"The categories lie one level deeper; give the folder {str(inner)!r}." if inner else ""


def _samples(folder: Path, split: Literal["train", "test"], root: Path) -> Iterator[Sample]:
    """The images of one kind, with their masks."""
    is_good = _is_good(folder)
    defect = GOOD if is_good else folder.name
    # Keys stay different where good parts lie in two folders, as `good` and `OK`.
    is_second = is_good and folder.name != GOOD and len(_good_folders(folder.parent)) > 1
    for inside in _with_inner(folder):
        below = inside.relative_to(folder)
        masks = [] if is_good else images(root / "ground_truth" / folder.name / below)
        for path, (mask, problem) in match_masks(images(inside), masks).items():
            inner = (folder.name / below if is_second else below) / path.name
            is_deep = len(inner.parts) > 1
            yield Sample(path, split, defect, mask, problem, inner.as_posix() if is_deep else "")


def require_training(category: Category, minimum: int = 2) -> None:
    """Checks that there are enough good images to train on.

    Raises:
        DataError: There are fewer than `minimum`.
    """
    if len(category.train) < minimum:
        raise DataError(
            f"The category {category.name!r} has {_count(len(category.train), 'good training picture')}, but training needs "
            f"at least {minimum}; put pictures of good parts into {str(category.root / 'train' / GOOD)!r}."
        )


def load_mask(sample: Sample, shape: int | tuple[int, int]) -> np.ndarray:
    """Returns the ground truth of an image as H×W bool: all False for a good part.

    A defect without a usable mask gives all False too, which is not the truth: leave out samples whose `has_ground_truth` is False before
    measuring anything per pixel.

    Args:
        sample: The image.
        shape: Wanted height and width in pixels; one number for a square.

    Raises:
        ImageError: The mask cannot be read; the sentence names it.
    """
    if sample.mask_path is None or sample.mask_problem:
        return np.zeros((shape, shape) if isinstance(shape, int) else shape, bool)
    return resize_mask(decode_mask(sample.mask_path), shape)


def _is_category(folder: Path) -> bool:
    return bool(_good_folders(folder / "train")) or is_folder(folder / "test")


def _is_good(folder: Path) -> bool:
    return folder.name.lower().replace("-", "_") in GOOD_NAMES


def _good_folders(folder: Path) -> list[Path]:
    return [inner for inner in folders(folder) if _is_good(inner)]


def _with_inner(folder: Path, depth: int = _DEEPEST) -> list[Path]:
    """A folder and the folders in it."""
    inner = folders(folder) if depth else []
    return [folder, *(path for each in inner for path in _with_inner(each, depth - 1))]


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
