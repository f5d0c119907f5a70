"""The process that trains a run: which one it is, whether it is alive, and that there is never a second one.

There are two checks, because each alone can fail: the process id with its start time works at once, but not from another container; the
lock on the run folder works everywhere, but only once the process has acquired it.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from favae_demo.core.errors import TrainingError
from favae_demo.core.files import read_json, write_json
from favae_demo.training.run_folder import RunFolder

if sys.platform != "win32":
    import fcntl

LOCK = "lock"
LOCK_SECONDS = 2.0  # a process that only checks holds the lock for an instant


@contextlib.contextmanager
def run_lock(folder: RunFolder) -> Iterator[None]:
    """Holds the lock under which a run is trained or deleted; the system releases it when this process dies.

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
    """Records which process trains a run."""
    write_json(folder.path / "process.json", {"pid": pid, "started": _started(pid)})


def is_alive(folder: RunFolder) -> bool:
    """Returns whether a process is training the run."""
    return _is_marked_alive(folder) or _is_held(folder)


def _is_marked_alive(folder: RunFolder) -> bool:
    """Returns whether the recorded process is alive; another process with a reused id does not count."""
    try:
        record = read_json(folder.path / "process.json")
        pid, started = int(record["pid"]), record["started"]
    except (ArithmeticError, OSError, ValueError, KeyError, TypeError):
        return False
    if pid < 1:  # `waitpid` takes these for groups of processes
        return False
    try:
        # Not `os.kill(pid, 0)`, which ends processes on Windows. A zombie has ended, but its parent has not asked for its result.
        has_ended = psutil.Process(pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (psutil.Error, OverflowError, ValueError):
        return False
    if has_ended:
        _reap(pid)
    return not has_ended and _started(pid) == started


def _is_held(folder: RunFolder) -> bool:
    """Returns whether any process, also one in another container, holds the run's lock.

    FileLock is not used, because it would create the file and thereby restore a folder that is being deleted. On Windows only the process
    id is checked.
    """
    if sys.platform == "win32":
        return False
    try:
        with (folder.path / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # the file does not exist, or may not be read
        return False
    return False


def _started(pid: int) -> str:
    """Returns the start time of a process in clock ticks on Linux, else an empty string; it distinguishes reused ids."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _reap(pid: int) -> None:
    """Waits for an ended child of this process, which would otherwise stay in the process table."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (OSError, AttributeError, OverflowError):
        return
