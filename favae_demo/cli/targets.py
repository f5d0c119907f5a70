"""Checks of `--out` before the work begins."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from favae_demo.core.errors import ConfigError
from favae_demo.core.os_failures import sentence


def check_folder(folder: Path, sources: Iterable[Path] = ()) -> None:
    """Checks that results can be written to a folder; leaves nothing behind.

    Args:
        folder: It need not exist.
        sources: What is judged.

    Raises:
        ConfigError: It cannot be made or written, or lies within a source or holds one, so that results would be judged the next time.
    """
    try:
        if any(_takes_results(source.resolve(), folder.resolve()) for source in sources):
            raise ConfigError(f"Choose an --out that is not within the pictures' folder; {folder} is.")
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        finally:
            for path in made:  # the innermost first
                with suppress(OSError):
                    path.rmdir()
    except OSError as error:
        raise ConfigError(f"--out cannot be used. {sentence(error)}") from error


def _takes_results(source: Path, folder: Path) -> bool:
    """Returns whether results in a folder would lie among the pictures of a source; both are absolute."""
    return folder.is_relative_to(source) if source.is_dir() else folder == source.parent


def check_file(file: Path) -> None:
    """Checks that a file can be written; leaves nothing behind.

    Raises:
        ConfigError: Its folder cannot be made or written, or the name is too long.
    """
    check_folder(file.parent)
    try:
        if file.exists() and not file.is_file():
            raise ConfigError(f"--out is {file}, which is not a file; name another.")
    except OSError as error:
        raise ConfigError(f"--out cannot be used. {sentence(error)}") from error
