"""What a folder or an archive holds, by name: the input of an import plan. Images are not read, notes only on request."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from favae_demo.core.errors import DataError
from favae_demo.data.io.archive_guards import DAMAGED
from favae_demo.data.io.archives import BLOCK, ENDINGS, FILE, OTHER, Entry, entries, is_hidden, safe_parts
from favae_demo.data.io.formats import EXTENSIONS

ANNOTATIONS = (".csv", ".tsv", ".json", ".xml", ".txt", ".yaml", ".yml", ".names")
"""Endings of files that may say which images are defective."""
LARGEST_NOTE = 32_000_000  # bytes; parsed JSON takes some twenty times as much memory
_ALL_NOTES = 256_000_000


class Peek(Protocol):
    """Reads a few files by name; what cannot be read is missing in the answer."""

    def __call__(self, names: Collection[str], most: int = LARGEST_NOTE) -> Mapping[str, bytes]:
        """Returns the contents of files of at most so many bytes."""


def _nothing(names: Collection[str], most: int = LARGEST_NOTE) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True)
class Listing:
    """The files of a source.

    Attributes:
        name: The source's own name, which a category gets that has no folder of its own.
        images: Paths of the images inside, with `/` between their parts, in order.
        notes: Paths of tables and annotations (`ANNOTATIONS`).
        archives: Paths of archives, which are not unpacked.
        peek: Reads files by name.
    """

    name: str
    images: tuple[str, ...]
    notes: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    peek: Peek = field(default=_nothing, compare=False)


def list_source(source: Path, name: str) -> Listing:
    """Lists a folder or an archive without unpacking it.

    Raises:
        DataError: It cannot be read, is damaged or unsafe; the sentence says why.
    """
    images, notes, packed = [], [], []
    try:
        for entry in entries(source):
            path = _inner_path(entry, source)
            if path.lower().endswith(EXTENSIONS):
                images.append(path)
            elif path.lower().endswith(ANNOTATIONS):
                notes.append(path)
            elif path.lower().endswith(ENDINGS):
                packed.append(path)
    except DAMAGED as error:
        raise DataError(f"The archive {source.name!r} is damaged or incomplete; get it once more.") from error
    except (RuntimeError, NotImplementedError, OSError) as error:
        raise DataError(f"{source.name!r} cannot be read: {error}.") from error

    def peek(names: Collection[str], most: int = LARGEST_NOTE) -> Mapping[str, bytes]:
        return _read(source, names, most)

    return Listing(name, tuple(sorted(images)), tuple(sorted(notes)), tuple(sorted(packed)), peek)


def _inner_path(entry: Entry, source: Path) -> str:
    """An entry's path; empty for what is hidden or is no file."""
    if entry.kind != FILE:
        if entry.kind != OTHER or not source.is_dir():  # a user's own pipes and broken links are passed over
            safe_parts(entry, source.name)
        return ""
    parts = safe_parts(entry, source.name)
    return "" if is_hidden(parts) else PurePosixPath(*parts).as_posix()


def _read(source: Path, names: Collection[str], most: int) -> Mapping[str, bytes]:
    if not names:
        return {}
    wanted, contents, budget = set(names), {}, _ALL_NOTES
    for entry in entries(source):
        path = _inner_path(entry, source)
        if path not in wanted:
            continue
        content = _content(entry, min(most, budget))
        if content is not None:
            contents[path] = content
            budget -= len(content)
        wanted.remove(path)
        if not wanted:
            break
    return contents


def _content(entry: Entry, most: int) -> bytes | None:
    """A file's bytes, or None where they are more than `most` or cannot be read."""
    blocks, size = [], 0
    try:
        with entry.open() as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > most:
                    return None
                blocks.append(block)
    except (*DAMAGED, OSError, RuntimeError, NotImplementedError):
        return None
    return b"".join(blocks)
