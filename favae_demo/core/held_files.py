"""Files that are being read for long, such as the uploads of a batch, and must not be deleted until that ends."""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

_held: Counter[Path] = Counter()
_lock = threading.Lock()


@contextlib.contextmanager
def hold(paths: Iterable[Path]) -> Iterator[None]:
    """Holds files, and everything in folders, within the block; afterwards their time of last use is now."""
    kept = [path.absolute() for path in paths]
    with _lock:
        _held.update(kept)
    try:
        yield
    finally:
        for path in kept:
            mark_used(path)
        with _lock:
            _held.subtract(kept)
            for path in kept:
                if not _held[path]:
                    del _held[path]


def is_held(path: Path) -> bool:
    """Returns whether a file, or a folder that it lies in, is held."""
    absolute = path.absolute()
    with _lock:
        return any(_held[folder] > 0 for folder in (absolute, *absolute.parents))


def mark_used(path: Path) -> None:
    """Sets the time of a file's last use to now, so that other servers with the same folders keep it too."""
    with contextlib.suppress(OSError):  # gone, or of another user
        os.utime(path)
