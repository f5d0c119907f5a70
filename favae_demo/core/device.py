"""Where networks run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

AUTOGROUP = Path("/proc/self/autogroup")
LOWEST_PRIORITY = 19


def default_device() -> torch.device:
    """The graphics card where there is one, else the processor."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name(device: torch.device | str) -> str:
    """A device in words: the graphics card's name, or the number of processor cores."""
    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return processor_label(os.cpu_count() or 1, "core")


def processor_label(count: int, unit: str) -> str:
    """The processor in words: `processor, 2 threads`."""
    return f"processor, {count} {unit}{'' if count == 1 else 's'}"


def thread_count() -> int:
    """Threads that one network uses on the processor: its cores, unless `OMP_NUM_THREADS` says less."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(asked), cores) if asked.isdigit() and int(asked) else cores


def lower_priority() -> None:
    """Lets every other process of this machine go first; to be called before threads are started.

    Linux schedules sessions as groups of equal weight, whatever the niceness within them, and a process in a session of its own would take half the
    processor from the page: so the group has to be told too. Where a system has neither, niceness alone must do.
    """
    if hasattr(os, "nice"):
        os.nice(LOWEST_PRIORITY)
    with suppress(OSError):
        if AUTOGROUP.exists():
            AUTOGROUP.write_text(str(LOWEST_PRIORITY))
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
