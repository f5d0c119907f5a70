"""Writes generated parts to disk in MVTec layout: once, whole or not at all."""

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

from favae_demo.core.files import atomic_path
from favae_demo.data.synthetic.catalogue import render_part, sample_part

VERSION = 2  # raise it when the renderer changes: old images are then not used any more
TRAIN_GOOD, TEST_GOOD, TEST_DEFECT = 120, 20, 10
ABANDONED = 3600  # seconds after which a temporary folder has no owner any more
NOTE = """Generated sample parts

These pictures are generated sample parts: they were drawn by a program (the renderer of FAVAE Demo, version {version}).
They show no real product and are no photographs. Figures measured on them say nothing about real parts.

Licence: CC0 1.0 Universal. To the extent possible under law, all rights are waived.
https://creativecommons.org/publicdomain/zero/1.0/
"""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class _Shot:
    """One image to take: its path below the category's folder, the part's seed, the defect, the mask's path."""

    path: str
    seed: int
    defect: str | None = None
    mask: str | None = None


def ensure_samples(
    category: str, cache_dir: Path, *, seed: int = 0, progress: Progress | None = None
) -> Path:
    """Renders a generated category on first use.

    The images are written to a temporary folder that is renamed when it is complete: a killed run leaves nothing that
    looks like data, and of two runs at once the first to finish wins.

    Args:
        category: A key of `SAMPLE_CATEGORIES`.
        cache_dir: The app's cache folder.
        seed: Which set of parts, ≥ 0. Sets of other seeds than 0 lie in folders of their own.
        progress: Is told the share that is done, in [0, 1]. An exception it raises stops the work.

    Returns:
        The data folder that holds `<category>/train/good`, `test/<kind>` and `ground_truth/<defect>`.

    Raises:
        DataError: There is no such generated category.
    """
    shots = list(_shots(category, seed))
    data_dir = cache_dir / "sample_parts" / (f"v{VERSION}" if seed == 0 else f"v{VERSION}-seed{seed}")
    target = data_dir / category
    if target.is_dir():
        return data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    _write_note(data_dir)
    # Beside the data folder, not in it: whoever lists the categories must not meet half a one.
    _sweep(data_dir.parent)
    staging = data_dir.parent / f".{category}.{uuid.uuid4().hex}.tmp"
    try:
        _take(category, shots, staging, progress)
        _write_note(staging)
        _publish(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return data_dir


def _shots(category: str, seed: int) -> Iterator[_Shot]:
    """All images of a category. No part is shown twice, so no test image has a twin in training."""
    first = seed * 100_000
    for i in range(TRAIN_GOOD):
        yield _Shot(f"train/good/{i:03}.png", first + i)
    for i in range(TEST_GOOD):
        yield _Shot(f"test/good/{i:03}.png", first + 10_000 + i)
    for kind, defect in enumerate(sample_part(category).defects):
        for i in range(TEST_DEFECT):
            mask = f"ground_truth/{defect}/{i:03}_mask.png"
            yield _Shot(f"test/{defect}/{i:03}.png", first + 20_000 + 1_000 * kind + i, defect, mask)


def _take(category: str, shots: list[_Shot], folder: Path, progress: Progress | None) -> None:
    # Threads suffice: nearly all of the time is spent in NumPy and OpenCV, which let other threads run meanwhile.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        jobs = [pool.submit(_take_one, category, shot, folder) for shot in shots]
        try:
            for done, job in enumerate(as_completed(jobs), 1):
                job.result()
                if progress is not None:
                    progress(done / len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _take_one(category: str, shot: _Shot, folder: Path) -> None:
    image, mask = render_part(category, shot.seed, shot.defect)
    _write_png(folder / shot.path, image[..., ::-1])
    if shot.mask is not None:
        _write_png(folder / shot.mask, mask.astype(np.uint8) * 255)


def _write_png(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    # `cv2.imwrite` fails silently, and on some paths with letters beyond ASCII.
    path.write_bytes(data.tobytes())


def _write_note(folder: Path) -> None:
    with atomic_path(folder / "README.txt") as temporary:
        temporary.write_text(NOTE.format(version=VERSION), encoding="utf-8")


def _sweep(folder: Path) -> None:
    """Removes what killed runs left behind; younger folders may belong to a run at work."""
    for leftover in folder.glob(".sample_*.tmp"):
        with contextlib.suppress(OSError):  # another run may be sweeping too
            if time.time() - leftover.stat().st_mtime > ABANDONED:
                shutil.rmtree(leftover, ignore_errors=True)


def _publish(staging: Path, target: Path) -> None:
    """Moves the finished folder to its place, unless another run was faster."""
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():
            raise
