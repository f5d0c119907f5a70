"""The images of an example: four views, small enough to embed."""

import base64
import io

import numpy as np
from PIL import Image

from favae_demo.report.report_data import Example
from favae_demo.viz.overlay import display_image, error_map, overlay, reconstruction_image

SIDE = 320  # pixels of the longer side: 190 dots an inch where four stand beside each other on a page
QUALITY = 88
VIEWS = {"picture": "Picture", "rebuilt": "Rebuilt", "errors": "Error map", "overlay": "Overlay"}


def views(example: Example, side: int = SIDE) -> dict[str, np.ndarray]:
    """The four images of an example by name (`VIEWS`), uint8 RGB."""
    found = example.found
    return {
        "picture": display_image(found.image, side),
        "rebuilt": reconstruction_image(found, side),
        "errors": error_map(found, max_side=side),
        "overlay": overlay(found, example.truth, max_side=side),
    }


def jpeg_address(image: np.ndarray) -> str:
    """An image as a data address."""
    memory = io.BytesIO()
    Image.fromarray(image).save(memory, "JPEG", quality=QUALITY, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(memory.getvalue()).decode()}"
