"""Image components whose pictures are encoded with OpenCV, and stored so that nobody reads half of one."""

import hashlib
from pathlib import Path
from typing import Any

import cv2
import gradio as gr
import numpy as np

from favae_demo.core.files import atomic_path
from favae_demo.core.held_files import mark_used

ENCODINGS = {
    "png": [],
    # As many samples of colour as of brightness, for thin coloured lines. PNG takes seven times as long, WebP fifteen.
    "jpeg": [
        cv2.IMWRITE_JPEG_QUALITY,
        90,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ],
}


class PictureOutput(gr.Image):
    """As `gr.Image`; takes an array H×W×3 uint8 RGB, or what `gr.Image` takes."""

    is_template = True  # to the page it is a plain Image

    # No __init__ of its own: Gradio reads from its signature what to send to the page.

    def postprocess(self, value: Any) -> Any:
        """Returns the image as a file in Gradio's cache."""
        return super().postprocess(_stored(value, self.format, self.GRADIO_CACHE))


class PictureSlider(gr.ImageSlider):
    """As `gr.ImageSlider`; takes two arrays H×W×3 uint8 RGB, or what `gr.ImageSlider` takes."""

    is_template = True  # to the page it is a plain ImageSlider

    def postprocess(self, value: Any) -> Any:
        """Returns the images as files in Gradio's cache."""
        pair = value and tuple(_stored(one, self.format, self.GRADIO_CACHE) for one in value)
        return super().postprocess(pair)


def _stored(value: Any, encoding: str, folder: str) -> Any:
    """Stores an array in a folder, in a file named by its content, and returns the path; returns anything else as it is.

    Gradio itself is seven times slower with PNG, and writes a file anew that is there already: another visitor who is just
    reading the same picture gets a part of it.
    """
    if not isinstance(value, np.ndarray):
        return value
    _, encoded = cv2.imencode(f".{encoding}", cv2.cvtColor(value, cv2.COLOR_RGB2BGR), ENCODINGS[encoding])
    data = encoded.tobytes()
    path = Path(folder).resolve() / hashlib.sha256(data).hexdigest() / f"image.{encoding}"
    mark_used(path)
    if not path.is_file():
        with atomic_path(path) as temporary:
            temporary.write_bytes(data)
    return str(path)
