"""Files in the cache folder that save repeated work: looked up by a key, least recently used ones removed first.

The names begin with a digest of the category, so that all files of a category can be removed with it.
"""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

IMAGES, FEATURES, LEVELS, MASKS = "pictures", "features", "levels", "masks"
FOLDERS = (IMAGES, FEATURES, LEVELS, MASKS)  # sub-folders of the cache folder, one for each kind of entry
ABANDONED_SECONDS = 3600  # after this age a temporary file belongs to a process that was killed


def entry_path(folder: Path, category: str, key: Any, suffix: str) -> Path:
    """Returns the path of a cache entry, which need not exist.

    Args:
        folder: Folder of this kind of entry.
        category: Name of the category that the entry belongs to.
        key: Everything that the content depends on, as a JSON-serialisable value.
        suffix: Suffix of the file name.
    """
    return folder / f"{_prefix(category)}{_digest(json.dumps([category, key]))}{suffix}"


def mark_used(path: Path) -> None:
    """Sets the modification time of an entry to now; does nothing in a read-only cache."""
    with contextlib.suppress(OSError):
        os.utime(path)


def evict(folder: Path, most_bytes: int) -> None:
    """Removes abandoned temporary files, and the least recently used entries until the others fit.

    Args:
        folder: Folder of one kind of entry; need not exist.
        most_bytes: Largest total size of the remaining entries, in bytes.
    """
    entries = []
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # another process may evict at the same time
            status = path.stat()
            if path.suffix != ".tmp":
                entries.append((status.st_mtime, status.st_size, path))
            elif time.time() - status.st_mtime > ABANDONED_SECONDS:
                path.unlink()
    total = 0
    for _, size, path in sorted(entries, reverse=True):
        total += size
        if total > most_bytes:
            with contextlib.suppress(OSError):
                path.unlink()


def remove_entries(folder: Path, category: str) -> None:
    """Removes all entries of a category from a folder, which need not exist."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith(_prefix(category)):
            path.unlink(missing_ok=True)


def _prefix(category: str) -> str:
    return f"{_digest(category)[:12]}-"


def _digest(text: str) -> str:
    """Returns the first 32 hexadecimal digits of the SHA-256 digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
