"""Cache of a category's images at the model's size: decoding hundreds of large files takes seconds, reading the cache almost none.

The key consists of the image files (path, size, time of modification), the size, and the versions of the decoding libraries, so that
an entry holds exactly the pixels that decoding would return.
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
from favae_demo.data.io.levels import Levels

FORMAT = 3  # increase it when the same files give other pixels, or when the format of the entries changes
MOST_BYTES = 1_000_000_000  # about 20,000 images
# Errors on reading a damaged or foreign file; the checksums of the ZIP format detect damage.
_DAMAGES = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


def cached_images(
    paths: Sequence[Path],
    shape: int | tuple[int, int],
    about: str,
    cache_dir: Path | None,
    levels: Levels | None = None,
    *,
    most_bytes: int = MOST_BYTES,
) -> np.ndarray:
    """Loads images like `load_images`, from the cache if the same files were loaded before.

    Args:
        paths: Image files.
        shape: Height and width of the returned images in pixels; one number for a square.
        about: Name of the category, by which `disk_cache.remove_entries` removes its entries.
        cache_dir: The app's cache folder; None disables the cache.
        levels: Black and white level of images with more than 8 bits, as for `decode`.
        most_bytes: Largest size of the entries of all categories, in bytes.

    Returns:
        N×H×W×3 uint8 RGB, in the order of `paths`.

    Raises:
        ImageError: A file cannot be read; the message names it.
    """
    height, width = (shape, shape) if isinstance(shape, int) else shape
    place = _place(paths, (height, width), about, cache_dir, levels) if cache_dir is not None else None
    if place is None:
        return load_images(paths, shape, levels)
    known = _read(place, (len(paths), height, width, 3))
    if known is not None:
        disk_cache.mark_used(place)
        return known
    images = load_images(paths, shape, levels)
    with contextlib.suppress(OSError):  # on a full or read-only disk the images are decoded every time
        with atomic_path(place) as temporary, temporary.open("wb") as file:
            np.savez(file, pictures=images)
        disk_cache.evict(place.parent, most_bytes)
    return images


def _place(
    paths: Sequence[Path], shape: tuple[int, int], about: str, cache_dir: Path, levels: Levels | None
) -> Path | None:
    """Returns the path of the cache entry; None if a file is missing, for which `load_images` then raises."""
    try:
        statuses = [(path.resolve(), path.stat()) for path in paths]
    except OSError:
        return None
    files = [(str(path), status.st_size, status.st_mtime_ns) for path, status in statuses]
    versions = (FORMAT, cv2.__version__, PIL.__version__)
    return disk_cache.entry_path(
        cache_dir / disk_cache.IMAGES, about, [versions, shape, files, levels and levels.to_dict()], ".npz"
    )


def _read(place: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """Reads a cache entry; None if it is missing, damaged or of another shape."""
    try:
        with np.load(place, allow_pickle=False) as file:
            images = file["pictures"]
    except _DAMAGES:
        return None
    return images if images.shape == shape and images.dtype == np.uint8 else None
