"""Extracts the images of an archive or a folder, within limits; an error message says what is wrong with the source."""

import errno
from pathlib import Path

from favae_demo.core.disk_space import free_bytes
from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.io.archive_guards import DAMAGED, Limits, too_much
from favae_demo.data.io.archives import BLOCK, ENDINGS, FILE, OTHER, Entry, entries, is_hidden, safe_parts
from favae_demo.data.io.formats import EXTENSIONS

NOTES = (".txt", ".md")  # licence and description of a data set


def unpack(
    source: Path,
    target: Path,
    on_progress: ProgressCallback,
    *,
    limits: Limits | None = None,
    notes: tuple[str, ...] = (),
    packed: list[str] | None = None,
) -> int:
    """Extracts the images and notes of an archive or a folder into an empty folder.

    Hidden files and files of other types are left out. After an error `target` may hold some of the files, so use a temporary folder.

    Args:
        source: A ZIP or TAR archive (also .xz, .gz, .bz2), or a folder.
        target: An empty folder.
        on_progress: Called after each entry; an exception that it raises stops the extraction.
        limits: Limits of number and size; the free disk space limits the size as well.
        notes: Endings of further files to extract, in lower case.
        packed: Receives the paths of archives inside, which are left out.

    Returns:
        The number of images.

    Raises:
        DataError: The source cannot be read, is damaged or unsafe, or exceeds the limits; the message says which.
    """
    limits = limits or Limits()
    try:
        budget, images = min(limits.room(source), free_bytes(target)), 0
        for entry in entries(source, limits, whole=True):
            if entry.kind == OTHER and source.is_dir():
                continue  # pipes and broken links in the user's own folder are harmless, unlike those in an archive
            parts = safe_parts(entry, source.name)
            if entry.kind == FILE and _wanted(parts, (*EXTENSIONS, *NOTES, *notes)):
                budget -= _write(entry, target.joinpath(*parts), budget, source.name)
                images += parts[-1].lower().endswith(EXTENSIONS)
            elif packed is not None and entry.kind == FILE and _wanted(parts, ENDINGS):
                packed.append("/".join(parts))
            on_progress(entry.done, entry.total)
    except DAMAGED as error:
        raise DataError(f"The archive {source.name!r} is damaged or incomplete; get it once more.") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, or an unsupported compression
        raise DataError(
            f"The archive {source.name!r} is locked with a password or packed in an unknown way; pack it as an ordinary ZIP."
        ) from error
    except OSError as error:
        raise DataError(_reason(error, source.name)) from error
    return images


def _wanted(parts: tuple[str, ...], endings: tuple[str, ...]) -> bool:
    return bool(parts) and not is_hidden(parts) and parts[-1].lower().endswith(endings)


def _write(entry: Entry, path: Path, budget: int, source: str) -> int:
    """Writes one file and returns its size in bytes, counted while writing, since the archive's own figure may be wrong.

    Raises:
        TooLargeError: The file is larger than `budget` bytes.
        EOFError: The size differs from the entry's.
    """
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
