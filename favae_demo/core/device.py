"""The device that networks run on, and the priority of this process."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

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
    """Returns the processor's name for display, as in `processor, 2 threads`."""
    return f"processor, {count} {unit}{'' if count == 1 else 's'}"


def thread_count() -> int:
    """Returns the number of CPU threads for a network: all available cores, or `OMP_NUM_THREADS` if that is lower."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(asked), cores) if asked.isdigit() and int(asked) else cores


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
