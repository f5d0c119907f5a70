"""Reads of each image what the checks of an upload need to know."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name
from favae_demo.data.io.images import decode, resize
from favae_demo.data.library.mask_images import is_mask_like
from favae_demo.data.library.upload import MOST, UploadedImage

_SMALL_SIDE = 32


@dataclass(frozen=True)
class ImageFacts:
    """What the checks need to know of an image.

    Attributes:
        size: Width and height in pixels.
        digest: SHA-256 over shape and pixels.
        small: Grey copy: 32×32 float16, 0 to 255.
        is_grey: Whether all pixels are grey.
        is_mask_like: Whether it looks like a mask.
    """

    size: tuple[int, int]
    digest: str
    small: np.ndarray
    is_grey: bool
    is_mask_like: bool


def read_facts(paths: Sequence[Path], max_pixels: int, tick: ProgressCallback) -> list[ImageFacts | str]:
    """Returns the facts of each image, or the sentence that says why it cannot be read."""
    facts: list[ImageFacts | str] = []
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for answer in pool.map(partial(_facts_or_reason, max_pixels=max_pixels), paths):
            facts.append(answer)
            tick(len(facts), len(paths))
    finally:
        pool.shutdown(cancel_futures=True)  # whoever stops the check does not wait for the rest
    return facts


def read_problem(path: Path, max_pixels: int) -> str:
    """Returns a sentence on why an image cannot be read, or an empty string."""
    answer = _facts_or_reason(path, max_pixels)
    return answer if isinstance(answer, str) else ""


def _facts_or_reason(path: Path, max_pixels: int) -> ImageFacts | str:
    try:
        return _facts(path, path.stat().st_mtime_ns, max_pixels)
    except FileNotFoundError:
        return f"The picture {display_name(path.name)!r} does not exist."
    except OSError as error:
        return f"The picture {display_name(path.name)!r} cannot be read: {error.strerror or error}."
    except ImageError as error:
        return str(error)


@lru_cache(maxsize=MOST + 1000)  # 2 kB each
def _facts(path: Path, stamp: int, max_pixels: int) -> ImageFacts:
    """Reads an image once: people drop more images to those that are checked already."""
    image = decode(path, max_pixels=max_pixels)
    height, width = image.shape[:2]
    small = resize(image, _SMALL_SIDE).astype(np.float32).mean(axis=2)
    digest = hashlib.sha256(str(image.shape).encode())
    digest.update(image.data)
    grey = bool((image == image[..., :1]).all())
    return ImageFacts(
        (width, height), digest.hexdigest(), small.astype(np.float16), grey, grey and is_mask_like(image)
    )


def usable(parts: list[UploadedImage], facts: list[ImageFacts | str]) -> list[tuple[int, ImageFacts]]:
    """Returns place and facts of the images that can be read and are not left out."""
    return [(i, fact) for i, fact in enumerate(facts) if parts[i].used and not isinstance(fact, str)]
