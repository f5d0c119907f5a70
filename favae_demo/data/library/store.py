"""Categories that the app itself adds to the data folder: whole or not at all, with a note of their origin, and deleted on request.

Only what carries the app's note (`.favae.json`) is ever deleted. A user's own folders are read; the one file that is written there, when
the user sets a black and white level, is `.favae-levels.json`.
"""

import contextlib
import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from favae_demo.config.categories import CATEGORIES, category_info, partial_note
from favae_demo.core import disk_cache
from favae_demo.core.errors import DataError
from favae_demo.core.file_names import portable_name
from favae_demo.core.files import read_json, write_json
from favae_demo.data.library import known_mvtec
from favae_demo.data.mvtec import Category, has_category, load_category
from favae_demo.data.synthetic import SAMPLE_CATEGORIES
from favae_demo.data.thumbnails import forget

MARKER = ".favae.json"
LOCK = ".favae.lock"
STAGING, LEAVING = ".incoming-", ".deleted-"
LOCK_SECONDS = 300.0  # a large category is unpacked in less
LONGEST_NAME = 60
MOST_NAME_BYTES = 120  # runs and files are named after their category, with more behind


@dataclass(frozen=True)
class Library:
    """The data folder as a place where categories are added and deleted.

    Attributes:
        data_dir: Folder with one sub-folder a category.
        cache_dir: Where thumbnails and other copies of its images are cached, and downloads begin.
        max_pixels: Largest image that is accepted, in pixels.
        writable: Whether this installation allows changes.
    """

    data_dir: Path
    cache_dir: Path
    max_pixels: int
    writable: bool = True


@dataclass(frozen=True)
class Origin:
    """Where a category that the app added comes from.

    Attributes:
        source: For people, as `own images`.
        licence: Under which terms, or an empty string.
        taken_from: Name of the archive or folder, or an empty string.
        added: Date and time, ISO 8601.
    """

    source: str
    licence: str = ""
    taken_from: str = ""
    added: str = ""


def origin_of(name: str, data_dir: Path) -> Origin | None:
    """The note that the app left in a category it added; None for every other category."""
    folder = data_dir / name
    if folder.is_symlink():  # the note would be another folder's
        return None
    try:
        record = read_json(folder / MARKER)
        return Origin(**{key: str(record[key]) for key in Origin.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def terms_of(name: str, data_dir: Path) -> Origin:
    """Origin and licence of a category: those noted when it was added, else those of the published set whose pictures it holds.

    A folder that has the name of a published category but holds other pictures is the user's own.
    """
    noted = origin_of(name, data_dir)
    if noted:
        return noted
    info, folder = category_info(name), data_dir / name
    other = info.source == known_mvtec.SOURCE and folder.is_dir() and not known_mvtec.matches(name, folder)
    return Origin("own pictures") if other else Origin(info.source, info.licence)


def partial_data_note(category: Category) -> str:
    """Returns a note if a category holds a part of a published one only, otherwise an empty string."""
    is_own = terms_of(category.name, category.root.parent).source != category_info(category.name).source
    return "" if is_own else partial_note(category.name, len(category.train), len(category.test))


def other_images_note(card_source: str, name: str, data_dir: Path) -> str:
    """Returns a sentence if a model of a published category meets other pictures under its name, otherwise an empty string.

    Args:
        card_source: Where the model's training images came from, as its card says.
        name: Name of the category, which is the model's.
        data_dir: Folder of the category.
    """
    source = terms_of(name, data_dir).source
    if card_source != known_mvtec.SOURCE or source == card_source:
        return ""
    return (
        f"This model was trained on {card_source}'s pictures of {name!r}; these are other pictures, so its results mean nothing here. "
        f"Train one on these; a name such as 'my_{name}' keeps the two apart."
    )


def remarks_of(name: str, data_dir: Path) -> list[str]:
    """Returns what the check found when the app added a category."""
    if origin_of(name, data_dir) is None:
        return []
    remarks = read_json(data_dir / name / MARKER).get("remarks", [])
    return [str(remark) for remark in remarks] if isinstance(remarks, list) else []


def clean_name(text: str) -> str:
    """A category's folder name from what somebody typed: letters, digits, `-` and `_`.

    Raises:
        DataError: Nothing is left of it.
    """
    name = re.sub(r"[^\w-]+", "_", text.strip()).strip("_-")[:LONGEST_NAME].lower()
    if not name:
        raise DataError("Give the parts a name with at least one letter or digit.")
    return portable_name(name, MOST_NAME_BYTES)


def check_new(name: str, library: Library, *, own: bool) -> None:
    """Checks that a category of this name can be added.

    Args:
        name: A clean name.
        library: Where it would be added.
        own: Whether it holds the user's own images, which must not pass for a published data set.

    Raises:
        DataError: The name is taken, or the data folder cannot be written.
    """
    if name in SAMPLE_CATEGORIES or (own and name in CATEGORIES):
        source = CATEGORIES[name].source
        raise DataError(f"The name {name!r} is kept for {source}; choose another one, as in 'my_{name}'.")
    if (library.data_dir / name).exists():
        raise DataError(f"There is already a category {name!r}; choose another name, or delete it first.")
    check_writable(library)


def check_writable(library: Library) -> None:
    """Checks that categories can be added to and deleted from the data folder.

    Raises:
        DataError: This server does not allow it, or the folder is read-only; the sentence says what to set.
    """
    if not library.writable:
        raise DataError("Data cannot be changed on this server; run the app on your own machine for that.")
    folder = library.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{STAGING}{uuid.uuid4().hex}"  # `os.access` tells nothing about a read-only disk
        probe.mkdir()
        probe.rmdir()
    except OSError:
        raise DataError(
            f"The data folder {str(folder)!r} cannot be written; set FAVAE_DATA_DIR to a folder of your own and start the app again."
        ) from None


@contextlib.contextmanager
def staging(library: Library) -> Iterator[Path]:
    """An empty folder inside the data folder, hidden from every listing; it is removed at the end, whatever happens.

    One process at a time has one, so what an earlier, killed one left behind can be removed.

    Raises:
        DataError: The data folder cannot be written, or something else is being added for minutes.
    """
    check_writable(library)
    with _locked(library.data_dir):
        for left in [*library.data_dir.glob(f"{STAGING}*"), *library.data_dir.glob(f"{LEAVING}*")]:
            _remove(left)
        folder = library.data_dir / f"{STAGING}{uuid.uuid4().hex}"
        folder.mkdir()
        try:
            yield folder
        finally:
            _remove(folder)


def publish(folder: Path, name: str, origin: Origin, data_dir: Path, remarks: Sequence[str] = ()) -> None:
    """Moves a finished category out of the staging folder to its place; it becomes read-only.

    Args:
        folder: The finished category.
        name: Its name.
        origin: Where it comes from.
        data_dir: The data folder.
        remarks: What the check of its images found; they stay with it.

    Raises:
        DataError: The name has been taken meanwhile.
    """
    target = data_dir / name
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    write_json(folder / MARKER, asdict(origin) | {"added": stamp, "remarks": list(remarks)})
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if target.exists():
        raise DataError(f"There is already a category {name!r}; choose another name, or delete it first.")
    folder.rename(target)
    target.chmod(0o555)  # only now: a read-only folder cannot be moved


def delete(name: str, library: Library) -> int:
    """Removes a category that the app added; the models trained on it stay.

    Returns:
        The bytes that are free again.

    Raises:
        DataError: There is none, the app did not add it, or it cannot be removed.
    """
    check_writable(library)
    with _locked(library.data_dir):
        folder = _deletable(name, library)
        freed = folder_bytes(folder)
        forget(load_category(library.data_dir, name).samples, library.cache_dir)
        for kind in disk_cache.FOLDERS:
            disk_cache.remove_entries(library.cache_dir / kind, name)
        folder.chmod(0o755)  # a read-only folder cannot be moved
        leaving = library.data_dir / f"{LEAVING}{uuid.uuid4().hex}"
        folder.rename(leaving)  # it is gone from every listing at once, not file by file
        _remove(leaving)
    return freed


def _deletable(name: str, library: Library) -> Path:
    """Folder of a category that the app added."""
    folder = library.data_dir / name
    if not has_category(library.data_dir, name):
        raise DataError(f"There is no category {name!r} in the data folder.")
    if origin_of(name, library.data_dir) is None:
        raise DataError(
            f"The category {name!r} was not added by this app; delete the folder {str(folder)!r} yourself."
        )
    return folder


def folder_bytes(folder: Path) -> int:
    """Returns the size of all files in a folder that may be read."""
    # Not by pathlib, which raises PermissionError for what lies in a folder that may not be entered.
    return sum(path.stat().st_size for path in folder.rglob("*") if os.path.isfile(path))  # noqa: PTH113


@contextlib.contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    try:
        with FileLock(data_dir / LOCK, timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise DataError(
            "Something else is being added to the data folder; try again when it is done."
        ) from None


def _remove(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder):
        raise DataError(f"The folder {str(folder)!r} could not be removed completely; remove it by hand.")
