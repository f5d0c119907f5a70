"""Writes generated categories to disk in MVTec layout, once and either completely or not at all."""

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from favae_demo.core.errors import DataError
from favae_demo.core.files import atomic_path
from favae_demo.data.synthetic.catalogue import render_part, sample_part

VERSION = 2  # increase it when the renderer changes, so that old images are no longer used
TRAIN_GOOD, TEST_GOOD, TEST_DEFECT = 120, 20, 10
ABANDONED = 3600  # after this age in seconds, a temporary folder belongs to a process that was killed
NOTE = """Generated sample parts

These pictures are generated sample parts: they were drawn by a program (the renderer of FAVAE Demo, version {version}).
They show no real product and are no photographs. Figures measured on them say nothing about real parts.

Licence: CC0 1.0 Universal. To the extent possible under law, all rights are waived.
https://creativecommons.org/publicdomain/zero/1.0/
"""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class _Shot:
    """An image to be rendered: its path within the category's folder, the part's seed, the defect, the mask's path."""

    path: str
    seed: int
    defect: str | None = None
    mask: str | None = None


def ensure_samples(
    category: str, cache_dir: Path, *, seed: int = 0, progress: Progress | None = None
) -> Path:
    """Renders a generated category on first use.

    The images are written to a temporary folder that is renamed when it is complete. A killed process therefore leaves no
    incomplete category, and of two simultaneous processes, the first one to finish supplies the images.

    Args:
        category: A key of `SAMPLE_CATEGORIES`.
        cache_dir: The app's cache folder.
        seed: Number of the set of parts, ≥ 0. The sets of seeds other than 0 are in separate folders.
        progress: Called with the progress in [0, 1]; an exception that it raises stops the work.

    Returns:
        The data folder, which contains `<category>/train/good`, `<category>/test/<kind>` and `<category>/ground_truth/<defect>`.

    Raises:
        DataError: There is no such generated category.
    """
    shots = list(_shots(category, seed))
    data_dir = sample_dir(cache_dir, seed)
    target = data_dir / category
    if target.is_dir():
        return data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    _write_note(data_dir)
    # The temporary folder is beside the data folder, so that a list of categories never contains an incomplete one.
    _remove_abandoned(data_dir.parent)
    staging = data_dir.parent / f".{category}.{uuid.uuid4().hex}.tmp"
    try:
        _render_all(category, shots, staging, progress)
        _write_note(staging)
        _publish(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return data_dir


def sample_dir(cache_dir: Path, seed: int = 0) -> Path:
    """Returns the data folder of the generated categories, which may not be rendered yet."""
    return cache_dir / "sample_parts" / (f"v{VERSION}" if seed == 0 else f"v{VERSION}-seed{seed}")


def sample_count(category: str) -> int:
    """Returns how many images a generated category has.

    Raises:
        DataError: There is no such generated category.
    """
    return TRAIN_GOOD + TEST_GOOD + TEST_DEFECT * len(sample_part(category).defects)


def render_sample(category: str, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Renders one image of a generated category by its path in it, as `test/crack/000.png`; returns what `render_part` does.

    Raises:
        DataError: There is no such generated category, or no such image in it.
    """
    for shot in _shots(category, 0):
        if shot.path == key:
            return render_part(category, shot.seed, shot.defect)
    raise DataError(f"There is no picture {key!r} among the generated sample parts.")


def _shots(category: str, seed: int) -> Iterator[_Shot]:
    """Yields all images of a category. Each shows another part, so that no test image has a counterpart in training."""
    first = seed * 100_000
    for i in range(TRAIN_GOOD):
        yield _Shot(f"train/good/{i:03}.png", first + i)
    for i in range(TEST_GOOD):
        yield _Shot(f"test/good/{i:03}.png", first + 10_000 + i)
    for kind, defect in enumerate(sample_part(category).defects):
        for i in range(TEST_DEFECT):
            mask = f"ground_truth/{defect}/{i:03}_mask.png"
            yield _Shot(f"test/{defect}/{i:03}.png", first + 20_000 + 1_000 * kind + i, defect, mask)


def _render_all(category: str, shots: list[_Shot], folder: Path, progress: Progress | None) -> None:
    # Threads suffice: nearly all of the time is spent in NumPy and OpenCV, which release the GIL.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        jobs = [pool.submit(_render, category, shot, folder) for shot in shots]
        try:
            for done, job in enumerate(as_completed(jobs), 1):
                job.result()
                if progress is not None:
                    progress(done / len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _render(category: str, shot: _Shot, folder: Path) -> None:
    image, mask = render_part(category, shot.seed, shot.defect)
    _write_png(folder / shot.path, image[..., ::-1])
    if shot.mask is not None:
        _write_png(folder / shot.mask, mask.astype(np.uint8) * 255)


def _write_png(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    # `cv2.imwrite` reports no errors, and fails for some paths with non-ASCII characters.
    path.write_bytes(data.tobytes())


def _write_note(folder: Path) -> None:
    with atomic_path(folder / "README.txt") as temporary:
        temporary.write_text(NOTE.format(version=VERSION), encoding="utf-8")


def _remove_abandoned(folder: Path) -> None:
    """Removes the temporary folders of processes that were killed; younger ones may still be in use."""
    for leftover in folder.glob(".sample_*.tmp"):
        with contextlib.suppress(OSError):  # another process may remove it at the same time
            if time.time() - leftover.stat().st_mtime > ABANDONED:
                shutil.rmtree(leftover, ignore_errors=True)


def _publish(staging: Path, target: Path) -> None:
    """Renames the complete folder to its final path, unless another process has created that meanwhile."""
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():
            raise
