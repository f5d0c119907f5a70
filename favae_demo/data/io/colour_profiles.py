"""Colours of an embedded ICC profile, such as the Display P3 of phones, become sRGB."""

import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_LARGEST = 4_000_000  # bytes; a display's profile has some hundred
Convert = Callable[[np.ndarray], np.ndarray]
"""From H×W×3 uint8 RGB to the same in sRGB."""


def converter(profile: bytes | None) -> Convert:
    """Returns what converts colours of a profile; it changes nothing without one, or where it is sRGB, damaged, or not for RGB."""
    transform = _transform(profile) if profile and len(profile) <= _LARGEST else None
    if transform is None:
        return lambda band: band
    return lambda band: np.asarray(ImageCms.applyTransform(Image.fromarray(band), transform))


@lru_cache(maxsize=16)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB" or "srgb" in _description(source):
            return None
        # Without its cache a transform may be used by several threads.
        flags = ImageCms.Flags.NOCACHE
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB", flags=flags)
    except (
        ImageCms.PyCMSError,
        OSError,
        ValueError,
        TypeError,
    ):  # a broken profile is no reason to refuse good pixels
        return None


def _description(profile: ImageCms.ImageCmsProfile) -> str:
    return (profile.profile.profile_description or "").lower()
