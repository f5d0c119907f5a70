"""Writes the images of an archive or a folder into a folder of ours, within limits; an error says what was wrong with it."""

import errno
from pathlib import Path

from favae_demo.core.disk_space import free_bytes
from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.io.archives import (
    BLOCK,
    DAMAGED,
    FILE,
    OTHER,
    Entry,
    Limits,
    entries,
    safe_parts,
    too_much,
)
from favae_demo.data.io.images import EXTENSIONS

NOTES = (".txt", ".md")  # a data set's licence and description stay with it


def unpack(source: Path, target: Path, tick: ProgressCallback, *, limits: Limits | None = None) -> int:
    """Writes the images and notes of an archive or a folder into an empty folder.

    Hidden files and files of other kinds are left out. On an error `target` may hold a part: write to a staging folder.

    Args:
        source: A ZIP or TAR archive (also .xz, .gz, .bz2), or a folder.
        target: An empty folder.
        tick: Told how far the reading is; stops it by raising.
        limits: Bounds; the room on the disk is one too.

    Returns:
        The number of images.

    Raises:
        DataError: It cannot be read, is damaged, or holds something unsafe or too much; the sentence says what.
    """
    limits = limits or Limits()
    try:
        budget, images = min(limits.room(source), free_bytes(target)), 0
        for entry in entries(source, limits, whole=True):
            if entry.kind == OTHER and source.is_dir():
                continue  # the user's own pipes and broken links, not an archive's traps
            parts = safe_parts(entry, source.name)
            if entry.kind == FILE and _wanted(parts):
                budget -= _write(entry, target.joinpath(*parts), budget, source.name)
                images += parts[-1].lower().endswith(EXTENSIONS)
            tick(entry.done, entry.total)
    except DAMAGED as error:
        raise DataError(f"The archive {source.name!r} is damaged or incomplete; get it once more.") from error
    except (RuntimeError, NotImplementedError) as error:  # zipfile: a password, or an exotic compression
        raise DataError(
            f"The archive {source.name!r} is locked with a password or packed in an unknown way; pack it as an ordinary ZIP."
        ) from error
    except OSError as error:
        raise DataError(_reason(error, source.name)) from error
    return images


def _wanted(parts: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return bool(parts) and not hidden and parts[-1].lower().endswith((*EXTENSIONS, *NOTES))


def _write(entry: Entry, path: Path, budget: int, source: str) -> int:
    """Writes one file and returns its size; what is written is counted, whatever the archive claims."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with entry.open() as stream, path.open("xb") as file:
        while block := stream.read(BLOCK):
            written += len(block)
            if written > budget:
                raise too_much(source)
            file.write(block)
    if entry.size not in (None, written):
        raise EOFError
    return written


def _reason(error: OSError, source: str) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full; free some space and try again."
    if isinstance(error, FileExistsError):
        return f"{source!r} holds {display_name(Path(error.filename or '').name)!r} twice; pack it once more."
    return f"{source!r} cannot be unpacked: {error.strerror or error}."
