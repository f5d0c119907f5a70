"""Pictures that a command is given one by one or by folder."""

from collections.abc import Iterable
from pathlib import Path

from favae_demo.core.errors import ConfigError


def picture_files(given: Iterable[Path]) -> list[Path]:
    """Returns the files, and those of picture formats in the folders, in order.

    Raises:
        ConfigError: A path does not exist, or the folders hold no pictures.
    """
    from favae_demo.data.io.formats import EXTENSIONS

    files: list[Path] = []
    for path in given:
        if not path.exists():
            raise ConfigError(f"There is no file or folder {str(path)!r}.")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files += [one for one in inside if not path.is_dir() or one.suffix.lower() in EXTENSIONS]
    if not files:
        raise ConfigError("There are no pictures in that folder.")
    return files
