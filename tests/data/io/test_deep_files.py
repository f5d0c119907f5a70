"""Images of more than 8 bits are stored with their values: what is read back looks the same at any level."""

import numpy as np
import pytest
from image_writers import ALPHA, GREY, RGB, deep, display_p3, planes, tiff

from favae_demo.data.io.deep_files import save_deep
from favae_demo.data.io.images import decode, needs_levels
from favae_demo.data.io.levels import Levels

FILES = {
    "grey 12": lambda: tiff(deep(GREY, 12)),
    "planes 16": lambda: planes(deep(RGB, 16)),
    "white is zero": lambda: tiff(4095 - deep(GREY, 12), photometric="miniswhite"),
    "cut-out": lambda: tiff(
        np.dstack([deep(RGB, 16), deep(ALPHA, 16)]), photometric="rgb", extrasamples=["unassalpha"]
    ),
    "cmyk": lambda: tiff(np.dstack([deep(RGB, 16), deep(GREY, 16) // 4]), photometric="separated"),
    "display p3": lambda: tiff(deep(RGB, 16), photometric="rgb", iccprofile=display_p3()),
    "float": lambda: tiff((GREY / np.float32(255)).astype(np.float32)),
    "double": lambda: tiff(GREY / 255),
    "int32": lambda: tiff(GREY.astype(np.int32)),
    "turned": lambda: tiff(deep(GREY, 12), extratags=[(274, "H", 1, 6, True)]),
}
WHITE = {"float": 0.7, "double": 0.7, "int32": 200.0}


@pytest.mark.parametrize("name", FILES)
def test_what_is_stored_looks_as_the_file_did(name, tmp_path):
    source, target = tmp_path / "source.tiff", tmp_path / "target.tiff"
    source.write_bytes(FILES[name]())
    image = needs_levels(source)
    assert image is not None
    size = save_deep(target, image, 1000)
    levels = Levels(0, WHITE.get(name, 3000))
    stored, right = decode(target, levels), decode(source, levels)
    assert size == (right.shape[1], right.shape[0])
    assert np.abs(stored.astype(int) - right).max() <= 1
    assert needs_levels(target) is not None


def test_a_large_image_is_shrunk_by_area(tmp_path):
    source, target = tmp_path / "source.tiff", tmp_path / "target.tiff"
    source.write_bytes(tiff(np.kron(deep(GREY, 12), np.ones((4, 4), np.uint16))))
    assert save_deep(target, needs_levels(source), GREY.shape[1]) == GREY.shape[::-1]
    np.testing.assert_array_equal(decode(target, Levels(0, 4095))[..., 0], GREY)
