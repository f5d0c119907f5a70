"""The device that networks run on, and the priority of this process."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

PASS_PIXELS = 4 * 256 * 256  # of one pass of a network
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # parameters of `mallopt` in malloc.h
KEPT_BYTES = 2**31 - 1  # free memory that is kept at most
AUTOGROUP = Path("/proc/self/autogroup")
NICENESS = 10  # of trainings, as for `os.nice`


def default_device() -> torch.device:
    """Returns the CUDA device if there is one, otherwise the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name(device: torch.device | str) -> str:
    """Returns a device's name for display: that of the graphics card, or the number of processor cores."""
    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return processor_label(os.cpu_count() or 1, "core")


def processor_label(count: int, unit: str) -> str:
    """Returns the processor's name for display, as in `CPU, 2 threads`."""
    return f"CPU, {count} {unit}{'' if count == 1 else 's'}"


def thread_count() -> int:
    """Returns the number of CPU threads for a network: all available cores, or `OMP_NUM_THREADS` if that is lower."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(asked), cores) if asked.isdigit() and int(asked) else cores


def images_per_pass(height: int, width: int) -> int:
    """Returns how many images of a size a network takes at once at best: beyond, their tensors cost the allocator more than threads gain."""
    return max(1, PASS_PIXELS // (height * width))


@contextmanager
def one_thread() -> Iterator[None]:
    """Limits torch to one thread for many small operations: on busy cores, threads wait for one another longer than they work."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def wait_passively() -> None:
    """Lets threads that wait for one another sleep instead of spin; call it before PyTorch is imported, whose OpenMP reads this once.

    Beside another busy program a spinning thread keeps the one that it waits for from the core: on two busy cores a step of a training took three to ten
    times as long. What the user has set stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def reuse_memory() -> None:
    """Keeps freed memory for the next tensors, in processes that do nothing but compute; does nothing on other systems than Linux with glibc.

    glibc takes blocks above 32 MB from the system and gives them back at once, so that every page of every large tensor costs a fault: on two
    cores, EfficientNet-Lite0 takes four times as long for each image in batches of 32 at 256×256.
    """
    with suppress(AttributeError, OSError, TypeError):
        change = ctypes.CDLL(None).mallopt
        change(M_MMAP_MAX, 0)
        change(M_TRIM_THRESHOLD, KEPT_BYTES)


def release_memory() -> None:
    """Gives kept memory that nothing uses back to the system, after a stage that needed more than the next one; see `reuse_memory`."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def lower_priority() -> None:
    """Lets other programs go first, but not alone; call it before threads are started.

    A training must go on where the processor is never idle, so this takes neither the idle class nor the highest niceness, which may stop it for
    ever: with this niceness it gets about a tenth of what an ordinary program gets.

    Linux schedules each session as one group, and all groups have equal weight whatever the niceness inside them. A process with its own session
    would therefore take half of the processor from the web server, so the group's niceness is set as well. On Windows the priority is set
    when the process is started; see `runs.manager.launch`.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(OSError):
        if AUTOGROUP.exists():
            AUTOGROUP.write_text(str(NICENESS))
