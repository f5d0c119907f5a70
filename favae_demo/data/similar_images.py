"""The good image that another image resembles most, as a whole: both are compared at a small size."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from favae_demo.data.io.images import decode
from favae_demo.data.io.levels import Levels
from favae_demo.data.mvtec import Sample
from favae_demo.data.thumbnails import thumbnails

SIDE = 32  # pixels at which images are compared
MOST = 500  # images, spread over all, that one is compared with


def most_similar(
    image: np.ndarray, samples: Sequence[Sample], cache_dir: Path, levels: Levels | None = None
) -> Sample:
    """Returns the sample whose image is most like another, pixel by pixel.

    Args:
        image: H×W×3 uint8 RGB.
        samples: At least one.
        cache_dir: The app's cache folder, where the samples' thumbnails are kept.
        levels: Black and white level of images with more than 8 bits.
    """
    chosen = samples[:: max(1, len(samples) // MOST)]
    known = np.stack([_small(path) for path in thumbnails(chosen, cache_dir, levels)])
    distances = np.abs(known - _reduced(image)).mean((1, 2, 3))
    return chosen[int(distances.argmin())]


@lru_cache(maxsize=2 * MOST)
def _small(thumbnail: Path) -> np.ndarray:
    return _reduced(decode(thumbnail))


def _reduced(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
