"""The images of an example: four views at a size for embedding."""

import base64
import io

import numpy as np
from PIL import Image

from favae_demo.report.example_selection import Example
from favae_demo.viz.overlay import display_image, error_map, overlay, reconstruction_image
from favae_demo.viz.result_words import PANES

SIDE = 320  # longer side in pixels: 190 dots per inch in a row of four on a printed page
QUALITY = 88
# Titles by view; the keys are part of file names in the archive.
VIEWS = {
    "picture": PANES["picture"],
    "rebuilt": PANES["rebuilt"],
    "errors": PANES["errors"],
    "overlay": PANES["result"],
}


def views(example: Example, side: int = SIDE) -> dict[str, np.ndarray]:
    """Returns the four images of an example by the keys of `VIEWS`, uint8 RGB."""
    detection = example.detection
    return {
        "picture": display_image(detection.image, side),
        "rebuilt": reconstruction_image(detection, side),
        "errors": error_map(detection, max_side=side),
        "overlay": overlay(detection, example.ground_truth, max_side=side),
    }


def jpeg_address(image: np.ndarray) -> str:
    """Returns an image as a data URL."""
    memory = io.BytesIO()
    Image.fromarray(image).save(memory, "JPEG", quality=QUALITY, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(memory.getvalue()).decode()}"
