"""Lists the folders and images of a directory in natural order: `2.png` comes before `10.png`."""

import os
import re
from pathlib import Path

from favae_demo.core.errors import DataError
from favae_demo.core.files import encodable_name
from favae_demo.data.io.formats import EXTENSIONS


def folders(folder: Path) -> list[Path]:
    """Returns the folders in a folder, as `entries`."""
    return [path for path in entries(folder) if is_folder(path)]


def images(folder: Path) -> list[Path]:
    """Returns the files in a folder whose names end as those of images do, as `entries`."""
    return [path for path in entries(folder) if path.suffix.lower() in EXTENSIONS and _is_file(path)]


def entries(folder: Path) -> list[Path]:
    """Returns what is in a folder, in natural order, without hidden entries and those whose name is no text; nothing if it does not exist.

    Raises:
        DataError: The folder may not be read.
    """
    if not is_folder(folder):
        return []
    try:
        paths = list(folder.iterdir())
    except OSError as error:
        raise DataError(f"The folder {str(folder)!r} cannot be read: {error.strerror or error}.") from error
    return sorted(
        (path for path in paths if not path.name.startswith(".") and encodable_name(path.name) == path.name),
        key=lambda path: (_natural(path.name), path.name),
    )


# Not by pathlib, which raises PermissionError for what lies in a folder that may not be entered: such a folder is no category.
def is_folder(path: Path) -> bool:
    """Returns whether a path is a folder; False where that may not be known."""
    return os.path.isdir(path)  # noqa: PTH112


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which `2.png` comes before `10.png`."""
    return [
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part)
        for part in re.split(r"([0-9]+)", name.lower())
    ]
