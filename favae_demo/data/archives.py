"""Takes pictures out of an archive or a folder, trusting neither: no path leads out, nothing but plain files, within limits."""

import errno
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from favae_demo.data.images import EXTENSIONS
from favae_demo.data.space import free_bytes, size_text
from favae_demo.download import Tick
from favae_demo.errors import DataError

NOTES = (".txt", ".md")  # a data set's licence and description stay with it
FILE, FOLDER, OTHER = "file", "folder", "other"
BLOCK = 1 << 20
DEEPEST = 12
ENDINGS = (".zip", ".tar", ".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")

DAMAGED = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError)


@dataclass(frozen=True)
class Limits:
    """Bounds against archives that are made to fill the disk.

    Attributes:
        entries: Most files and folders.
        bytes: Most bytes once unpacked.
    """

    entries: int = 200_000
    bytes: int = 20_000_000_000


@dataclass(frozen=True)
class Entry:
    """One thing in an archive or folder: its path inside, what it is, how to read it, and how far the reading then is."""

    name: str
    kind: str
    open: Callable[[], IO[bytes] | None]
    done: int = 0
    total: int = 0
    size: int | None = None


class _Strict(tarfile.TarInfo):
    """Headers of which the last must be the end mark: tarfile takes a cut or damaged one for the end, and says nothing."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> tarfile.TarInfo:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP or a TAR archive, by its content."""
    return path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path))


def unpack(source: Path, target: Path, tick: Tick, *, limits: Limits | None = None) -> int:
    """Writes the pictures and notes of an archive or a folder into an empty folder.

    Hidden files and files of other kinds are left out. On an error `target` may hold a part: write to a staging folder.

    Args:
        source: A ZIP or TAR archive (also .xz, .gz, .bz2), or a folder.
        target: An empty folder.
        tick: Told how far the reading is; stops it by raising.
        limits: Bounds; the room on the disk is one too.

    Returns:
        The number of pictures.

    Raises:
        DataError: It cannot be read, is damaged, or holds something unsafe or too much; the sentence says what.
    """
    limits = limits or Limits()
    budget, pictures = min(limits.bytes, free_bytes(target)), 0
    try:
        for number, entry in enumerate(entries(source), start=1):
            if number > limits.entries:
                raise DataError(
                    f"{source.name!r} holds more than {limits.entries:,} files; that is more than is allowed."
                )
            parts = safe_parts(entry, source.name)
            if entry.kind == FILE and _wanted(parts):
                budget -= _write(entry, target.joinpath(*parts), budget, source.name)
                pictures += parts[-1].lower().endswith(EXTENSIONS)
            tick(entry.done, entry.total)
    except DAMAGED as error:
        raise DataError(f"The archive {source.name!r} is damaged or incomplete; get it once more.") from error
    except (RuntimeError, NotImplementedError) as error:  # zipfile: a password, or an exotic compression
        raise DataError(
            f"The archive {source.name!r} is locked with a password or packed in an unknown way."
        ) from error
    except OSError as error:
        raise DataError(_reason(error, source.name)) from error
    return pictures


def entries(source: Path) -> Iterator[Entry]:
    """What an archive or a folder holds, in the order of the file; each must be read before the next is asked for.

    Raises:
        DataError: It is neither a folder nor an archive.
    """
    if source.is_dir():
        yield from _folder_entries(source)
    elif not source.is_file():
        raise DataError(f"There is no file or folder {str(source)!r}.")
    elif zipfile.is_zipfile(source):
        yield from _zip_entries(source)
    elif tarfile.is_tarfile(source):
        yield from _tar_entries(source)
    else:
        raise DataError(f"{source.name!r} is neither a folder nor a ZIP or TAR archive.")


def _tar_entries(path: Path) -> Iterator[Entry]:
    total = path.stat().st_size
    with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:*", tarinfo=_Strict) as archive:
        for member in archive:  # in the order of the file: it is decompressed once only
            kind = FILE if member.isreg() else FOLDER if member.isdir() else OTHER
            yield Entry(
                member.name,
                kind,
                lambda member=member: archive.extractfile(member),
                raw.tell(),
                total,
                member.size,
            )


def _zip_entries(path: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        total, done = sum(member.compress_size for member in members), 0
        for member in members:
            done += member.compress_size
            mode = member.external_attr >> 16
            plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
            kind = FOLDER if member.is_dir() else FILE
            # The size in a ZIP's list may be a lie: it is not compared, what is read is counted.
            yield Entry(
                member.filename,
                kind if plain else OTHER,
                lambda member=member: archive.open(member),
                done,
                total,
            )


def _folder_entries(root: Path) -> Iterator[Entry]:
    files = [Path(folder) / name for folder, _, names in sorted(os.walk(root)) for name in sorted(names)]
    for number, path in enumerate(files, start=1):
        if path.is_file():
            yield Entry(
                path.relative_to(root).as_posix(),
                FILE,
                lambda path=path: path.open("rb"),
                number,
                len(files),
                path.stat().st_size,
            )


def safe_parts(entry: Entry, source: str) -> tuple[str, ...]:
    """The parts of an entry's path, if it stays inside and is a plain file or folder.

    Raises:
        DataError: It does not; the sentence names the entry.
    """
    if entry.kind == OTHER:
        raise DataError(
            f"{source!r} holds {entry.name!r}, which is a link or a device; only plain files are unpacked."
        )
    name = entry.name.replace("\\", "/")  # as some programs on Windows write it
    parts = tuple(part for part in PurePosixPath(name).parts if part != ".")
    outside = name.startswith("/") or ".." in parts or any(":" in part for part in parts)
    if outside or any(ord(letter) < 32 for letter in name) or len(parts) > DEEPEST:
        raise DataError(f"{source!r} holds the unsafe path {entry.name!r}; nothing of it was unpacked.")
    return parts


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
                raise DataError(
                    f"{source!r} needs more room than the {size_text(budget)} that are allowed or free."
                )
            file.write(block)
    if entry.size not in (None, written):
        raise EOFError
    return written


def _reason(error: OSError, source: str) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full; free some space and try again."
    if isinstance(error, FileExistsError):
        return f"{source!r} holds {Path(error.filename or '').name!r} twice; pack it once more."
    return f"{source!r} cannot be unpacked: {error.strerror or error}."
