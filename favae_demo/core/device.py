"""The device that networks run on, and the priority of this process."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

AUTOGROUP = Path("/proc/self/autogroup")
LOWEST_PRIORITY = 19  # niceness, as for `os.nice`


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
    """Returns the processor's name for display, as in `processor, 2 threads`."""
    return f"processor, {count} {unit}{'' if count == 1 else 's'}"


def thread_count() -> int:
    """Returns the number of CPU threads for a network: all available cores, or `OMP_NUM_THREADS` if that is lower."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(asked), cores) if asked.isdigit() and int(asked) else cores


def lower_priority() -> None:
    """Gives this process the lowest scheduling priority; call it before threads are started.

    Linux schedules each session as one group, and all groups have equal weight whatever the niceness inside them. A process with its own session
    would therefore take half of the processor from the web server, so the group's niceness is set as well. Systems without autogroups or
    `SCHED_IDLE` get the niceness alone.
    """
    if hasattr(os, "nice"):
        os.nice(LOWEST_PRIORITY)
    with suppress(OSError):
        if AUTOGROUP.exists():
            AUTOGROUP.write_text(str(LOWEST_PRIORITY))
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
