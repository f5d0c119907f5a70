"""Ground-truth masks are label images, not photos: a value other than 0 names a kind of defect, whatever colour it is shown in."""

import numpy as np

from favae_demo.data.io import pixel_formats
from favae_demo.data.io.pixel_formats import DeepImage
from favae_demo.data.io.readers import Opened, is_lossy

_INDEXED, _GREY = ("P", "PA"), ("1", "L")


def marked(image: Opened) -> np.ndarray:
    """What a mask marks, H×W bool, upright.

    Where some pixels are transparent, the opaque ones are marked. Otherwise every value above the background is: of a palette image the
    index (0 is background), of others any channel above 0. A JPEG or another lossy file has no exact 0; there it is what is brighter than
    half of its peak.
    """
    if isinstance(image, DeepImage):
        return pixel_formats.turned(_marked_deep(image), image.orientation)
    image.load()
    lossy, image = is_lossy(image), pixel_formats.upright(image)
    if pixel_formats.has_transparency(image):
        return np.asarray(image.convert("RGBA").getchannel("A")) > 127
    if image.mode in _INDEXED:
        return np.asarray(image.getchannel(0) if image.mode == "PA" else image) > 0
    values = np.asarray(image) if image.mode in _GREY else pixel_formats.rgb(image).max(axis=2)
    return values > int(values.max()) / 2 if lossy else values > 0


def _marked_deep(image: DeepImage) -> np.ndarray:
    alpha = image.alpha
    if alpha is not None and alpha.any() and alpha.min() < image.opaque:
        return alpha > image.opaque / 2
    marked = np.asarray(image.pixels > 0)  # NaN is none
    if image.white_is_zero:
        marked = np.asarray(
            image.pixels < (np.iinfo(image.pixels.dtype).max if image.pixels.dtype.kind in "iu" else 1)
        )
    return np.asarray(marked.any(axis=2)) if marked.ndim == 3 else marked
