"""Black and white level of a category: decided once from all of its training images, and used for every later one."""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from favae_demo.core import disk_cache
from favae_demo.core.errors import DataError
from favae_demo.core.files import read_json, write_json
from favae_demo.data.io.images import needs_levels
from favae_demo.data.io.levels import TYPE_LEVELS, Extent, Levels, decide, extent
from favae_demo.data.library.store import Library, check_writable
from favae_demo.data.mvtec import Category, load_category

NOTE = ".favae-levels.json"  # in the folder of a category whose levels were noted when it was added, or set by hand
EIGHT_BITS = (
    "The pictures of {name!r} have 8 bits, or say themselves which value is white; there is no level to set."
)
_MOST_BYTES = 10_000_000  # in the cache, of all categories
_FORMAT = 1  # goes up when the same files would give other levels
_File = tuple[str, int, int]


def category_levels(category: Category, cache_dir: Path | None = None) -> Levels | None:
    """The levels that a category's images are converted with; None where all training images have 8 bits or say their white level.

    What is noted in the category's folder comes first: the levels of the images before they were shrunk, or what the user has set.

    Args:
        category: The category.
        cache_dir: The app's cache folder, so that the training images are read only once; None keeps the result in memory alone.
    """
    noted = _noted(category)
    return noted or training_levels([sample.path for sample in category.train], category.name, cache_dir)


def training_levels(paths: Sequence[Path], about: str, cache_dir: Path | None = None) -> Levels | None:
    """As `category_levels`, from image files.

    Args:
        paths: The training images.
        about: The category's name.
        cache_dir: As for `category_levels`.
    """
    files = []
    for path in paths:
        with contextlib.suppress(OSError):  # reading it later says in words that it is gone
            status = path.stat()
            files.append((str(path), status.st_size, status.st_mtime_ns))
    return _decided(tuple(files), about, cache_dir)


def levels_of_files(paths: Sequence[Path]) -> Levels | None:
    """The levels that hold some image files; None where all have 8 bits or say their white level, or cannot be read."""

    def one(path: Path) -> Extent | None:
        image = needs_levels(path)
        return None if image is None else extent(image.pixels)

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return decide([one_extent for one_extent in pool.map(one, paths) if one_extent is not None])


def write_note(root: Path, levels: Levels | None) -> None:
    """Notes in a category's folder with which levels its images are converted; nothing where they need none."""
    if levels is not None:
        write_json(root / NOTE, {"levels": levels.to_dict()})


def set_levels(name: str, levels: Levels | None, library: Library) -> Levels:
    """Sets the black and white level of a category; models that are there keep the one they were trained with.

    Args:
        name: The category.
        levels: The levels; None decides them from the training images again.
        library: The data folder.

    Returns:
        The levels from now on.

    Raises:
        DataError: There is no such category, its images have 8 bits, or its folder cannot be written.
    """
    category = load_category(library.data_dir, name)
    if category_levels(category, library.cache_dir) is None:
        raise DataError(EIGHT_BITS.format(name=name))
    check_writable(library)
    try:
        with _writable(category.root):
            (category.root / NOTE).unlink(missing_ok=True)
            write_note(category.root, levels)
    except OSError as error:
        raise DataError(
            f"The folder {str(category.root)!r} cannot be written: {error.strerror or error}."
        ) from error
    return category_levels(category, library.cache_dir) or TYPE_LEVELS


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """A folder that the app made read-only when it added it can be written meanwhile."""
    mode = folder.stat().st_mode
    folder.chmod(mode | stat.S_IWUSR)
    try:
        yield
    finally:
        folder.chmod(mode)


@lru_cache(maxsize=64)
def _decided(files: tuple[_File, ...], about: str, cache_dir: Path | None) -> Levels | None:
    place = None
    if cache_dir is not None:
        place = disk_cache.entry_path(cache_dir / disk_cache.LEVELS, about, [_FORMAT, files], ".json")
        with contextlib.suppress(OSError, ValueError):
            return _from_record(read_json(place))
    levels = levels_of_files([Path(path) for path, _, _ in files])
    if place is not None:
        with contextlib.suppress(OSError):  # a full or read-only disk costs time only
            write_json(place, {"levels": levels and levels.to_dict()})
            disk_cache.evict(place.parent, _MOST_BYTES)
    return levels


def _noted(category: Category) -> Levels | None:
    try:
        return _from_record(read_json(category.root / NOTE))
    except (OSError, ValueError):
        return None


def _from_record(record: object) -> Levels | None:
    """Levels of a JSON object with `levels`, which may be null or missing.

    Raises:
        ValueError: It is no such object.
    """
    if not isinstance(record, dict):
        raise ValueError("no record of levels")
    levels = record.get("levels")
    return None if levels is None else Levels.from_dict(levels)
