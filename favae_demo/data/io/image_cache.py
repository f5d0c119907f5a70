"""Images of a category at the model's size, kept on disk: decoding hundreds of large files takes seconds, reading this none.

A kept file is found by the image files (place, size, time of change), the size and the versions of what decodes, so
it holds exactly what decoding would give.
"""

import contextlib
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import PIL

from favae_demo.core import disk_cache
from favae_demo.core.files import atomic_path
from favae_demo.data.io.images import load_images

FORMAT = 1  # goes up when the same files would give other pixels, or the file changes
MOST_BYTES = 1_000_000_000  # about 20,000 images
# What reading a file raises that is no file of ours, or a damaged one; the archive carries a checksum.
_DAMAGES = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


def cached_images(
    paths: Sequence[Path], size: int, about: str, cache_dir: Path | None, *, most_bytes: int = MOST_BYTES
) -> np.ndarray:
    """As `load_images`, but from disk where the same files were loaded before.

    Args:
        paths: Image files; their order is kept.
        size: Side of the square result in pixels.
        about: The category's name; `disk_cache.remove_entries` with it removes what is kept.
        cache_dir: The app's cache folder; None neither reads nor keeps anything.
        most_bytes: Bytes kept of all categories together.

    Returns:
        N×size×size×3 uint8 RGB.

    Raises:
        ImageError: One of the files cannot be read; the sentence names it.
    """
    place = _place(paths, size, about, cache_dir) if cache_dir is not None else None
    if place is None:
        return load_images(paths, size)
    known = _read(place, (len(paths), size, size, 3))
    if known is not None:
        disk_cache.mark_used(place)
        return known
    images = load_images(paths, size)
    with contextlib.suppress(OSError):  # a full or read-only disk costs time, not the training
        with atomic_path(place) as temporary, temporary.open("wb") as file:
            np.savez(file, pictures=images)
        disk_cache.evict(place.parent, most_bytes)
    return images


def _place(paths: Sequence[Path], size: int, about: str, cache_dir: Path) -> Path | None:
    """Where these images are kept; None where a file is missing, which loading then says in words."""
    try:
        statuses = [(path.resolve(), path.stat()) for path in paths]
    except OSError:
        return None
    files = [(str(path), status.st_size, status.st_mtime_ns) for path, status in statuses]
    versions = (FORMAT, cv2.__version__, PIL.__version__)
    return disk_cache.entry_path(cache_dir / disk_cache.IMAGES, about, [versions, size, files], ".npz")


def _read(place: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    try:
        with np.load(place, allow_pickle=False) as file:
            images = file["pictures"]
    except _DAMAGES:
        return None
    return images if images.shape == shape and images.dtype == np.uint8 else None
