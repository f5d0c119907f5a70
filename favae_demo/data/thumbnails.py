"""Small images for the gallery, made once and kept on disk."""

import contextlib
import hashlib
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from favae_demo.core.errors import DataError, ImageError
from favae_demo.core.files import atomic_path
from favae_demo.core.settings import APP
from favae_demo.data.io.deep_files import shrunk
from favae_demo.data.io.images import decode
from favae_demo.data.io.levels import Levels
from favae_demo.data.mvtec import Sample

SIDE = 160
_FORMAT = 3  # goes up when the same file would look different


def thumbnails(samples: Sequence[Sample], cache_dir: Path, levels: Levels | None = None) -> list[Path]:
    """Paths of WebP thumbnails of some images, their longer side 160 pixels, in order; missing ones are made in parallel.

    Args:
        samples: The images.
        cache_dir: The app's cache folder.
        levels: Black and white level of images with more than 8 bits, as for `decode`.

    Raises:
        DataError: They can be written nowhere.
    """
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda sample: _thumbnail(sample.path, cache_dir, levels), samples))


def forget(samples: Sequence[Sample], cache_dir: Path) -> None:
    """Removes the thumbnails of images that are about to be deleted."""
    for sample in samples:
        usual = _place(sample.path, cache_dir, None)
        for made in usual.parent.glob(f"{usual.stem}*"):  # those of other levels too
            made.unlink(missing_ok=True)


def _place(path: Path, cache_dir: Path, levels: Levels | None) -> Path:
    stamp = f"{_FORMAT} {path.resolve()} {path.stat().st_mtime_ns}"
    name = hashlib.sha256(stamp.encode()).hexdigest()[:24]
    own = "" if levels is None else f"-{levels.black!r}-{levels.white!r}"
    return cache_dir / "thumbnails" / f"{name}{own}.webp"


def _thumbnail(path: Path, cache_dir: Path, levels: Levels | None) -> Path:
    # The temporary folder serves if the cache is full or read-only.
    for folder in (cache_dir, Path(tempfile.gettempdir()) / APP):
        target = _place(path, folder, levels)
        with contextlib.suppress(OSError):
            if not target.exists():
                with atomic_path(target) as temporary:
                    Image.fromarray(_small(path, levels)).save(temporary, format="WEBP", quality=80)
            return target
    raise DataError(
        "Small pictures cannot be written: the disk is full, or the cache folder can only be read."
    )


def _small(path: Path, levels: Levels | None) -> np.ndarray:
    """Returns the image at thumbnail size, or a crossed-out tile if it cannot be read, so that the other images are still shown."""
    try:
        return shrunk(decode(path, levels), SIDE)
    except ImageError:
        tile = np.full((SIDE, SIDE, 3), 200, np.uint8)
        for start, end in (((20, 20), (140, 140)), ((140, 20), (20, 140))):
            cv2.line(tile, start, end, (90, 90, 90), 6, cv2.LINE_AA)
        return tile
