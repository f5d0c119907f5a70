"""Small pictures for the gallery, made once and kept on disk."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from favae_demo.data.images import decode, resize
from favae_demo.data.mvtec import Sample
from favae_demo.files import atomic_path

SIDE = 160


def thumbnails(samples: Sequence[Sample], cache_dir: Path) -> list[Path]:
    """Paths of 160-pixel WebP thumbnails of some pictures, in order; missing ones are made in parallel."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda sample: _thumbnail(sample.path, cache_dir), samples))


def _thumbnail(path: Path, cache_dir: Path) -> Path:
    stamp = f"{path.resolve()} {path.stat().st_mtime_ns}"
    name = hashlib.sha256(stamp.encode()).hexdigest()[:24]
    target = cache_dir / "thumbnails" / f"{name}.webp"
    if not target.exists():
        with atomic_path(target) as temporary:
            Image.fromarray(resize(decode(path), SIDE)).save(temporary, format="WEBP", quality=80)
    return target
