"""What workers do in tests/core/test_task_pool.py: small enough to run in a moment, importable by any process."""

import os
import time
from pathlib import Path

from favae_demo.core.errors import DataError


def double(number: int) -> int:
    return 2 * number


def uneven(number: int) -> int:
    """Fails for 2 in a way a user can mend, for 3 as a bug does."""
    if number == 2:
        raise DataError("There is no picture.")
    if number == 3:
        raise KeyError("bug")
    return number


def process(number: int) -> int:
    return os.getpid()


def die_at_one(number: int) -> int:
    if number == 1:
        os._exit(9)  # as a machine does that runs out of memory
    return number


def met(task: tuple[Path, int]) -> tuple[int, str, str]:
    """Waits until another task is under way at the same time; tells its process and what it was given."""
    folder, number = task
    (folder / str(number)).touch()
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2:
        assert time.monotonic() < deadline, "no other task came"
        time.sleep(0.02)
    return os.getpid(), os.environ.get("CUDA_VISIBLE_DEVICES", ""), os.environ.get("OMP_NUM_THREADS", "")
