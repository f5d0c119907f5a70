"""What an archive or a folder holds, trusting neither: no path leads out, nothing but plain files, within limits."""

import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Self

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name, encodable_name

FILE, FOLDER, OTHER, CLOSED = "file", "folder", "other", "closed"
BLOCK = 1 << 20
DEEPEST = 12
ENDINGS = (".zip", ".tar", ".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")

# What the readers raise on damaged bytes.
DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    RecursionError,
    OverflowError,
    ValueError,
    LookupError,
)
_PLAIN_ZIP = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LONGEST_LIST = 20_000_000  # bytes of a ZIP's list of files, which is read at once
_LONGEST_NOTE = 16_384  # bytes of a TAR's note on the next entry: its long name, its owner
_NOTES = (b"L", b"K", b"x", b"g", b"X")


@dataclass(frozen=True)
class Limits:
    """Bounds against archives that are made to fill the disk.

    Attributes:
        entries: Most files and folders.
        bytes: Most bytes once unpacked.
        ratio: Most bytes for each byte of an archive: images are packed already, so they hardly grow.
        small: Bytes that every archive may unpack to.
    """

    entries: int = 25_000
    bytes: int = 20_000_000_000
    ratio: int = 20
    small: int = 300_000_000

    def room(self, source: Path) -> int:
        """Most bytes that may come out of an archive or a folder."""
        if not source.is_file():
            return self.bytes
        return min(self.bytes, max(self.small, self.ratio * source.stat().st_size))


class TooLargeError(DataError):
    """An archive or a folder holds more than is allowed."""


@dataclass(frozen=True)
class Entry:
    """One thing in an archive or folder: its path inside, what it is, how to read it, and how far the reading then is."""

    name: str
    kind: str
    open: Callable[[], IO[bytes]]
    done: int = 0
    total: int = 0
    size: int | None = None


class _Strict(tarfile.TarInfo):
    """Headers of which the last must be the end mark: tarfile takes a cut or damaged one for the end, and says nothing.

    Nor does it mind sizes below zero, which lead it in a circle, or a note as large as the memory.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        if found.size < 0 or (found.type in _NOTES and found.size > _LONGEST_NOTE):
            raise tarfile.ReadError("a size that no honest archive has")
        return found

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # typeshed leaves it out
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


class _Listed(io.FileIO):
    """A ZIP file whose list of files has a bounded length."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LONGEST_LIST:
            raise TooLargeError(f"{Path(self.name).name!r} holds more files than are allowed.")
        return super().read(size)


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP or a TAR archive, by its content."""
    return path.is_file() and (zipfile.is_zipfile(path) or _is_tar(path))


def _is_tar(path: Path) -> bool:
    try:
        with tarfile.open(path, tarinfo=_Strict):
            return True
    except DAMAGED:
        return False


def entries(source: Path, limits: Limits | None = None, *, whole: bool = False) -> Iterator[Entry]:
    """What an archive or a folder holds, in the order of the file; each must be read before the next is asked for.

    Args:
        source: The archive or folder.
        limits: What it may hold.
        whole: Whether a part of it is of no use, so that it is refused before its first entry where its list says that it is too long.

    Raises:
        DataError: It is neither a folder nor an archive.
        TooLargeError: It holds more than the limits allow.
    """
    limits = limits or Limits()
    if source.is_dir():
        found = _folder_entries(source)
    elif not source.is_file():
        raise DataError(f"There is no file or folder {str(source)!r}.")
    elif zipfile.is_zipfile(source):
        found = _zip_entries(source, limits if whole else None)
    elif _is_tar(source):
        found = _tar_entries(source, limits.room(source))
    else:
        raise DataError(f"{source.name!r} is neither a folder nor a ZIP or TAR archive.")
    for number, entry in enumerate(found, start=1):
        if number > limits.entries:
            raise _too_many(source.name, limits)
        yield entry


def too_much(name: str) -> TooLargeError:
    """What is raised where an archive or a folder turns out larger than its limits or the free room."""
    return TooLargeError(
        f"{name!r} needs more room than is free, or unpacks to far more than pictures do; nothing of it was kept."
    )


def _too_many(name: str, limits: Limits) -> TooLargeError:
    return TooLargeError(f"{name!r} holds more than {limits.entries:,} files; give them in several parts.")


def _tar_entries(path: Path, most: int) -> Iterator[Entry]:
    total = path.stat().st_size
    with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:*", tarinfo=_Strict) as archive:
        # In the order of the file, which is decompressed only once.
        while (member := archive.next()) is not None:
            # Each would be kept, with a copy of what the archive says of all.
            archive.members.clear()  # type: ignore[attr-defined]  # typeshed leaves it out
            most -= member.size  # also of what is left out: to come to the next, it is decompressed
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
    with _Listed(path) as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if limits and len(members) > limits.entries:  # known before anything is unpacked
            raise _too_many(path.name, limits)
        total, done = sum(member.compress_size for member in members), 0
        for member in members:
            done += member.compress_size
            mode = member.external_attr >> 16
            plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
            kind = FOLDER if member.filename.endswith("/") else FILE
            # The size in a ZIP's list may be a lie: it is not compared, what is read is counted.
            yield Entry(
                member.filename,
                kind if plain else OTHER,
                partial(_open_zipped, archive, member),
                done,
                total,
            )


def _open_zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    if member.compress_type not in _PLAIN_ZIP:  # the others are unpacked whole, however large they turn out
        raise NotImplementedError("an exotic compression")
    return archive.open(member)


def _folder_entries(root: Path) -> Iterator[Entry]:
    closed: list[OSError] = []
    paths = []
    for folder, inner, names in sorted(os.walk(root, onerror=closed.append)):
        linked = [name for name in inner if Path(folder, name).is_symlink()]
        paths += [Path(folder, name) for name in sorted(names + linked)]
    for number, path in enumerate(paths, start=1):
        kind, size = _look(path)
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


def _look(path: Path) -> tuple[str, int | None]:
    """What lies in a folder, and the size of a file."""
    try:
        status = path.stat()
    except PermissionError:  # its folder may be listed but not entered
        return CLOSED, None
    except OSError:  # a broken link
        return OTHER, None
    return (FILE, status.st_size) if stat.S_ISREG(status.st_mode) else (OTHER, None)


def safe_parts(entry: Entry, source: str) -> tuple[str, ...]:
    """The parts of an entry's path, if it stays inside and is a plain file or folder.

    Raises:
        DataError: It does not; the sentence names the entry.
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
