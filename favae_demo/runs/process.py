"""The process that trains a run: which one it is, whether it lives, and that there is never a second one.

Two guards, because each alone can fail: the process number with its start time tells at once, but means nothing to a server in another
container; the lock on the run folder holds for all, but only once the process has come to take it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from filelock import FileLock, Timeout

from favae_demo.core.errors import TrainingError
from favae_demo.core.files import read_json, write_json
from favae_demo.training.run_folder import RunFolder

LOCK = "lock"
LOCK_SECONDS = 2.0  # somebody who only looks holds a lock for an instant


@contextlib.contextmanager
def alone(folder: RunFolder) -> Iterator[None]:
    """Keeps every other process from training or deleting a run; the system frees it when this one dies.

    Raises:
        TrainingError: Another process trains or deletes it.
        OSError: The folder cannot be written.
    """
    lock = FileLock(folder.path / LOCK, timeout=LOCK_SECONDS, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise TrainingError(
            "This training is running already, perhaps started by another copy of the app: watch it, or stop it first."
        ) from None
    try:
        yield
    finally:
        lock.release()


def mark_process(folder: RunFolder, pid: int) -> None:
    """Notes which process trains a folder."""
    write_json(folder.path / "process.json", {"pid": pid, "started": _started(pid)})


def is_alive(folder: RunFolder) -> bool:
    """Whether a process trains a folder."""
    return _is_marked_alive(folder) or _is_held(folder)


def _is_marked_alive(folder: RunFolder) -> bool:
    """Whether the noted process lives; a reused process number does not count."""
    try:
        record = read_json(folder.path / "process.json")
        pid, started = int(record["pid"]), record["started"]
    except (ArithmeticError, OSError, ValueError, KeyError, TypeError):
        return False
    if pid < 1:  # these mean whole groups of processes
        return False
    _reap(pid)
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # another user's; still, its number may have been given anew
    except (OSError, OverflowError):
        return False
    return _started(pid) == started


def _is_held(folder: RunFolder) -> bool:
    """Whether some process holds the lock: one that this system's process numbers do not show.

    Not by FileLock: that makes the file where there is none, and so brings back a folder that is being deleted just now. On Windows
    the process number alone must tell.
    """
    if fcntl is None:
        return False
    try:
        with open(folder.path / LOCK, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is none, or it may not be read
        return False
    return False


def _started(pid: int) -> str:
    """Start time of a process in clock ticks, where the system tells it (Linux); tells apart reused numbers."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _reap(pid: int) -> None:
    """Collects our own ended child, which would otherwise stay listed as a process."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (OSError, AttributeError, OverflowError):
        return
