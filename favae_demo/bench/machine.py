"""Facts about this machine: hardware, package versions, peak speed of calculations and memory."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from favae_demo import __version__
from favae_demo.bench.timing import time_calls
from favae_demo.core.device import thread_count

PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "opencv-python-headless",
    "gradio",
    "ncnn",
    "openvino",
    "onnxruntime",
)
BUSY = 0.5  # load average from which the figures are not reliable


def describe() -> dict[str, Any]:
    """Returns processor, cores, threads, memory, operating system and load average."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": thread_count(),
        "memory_gb": _memory_gb(),
        "system": platform.platform(terse=True),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def versions() -> dict[str, str]:
    """Returns the versions of the packages that affect the figures; those not installed are left out."""
    numbers = {"favae_demo": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            numbers[name] = version(name)
        except PackageNotFoundError:
            continue
    return numbers


def roofline(repeats: int, side: int = 2048, megabytes: int = 256) -> dict[str, Any]:
    """Measures peak performance: a matrix product, and a copy of memory that exceeds the caches.

    Args:
        repeats: Timed calls of each.
        side: Height and width of the matrices.
        megabytes: Size of the copied memory.
    """
    import torch

    a, b = torch.randn(2, side, side)
    into = torch.empty_like(a)
    product = time_calls(lambda: torch.mm(a, b, out=into), repeats)
    source = torch.ones(megabytes * 250_000)
    copy = torch.empty_like(source)
    copying = time_calls(lambda: copy.copy_(source), repeats)
    return {
        "torch_threads": torch.get_num_threads(),
        "sgemm_gflops": round(2e-9 * side**3 / product.median, 1),
        "bandwidth_gb_per_second": round(
            2e-3 * megabytes / copying.median, 1
        ),  # each byte is read once and written once
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)
    except (AttributeError, OSError, ValueError):
        return None
