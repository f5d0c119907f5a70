"""Runs `watch` in a process of its own, as a service does."""

import io
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from PIL import Image

from favae_demo.core.files import atomic_path
from favae_demo.core.settings import PROJECT
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
    names = [f"{i:03}.png" for i in numbers]
    for i, name in zip(numbers, names, strict=True):
        with atomic_path(folder / name) as temporary:
            temporary.write_bytes(_bottle("broken_lip" if i % 3 == 0 else None))
    return names


@cache
def _bottle(defect: str | None) -> bytes:
    """The PNG of a bottle; rendering and encoding take longer than the judging of it."""
    file = io.BytesIO()
    Image.fromarray(render_part("sample_bottle", 7, defect)[0]).save(file, format="PNG")
    return file.getvalue()
