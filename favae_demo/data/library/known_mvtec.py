"""Recognises the pictures of MVTec AD: a folder that has the name of one of its categories may hold anything."""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from favae_demo.config.categories import CATEGORIES, category_info
from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.io.images import decode, resize

SOURCE = "MVTec AD"
_LOOKED_AT = 12  # training images, spread over all
# Of 240 bits. Another size and JPEG at quality 75 change up to 21; pictures of other parts differ by at least 40.
_BITS = 24


def image_hash(image: np.ndarray) -> int:
    """Returns 240 bits: whether each of 16×16 areas of an H×W×3 image is brighter than the one to its left."""
    small = resize(image, 128).astype(np.float32).mean(axis=2).reshape(16, 8, 16, 8).mean(axis=(1, 3))
    bits = small[:, 1:] > small[:, :-1]
    return int("".join("1" if bit else "0" for bit in bits.ravel()), 2)


def matches(name: str, folder: Path) -> bool:
    """Whether a folder in MVTec layout holds pictures of MVTec AD's category of this name, whole or in part.

    For five categories hashes of their training images are known. The others are recognised by the numbers of their images.
    """
    if name not in CATEGORIES or CATEGORIES[name].source != SOURCE:
        return False
    train = sorted(
        path for path in (folder / "train" / "good").glob("*") if path.suffix.lower() in EXTENSIONS
    )
    stamps = tuple(path.stat().st_mtime_ns for path in (folder, folder / "train" / "good") if path.is_dir())
    known = _hashes().get(name)
    if known:
        return bool(train) and _same_images(tuple(train), known, stamps)
    test = sum(path.suffix.lower() in EXTENSIONS for path in (folder / "test").glob("*/*"))
    return (len(train), test) == category_info(name).complete


@lru_cache(maxsize=1)
def _hashes() -> dict[str, frozenset[int]]:
    text = files("favae_demo.data.library").joinpath("mvtec_hashes.json").read_text("utf-8")
    return {
        name: frozenset(int(word, 16) for word in words.split()) for name, words in json.loads(text).items()
    }


@lru_cache(maxsize=64)
def _same_images(paths: tuple[Path, ...], known: frozenset[int], stamps: tuple[int, ...]) -> bool:
    """Whether at least half of some images are known; `stamps` make the answer new when images come or go."""
    step = max(1, len(paths) // _LOOKED_AT)
    chosen = paths[::step][:_LOOKED_AT]
    return 2 * sum(_is_known(path, known) for path in chosen) >= len(chosen)


def _is_known(path: Path, known: frozenset[int]) -> bool:
    try:
        own = image_hash(decode(path))
    except (ImageError, DataError):
        return False
    return any((own ^ one).bit_count() <= _BITS for one in known)
