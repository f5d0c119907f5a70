"""Where networks run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def default_device() -> torch.device:
    """The graphics card where there is one, else the processor."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name(device: torch.device | str) -> str:
    """A device in words: the graphics card's name, or the number of processor cores."""
    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"processor, {os.cpu_count()} cores"


def threads() -> int:
    """Threads that one network uses on the processor: its cores, unless `OMP_NUM_THREADS` says less."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(asked), cores) if asked.isdigit() and int(asked) else cores
