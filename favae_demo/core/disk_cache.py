"""Files in the cache folder that save work: found by a key, and dropped, those unused for longest first, when too many.

Their names begin with a digest of what they are about (a category), so that all of it goes when the category is deleted.
"""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

IMAGES, FEATURES = "pictures", "features"
FOLDERS = (IMAGES, FEATURES)  # in the cache folder, one a kind
ABANDONED_SECONDS = 3600  # after which a half-written file belongs to a process that was killed


def entry_path(folder: Path, about: str, key: Any, suffix: str) -> Path:
    """Where something is kept.

    Args:
        folder: Folder of its kind.
        about: What it is about, as a category's name.
        key: Everything the content depends on, as JSON knows it.
        suffix: Ending of the file's name.
    """
    return folder / f"{_prefix(about)}{_digest(json.dumps([about, key]))}{suffix}"


def mark_used(path: Path) -> None:
    """Notes that a kept file was of use just now; a read-only cache is no reason to fail."""
    with contextlib.suppress(OSError):
        os.utime(path)


def evict(folder: Path, most_bytes: int) -> None:
    """Removes what killed processes left half-written, and the files unused for longest until the rest fits."""
    entries = []
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # another process may sweep at the same time
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


def remove_entries(folder: Path, about: str) -> None:
    """Removes everything that is kept about something."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith(_prefix(about)):
            path.unlink(missing_ok=True)


def _prefix(about: str) -> str:
    return f"{_digest(about)[:12]}-"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
