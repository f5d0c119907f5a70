"""Reads many images one at a time, from files, folders and archives; other files are reported with a reason."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from favae_demo.core.disk_space import size_text
from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.io.archive_guards import DAMAGED, Limits, TooLargeError
from favae_demo.data.io.archives import (
    BLOCK,
    CLOSED,
    ENDINGS,
    FOLDER,
    OTHER,
    Entry,
    entries,
    is_archive,
    safe_parts,
)
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.images import MAX_BYTES

LARGEST = MAX_BYTES
MOST = Limits(entries=100_000)  # more than for an import, since the images are not stored
TOO_LARGE = "larger than the {size} that are read"
MORE = "holds more than is allowed; the rest of it is left out"
NOT_PLAIN = {OTHER: "a link or a device, not a plain file", CLOSED: "may not be read by this app"}
LOCKED = "locked with a password, or packed in an unknown way"
SEPARATE_ARCHIVE = "an archive inside another one; unpack it and give it by itself"

_Rule = Callable[[tuple[str, ...], str], bool]
# Rules on (components of the path, file name in lower case) and the reason why a file is left out; the first match counts.
_LEFT_OUT: tuple[tuple[_Rule, str], ...] = (
    (lambda parts, name: "__MACOSX" in parts, "a note that macOS puts into archives"),
    (lambda parts, name: any(part.startswith(".") for part in parts), "a hidden file"),
    (lambda parts, name: name.endswith(ENDINGS), SEPARATE_ARCHIVE),
    (lambda parts, name: not name.endswith(EXTENSIONS), "not a picture"),
    (
        lambda parts, name: "ground_truth" in parts[:-1] or name.rsplit(".", 1)[0].endswith("_mask"),
        "a mask, not a picture of a part",
    ),
)


@dataclass(frozen=True)
class Given:
    """One of the given files.

    Attributes:
        name: Path within its folder or archive, or its file name; unique.
        share: Progress over all sources once this file has been read, in [0, 1].
        content: The file's bytes; None if it is left out or was not requested.
        reason: Why it is left out, or an empty string.
        is_image: Whether it is an image by its name and path, even if it cannot be read.
    """

    name: str
    share: float
    content: bytes | None = None
    reason: str = ""
    is_image: bool = False


def images(
    sources: Sequence[Path], limits: Limits | None = None, wanted: Container[int] | None = None
) -> Iterator[Given]:
    """Yields all files of the sources; one that cannot be read gets a reason and does not stop the others.

    Args:
        sources: Images, folders and archives.
        limits: Limits for each archive or folder.
        wanted: Numbers of the files to read, counted from 1 in their order; the others have no content. None reads all.
    """
    limits, seen, count = limits or MOST, Counter[str](), 0

    def reads() -> bool:  # whether the next file is to be read
        return wanted is None or count + 1 in wanted

    for number, source in enumerate(sources):
        prefix = f"{source.name}/" if len(sources) > 1 else ""
        for given in _read(source, prefix, limits, reads):
            seen[given.name] += 1
            same = seen[given.name]
            name = f"{given.name} ({same})" if same > 1 else given.name
            count += 1
            yield replace(given, name=name, share=(number + given.share) / len(sources))


def _is_image(path: Path) -> bool:
    # By its name: the content of an image may end with bytes that look like an archive.
    return path.name.lower().endswith(EXTENSIONS)


def _read(source: Path, prefix: str, limits: Limits, reads: Callable[[], bool]) -> Iterator[Given]:
    name = display_name(source.name)
    try:
        many = source.is_dir() or (not _is_image(source) and is_archive(source))
        plain = source.is_file() or not source.exists()  # opening a missing file gives the reason
    except OSError as error:
        yield Given(name, 1.0, reason=_unreadable(error))
        return
    if many:
        yield from _read_all(source, prefix, limits, reads)
    elif not plain:
        yield Given(name, 1.0, reason=NOT_PLAIN[OTHER])
    elif reason := _why_not((source.name,)):
        damaged = reason == SEPARATE_ARCHIVE  # an archive by its name, but not by its content
        yield Given(name, 1.0, reason="a damaged archive" if damaged else reason)
    elif reads():
        yield _content(name, 1.0, lambda: source.open("rb"), LARGEST)
    else:
        yield Given(name, 1.0, is_image=True)


def _read_all(source: Path, prefix: str, limits: Limits, reads: Callable[[], bool]) -> Iterator[Given]:
    reason = "damaged or incomplete; what comes after this point cannot be read"
    try:
        budget = limits.room(source)
        for entry in entries(source, limits):
            if budget <= 0:
                raise TooLargeError(MORE)
            if entry.kind == FOLDER:
                continue
            given, read = _member(entry, min(LARGEST, budget), source.name, reads)
            budget -= read
            yield replace(given, name=prefix + given.name)
        return
    except TooLargeError:
        reason = MORE
    except (RuntimeError, NotImplementedError):
        reason = LOCKED
    except (*DAMAGED, DataError, OSError):
        pass
    yield Given(display_name(source.name), 1.0, reason=reason)


def _member(entry: Entry, most: int, source: str, reads: Callable[[], bool]) -> tuple[Given, int]:
    """Reads an entry; returns it, and the number of bytes that were unpacked for it (if it was skipped, its stated size)."""
    share = min(entry.done / entry.total, 1.0) if entry.total else 0.0
    if entry.kind in NOT_PLAIN:
        return Given(display_name(entry.name), share, reason=NOT_PLAIN[entry.kind]), 0
    try:
        parts = safe_parts(entry, source)
    except DataError:
        return Given(
            display_name(entry.name),
            share,
            reason="an unsafe path: it leads out of the archive, or is no proper one",
        ), 0
    name, reason = display_name("/".join(parts)), _why_not(parts)
    if reason:
        return Given(name, share, reason=reason), 0
    if not reads():
        return Given(name, share, is_image=True), entry.size or 0
    given = _content(name, share, entry.open, most)
    # A file that is too large was unpacked up to the largest allowed size.
    return given, most if given.reason.startswith(TOO_LARGE[:6]) else len(given.content or b"")


def _why_not(parts: tuple[str, ...]) -> str:
    """Returns why a path is left out, or an empty string."""
    name = parts[-1].lower() if parts else ""
    return next((reason for applies, reason in _LEFT_OUT if applies(parts, name)), "")


def _content(name: str, share: float, open_: Callable[[], IO[bytes]], most: int) -> Given:
    """Reads at most `most` bytes of a file, counted while reading, since an archive's own figure may be wrong."""
    given, blocks, size = Given(name, share, is_image=True), [], 0
    try:
        with open_() as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > most:
                    return replace(given, reason=TOO_LARGE.format(size=size_text(most)))
                blocks.append(block)
    except DAMAGED:
        return replace(given, reason="damaged inside its archive")
    except (RuntimeError, NotImplementedError):  # a password, or an unsupported compression
        return replace(given, reason=LOCKED)
    except OSError as error:
        return replace(given, reason=_unreadable(error))
    return replace(given, content=b"".join(blocks))


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
