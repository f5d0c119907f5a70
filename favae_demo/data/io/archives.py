"""Reads the entries of untrusted archives and folders: regular files only, no path that leads outside, within limits of size."""

import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name, encodable_name
from favae_demo.data.io.archive_guards import (
    DAMAGED,
    BoundedZipFile,
    Limits,
    StrictTarInfo,
    too_many,
    too_much,
)

FILE, FOLDER, OTHER, CLOSED = "file", "folder", "other", "closed"
BLOCK = 1 << 20
DEEPEST = 12
ENDINGS = (".zip", ".tar", ".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")
_SYSTEM_FOLDERS = (
    "__MACOSX",
    "@eaDir",
    "#recycle",
    "$RECYCLE.BIN",
    "System Volume Information",
)  # of disks and network stores
PICKER_ENDINGS = tuple(
    sorted({f".{ending.rsplit('.', 1)[1]}" for ending in ENDINGS})
)  # for file pickers, which know the last part only
_PLAIN_ZIP = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Entry:
    """One entry of an archive or folder.

    Attributes:
        name: Path within the archive or folder, as stored there.
        kind: `FILE`, `FOLDER`, `OTHER` (a link or a device) or `CLOSED` (no permission to read).
        open: Opens the entry for reading.
        done: Progress of the reading up to this entry, in bytes of the archive or in files of the folder.
        total: Value of `done` at the end.
        size: Size in bytes; None if unknown or not reliable.
    """

    name: str
    kind: str
    open: Callable[[], IO[bytes]]
    done: int = 0
    total: int = 0
    size: int | None = None


def is_archive(path: Path) -> bool:
    """Returns whether a file is a ZIP or TAR archive, judged by its content."""
    return path.is_file() and (zipfile.is_zipfile(path) or _is_tar(path))


def _is_tar(path: Path) -> bool:
    try:
        with tarfile.open(path, tarinfo=StrictTarInfo):
            return True
    except DAMAGED:
        return False


def entries(source: Path, limits: Limits | None = None, *, whole: bool = False) -> Iterator[Entry]:
    """Yields the entries of an archive or a folder in their order; an entry must be read before the next one is requested.

    Args:
        source: The archive or folder.
        limits: Limits of number and size.
        whole: Whether all entries are needed; a ZIP that lists too many is then rejected before its first entry.

    Raises:
        DataError: The source is neither a folder nor an archive.
        TooLargeError: The source exceeds the limits.
    """
    limits = limits or Limits()
    if source.is_dir():
        contents = _folder_entries(source)
    elif not source.is_file():
        raise DataError(f"There is no file or folder {str(source)!r}.")
    elif zipfile.is_zipfile(source):
        contents = _zip_entries(source, limits if whole else None)
    elif _is_tar(source):
        contents = _tar_entries(source, limits.room(source))
    else:
        raise DataError(f"{source.name!r} is neither a folder nor a ZIP or TAR archive.")
    for number, entry in enumerate(contents, start=1):
        if number > limits.entries:
            raise too_many(source.name, limits)
        yield entry


def _tar_entries(path: Path, most: int) -> Iterator[Entry]:
    total = path.stat().st_size
    with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:*", tarinfo=StrictTarInfo) as archive:
        # In the order of the file, so that it is decompressed only once.
        while (member := archive.next()) is not None:
            # Otherwise tarfile keeps all headers in memory, each with a copy of the archive's global ones.
            archive.members.clear()  # type: ignore[attr-defined]  # typeshed leaves it out
            most -= member.size  # also for skipped entries, which are decompressed to reach the next one
            if member.size < 0:
                raise tarfile.ReadError("a size below zero")
            if most < 0:
                raise too_much(path.name)
            kind = FILE if member.isreg() else FOLDER if member.isdir() else OTHER
            yield Entry(
                encodable_name(member.name),
                kind,
                partial(_open_member, archive, member),
                raw.tell(),
                total,
                member.size,
            )


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _open_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(member)
    if stream is None:
        raise tarfile.ReadError("neither a file nor a link to one")
    return stream


def _zip_entries(path: Path, limits: Limits | None) -> Iterator[Entry]:
    with BoundedZipFile(path) as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if limits and len(members) > limits.entries:  # before anything is unpacked
            raise too_many(path.name, limits)
        total, done = sum(member.compress_size for member in members), 0
        for member in members:
            done += member.compress_size
            mode = member.external_attr >> 16
            plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
            kind = FOLDER if member.filename.endswith("/") else FILE
            # Without the size: the one in the central directory may be wrong, so the bytes are counted when they are read.
            yield Entry(
                member.filename,
                kind if plain else OTHER,
                partial(_open_zipped, archive, member),
                done,
                total,
            )


def _open_zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    # zipfile decompresses the other formats into memory, without a limit of size.
    if member.compress_type not in _PLAIN_ZIP:
        raise NotImplementedError("an exotic compression")
    return archive.open(member)


def _folder_entries(root: Path) -> Iterator[Entry]:
    closed: list[OSError] = []
    paths = []
    for folder, inner, names in sorted(os.walk(root, onerror=closed.append)):
        linked = [name for name in inner if Path(folder, name).is_symlink()]
        paths += [Path(folder, name) for name in sorted(names + linked)]
    for number, path in enumerate(paths, start=1):
        kind, size = _kind_and_size(path)
        yield Entry(
            encodable_name(path.relative_to(root).as_posix()),
            kind,
            partial(_open_file, path),
            number,
            len(paths),
            size,
        )
    for error in closed:
        yield Entry(
            encodable_name(os.path.relpath(error.filename, root)),
            CLOSED,
            partial(_open_file, Path(error.filename)),
            len(paths),
            len(paths),
        )


def _kind_and_size(path: Path) -> tuple[str, int | None]:
    """Returns the kind of an entry of a folder, and the size if it is a file."""
    try:
        status = path.stat()
    except PermissionError:  # the folder may be listed, but its files may not be accessed
        return CLOSED, None
    except OSError:  # a broken link
        return OTHER, None
    return (FILE, status.st_size) if stat.S_ISREG(status.st_mode) else (OTHER, None)


def is_hidden(parts: Sequence[str]) -> bool:
    """Whether a path lies in what systems hide from people, or is hidden itself."""
    return any(part.startswith(".") or part in _SYSTEM_FOLDERS for part in parts)


def safe_parts(entry: Entry, source: str) -> tuple[str, ...]:
    """Returns the components of an entry's path, after checking that it is safe to write.

    Raises:
        DataError: The entry is a link or a device, cannot be read, or has a path that leads outside, is too deep or contains control
            characters; the message names the entry.
    """
    shortened = display_name(entry.name, 100)
    if entry.kind == OTHER:
        raise DataError(
            f"{source!r} holds {shortened!r}, which is a link or a device; only plain files are unpacked."
        )
    if entry.kind == CLOSED:
        raise DataError(f"{source!r} holds {shortened!r}, which may not be read by this app.")
    name = entry.name.replace("\\", "/")  # as some programs on Windows write it
    parts = tuple(part for part in PurePosixPath(name).parts if part != ".")
    outside = (
        not (parts or entry.kind == FOLDER)
        or name.startswith("/")
        or ".." in parts
        or any(":" in part for part in parts)
    )
    if outside or any(ord(letter) < 32 for letter in name) or len(parts) > DEEPEST:
        raise DataError(f"{source!r} holds the unsafe path {shortened!r}; nothing of it was unpacked.")
    return parts
