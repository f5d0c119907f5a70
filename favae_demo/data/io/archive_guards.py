"""Guards against archives that are damaged or made to do harm: limits of size, and readers that reject what the standard library lets pass."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from favae_demo.core.errors import DataError

# Errors of the standard library's readers on damaged archives.
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
_LONGEST_DIRECTORY = 20_000_000  # bytes of a ZIP's central directory, which is read as a whole
_LONGEST_HEADER = 16_384  # bytes of a TAR's extended header: the long name or the owner of the next entry
_EXTENDED_HEADERS = (b"L", b"K", b"x", b"g", b"X")  # their types


@dataclass(frozen=True)
class Limits:
    """Limits for archives and folders, as a protection against archives that fill the disk.

    Attributes:
        entries: Largest number of files and folders.
        bytes: Largest total size of the unpacked files, in bytes.
        ratio: Largest ratio of unpacked to packed size; image files are compressed already, so theirs is small.
        small: Size in bytes to which every archive may be unpacked, whatever its ratio.
    """

    entries: int = 60_000
    bytes: int = 20_000_000_000
    ratio: int = 20
    small: int = 300_000_000

    def room(self, source: Path) -> int:
        """Returns the largest total size, in bytes, that an archive or a folder may be unpacked to."""
        if not source.is_file():
            return self.bytes
        return min(self.bytes, max(self.small, self.ratio * source.stat().st_size))


class TooLargeError(DataError):
    """An archive or a folder exceeds the limits."""


def too_much(name: str) -> TooLargeError:
    """Returns the error for an archive or a folder that exceeds its limits or the free disk space."""
    return TooLargeError(
        f"{name!r} needs more room than is free, or unpacks to far more than pictures do; nothing of it was kept."
    )


def too_many(name: str, limits: Limits) -> TooLargeError:
    """Returns the error for an archive or a folder with more entries than its limits allow."""
    return TooLargeError(f"{name!r} holds more than {limits.entries:,} files; give them in several parts.")


class StrictTarInfo(tarfile.TarInfo):
    """TAR headers with additional checks.

    By default, tarfile silently takes a truncated or damaged header for the end of the archive, repeats entries after a negative size
    endlessly, and reads an extended header of any size into memory.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Parses a header; raises `tarfile.ReadError` for a size that no honest archive has."""
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.type in _EXTENDED_HEADERS and header.size > _LONGEST_HEADER):
            raise tarfile.ReadError("a size that no honest archive has")
        return header

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        """Reads the next header; raises `tarfile.ReadError` for a damaged one, which is not the end of the archive."""
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # typeshed leaves it out
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


class BoundedZipFile(io.FileIO):
    """A ZIP file whose central directory must not exceed a limit: zipfile reads it with one call of `read`."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads some bytes; raises `TooLargeError` for more than a central directory may have."""
        if size is not None and size > _LONGEST_DIRECTORY:
            raise TooLargeError(f"{Path(self.name).name!r} holds more files than are allowed.")
        return super().read(size)
