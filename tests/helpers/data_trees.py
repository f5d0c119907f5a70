"""Folders and archives with generated images, for the tests of data imports."""

import tarfile
from pathlib import Path

import numpy as np

from favae_demo.data.io.images import save_png


def image(seed: int, side: int = 48) -> np.ndarray:
    """Returns a bright blob on a dark background, like a small scan of an organ: side×side uint8, different for each seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side - 0.5 - rng.uniform(-0.08, 0.08, (2, 1, 1))
    body = np.exp(-8 * (x**2 / rng.uniform(0.7, 1.3) + y**2))
    noise = rng.normal(0, 0.03, (side, side))
    texture = 0.1 * np.sin(20 * x + rng.uniform(0, 6)) * body
    return ((0.08 + 0.6 * body + texture + noise).clip(0, 1) * 255).astype(np.uint8)


def images(folder: Path, count: int, start: int = 0) -> list[Path]:
    """Writes different images `000.png`, `001.png`, … into a folder; returns their paths."""
    paths = [folder / f"{i:03}.png" for i in range(count)]
    for i, path in enumerate(paths, start=start):
        save_png(path, image(i))
    return paths


def category(root: Path, good: int = 4) -> Path:
    """Writes a category in MVTec layout with `good` training images, one good and two defective test images; returns its folder."""
    images(root / "train" / "good", good)
    images(root / "test" / "good", 1, 100)
    images(root / "test" / "dent", 2, 200)
    return root


def tar_xz(source: Path, path: Path) -> Path:
    """Packs a folder, under its own name, into a TAR.XZ archive; returns the archive's path."""
    with tarfile.open(path, "w:xz") as archive:
        archive.add(source, source.name)
    return path
