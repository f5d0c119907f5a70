"""Tasks for tests/core/test_task_pool.py: quick functions that worker processes can import."""

import os
from pathlib import Path

from waiting import await_true

from favae_demo.core.errors import DataError


def double(number: int) -> int:
    return 2 * number


def uneven(number: int) -> int:
    """Raises an error for the user for 2, and an unexpected one for 3."""
    if number == 2:
        raise DataError("There is no picture.")
    if number == 3:
        raise KeyError("bug")
    return number


def process(number: int) -> int:
    return os.getpid()


def die_at_one(number: int) -> int:
    if number == 1:
        os._exit(9)  # like a process that is killed when memory runs out
    return number


def met(task: tuple[Path, int]) -> tuple[int, str, str]:
    """Waits until another task runs at the same time; returns its process's id and two of its environment variables."""
    folder, number = task
    (folder / str(number)).touch()
    await_true(lambda: len(list(folder.iterdir())) == 2)
    return os.getpid(), os.environ.get("CUDA_VISIBLE_DEVICES", ""), os.environ.get("OMP_NUM_THREADS", "")
