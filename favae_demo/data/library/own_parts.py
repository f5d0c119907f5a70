"""The user's own parts: checked images become a category in MVTec layout."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import DataError
from favae_demo.data.io.deep_files import SUFFIX, save_deep, shrunk
from favae_demo.data.io.images import decode, decode_mask, needs_levels, save_png
from favae_demo.data.library.category_levels import levels_of_files, write_note
from favae_demo.data.library.store import Library, Origin, check_new, clean_name, publish, staging
from favae_demo.data.library.upload import FEW_GOOD, UploadedImage, UploadReport

TEST_EVERY = 8  # of so many good images one is kept for testing, where there are at least FEW_GOOD
LONGEST_SIDE = 1024
DEFECT = "defect"


def make_category(
    title: str, report: UploadReport, library: Library, tick: ProgressCallback = lambda done, total: None
) -> str:
    """Writes checked images as a category of the data folder, whole or not at all.

    Images are stored upright, at most 1024 pixels long and without the camera's notes (place, time). From 20 good
    ones on, one in eight is kept for testing.

    Args:
        title: What the user calls the parts.
        report: From `inspect`.
        library: Where it is added.
        tick: Called with images written and in all; stops the work by raising.

    Returns:
        The category's name.

    Raises:
        DataError: Too few images, the name is taken, or the data folder cannot be written.
    """
    name = clean_name(title)
    check_new(name, library, own=True)
    if report.stops:
        raise DataError(report.stops[0])
    with staging(library) as folder:
        write(report, folder / name, library.max_pixels, tick)
        publish(folder / name, name, Origin("own pictures"), library.data_dir)
    return name


def write(report: UploadReport, folder: Path, max_pixels: int, tick: ProgressCallback) -> None:
    """Writes the usable images of a report in MVTec layout into a folder.

    Images of more than 8 bits keep their values; one black and white level for all is noted in the folder.

    Raises:
        DataError: An image is gone, or the disk is full.
    """
    jobs = [(part, folder / place) for part, place in _places(report)]
    levels = levels_of_files([part.path for part in report.good])
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for number, _ in enumerate(pool.map(lambda job: _store(job[0], job[1], max_pixels), jobs), start=1):
            tick(number, len(jobs))
        write_note(folder, levels)
    except OSError as error:
        raise DataError(f"The pictures cannot be written: {error.strerror or error}.") from error
    finally:
        pool.shutdown(cancel_futures=True)  # and waits for what is being written, so that it can be removed


def _places(report: UploadReport) -> list[tuple[UploadedImage, str]]:
    """Where each image goes; its own name stays readable behind a number."""
    spare = len(report.good) >= FEW_GOOD
    places = []
    for number, part in enumerate(report.good):
        split = "test" if spare and number % TEST_EVERY == TEST_EVERY // 2 else "train"
        places.append((part, f"{split}/good/{_file_name(number, part)}"))
    return places + [
        (part, f"test/{DEFECT}/{_file_name(number, part)}") for number, part in enumerate(report.defects)
    ]


def _file_name(number: int, part: UploadedImage) -> str:
    try:
        return f"{number:03}_{clean_name(part.path.stem)}.png"
    except DataError:
        return f"{number:03}.png"


def store_image(
    source: Path, target: Path, max_pixels: int, *, longest: int = LONGEST_SIDE
) -> tuple[int, int]:
    """Stores an image upright, shrunk where it is long, and without the camera's notes; returns its width and height.

    Args:
        source: The file.
        target: A PNG of 8 bits; where the file does not say which value is white, a TIFF of the same stem is written instead.
        max_pixels: As for `decode`.
        longest: Largest side in pixels.
    """
    if deep := needs_levels(source):
        return save_deep(target.with_suffix(SUFFIX), deep, longest)
    image = shrunk(decode(source, max_pixels=max_pixels), longest)
    grey = (image == image[..., :1]).all()
    save_png(target, image[..., 0] if grey else image)
    return image.shape[1], image.shape[0]


def _store(part: UploadedImage, target: Path, max_pixels: int) -> None:
    size = store_image(part.path, target, max_pixels)
    if part.mask:
        mask = decode_mask(part.mask, max_pixels=max_pixels).astype(np.uint8) * 255
        truth = target.parents[2] / "ground_truth" / DEFECT / f"{target.stem}_mask.png"
        save_png(truth, cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST))
