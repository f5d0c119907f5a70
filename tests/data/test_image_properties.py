import cv2
import numpy as np
import pytest

from favae_demo.data.image_properties import image_properties
from favae_demo.data.synthetic import render_part

SIZE = (256, 256)


@pytest.fixture(scope="module")
def part() -> np.ndarray:
    return render_part("sample_bottle", seed=7)[0]


# What is done to a part, the property that it changes, and in which direction.
CHANGES = {
    "darker": (lambda image: image // 2, "brightness", -1),
    "brighter": (lambda image: image // 2 + 127, "brightness", 1),
    "flat": (lambda image: image // 4 + 96, "contrast", -1),
    "grey": (lambda image: image.mean(2, keepdims=True).repeat(3, 2).astype(np.uint8), "colour", -1),
    "blurred": (lambda image: cv2.GaussianBlur(image, (0, 0), 4), "sharpness", -1),
    "noisy": (
        lambda image: (
            (image + np.random.default_rng(0).normal(0, 20, image.shape)).clip(0, 255).astype(np.uint8)
        ),
        "noise",
        1,
    ),
    "further away": (
        lambda image: cv2.copyMakeBorder(image, 128, 128, 128, 128, cv2.BORDER_REPLICATE),
        "background",
        1,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_moves_its_property(part, change):
    apply, name, direction = CHANGES[change]
    before, after = image_properties(part, SIZE), image_properties(np.ascontiguousarray(apply(part)), SIZE)
    assert direction * (after[name] - before[name]) > 0.15


def test_shape_and_size_are_those_of_the_original(part):
    found = image_properties(part, (400, 300))
    assert found["shape"] == pytest.approx(np.log(4 / 3), abs=1e-4)
    assert found["size"] == pytest.approx(np.log(300), abs=1e-4)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_image_has_finite_properties(value):
    found = image_properties(np.full((1, 1, 3), value, np.uint8), (1, 1))
    assert np.isfinite(list(found.values())).all()
    assert found["background"] == 1
