"""What the page hands out as PNG is the picture itself."""

import numpy as np
from PIL import Image

from favae_demo.ui.components.picture_output import PictureOutput


def test_a_png_holds_every_value_and_is_named_as_one() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    sent = PictureOutput(format="png").postprocess(image)
    assert sent.path.endswith(".png")
    with Image.open(sent.path) as read:
        assert read.format == "PNG"
        np.testing.assert_array_equal(np.asarray(read.convert("RGB")), image)


def test_other_formats_and_nothing_at_all_are_left_to_gradio() -> None:
    flat = np.full((40, 30, 3), 90, np.uint8)
    assert PictureOutput(format="jpeg").postprocess(flat).path.endswith(".jpeg")
    assert PictureOutput(format="png").postprocess(None) is None
