"""Runs `watch` in a process of its own, as a service does."""

import os
import subprocess
import sys
from pathlib import Path

from favae_demo.core.settings import PROJECT
from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part

MODEL = "sample_bottle-efficientnet-lite0-extended"


def start_watch(*arguments: object) -> subprocess.Popen:
    """Starts `watch` with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "favae_demo", "watch", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def write_parts(folder: Path, numbers: range) -> list[str]:
    """Writes pictures of bottles, every third with a defect; returns their names."""
    good, _ = render_part("sample_bottle", 7)
    broken, _ = render_part("sample_bottle", 7, "broken_lip")
    names = [f"{i:03}.png" for i in numbers]
    for i, name in zip(numbers, names, strict=True):
        save_png(folder / name, broken if i % 3 == 0 else good)
    return names
