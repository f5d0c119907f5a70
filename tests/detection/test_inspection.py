"""A look at good images before a training, with a teacher that sees colours."""

import numpy as np
import pytest
from simple_teacher import SimpleTeacher

from favae_demo.detection.inspection import inspect_good_images
from favae_demo.scoring.suspects import Suspect

SIDE, COUNT, ODD = 64, 24, 4


@pytest.fixture(scope="module")
def parts() -> np.ndarray:
    """Discs whose colour and place vary a little; the last four have the same red stain at different places."""
    rng, (y, x) = np.random.default_rng(0), np.mgrid[:SIDE, :SIDE]
    images = rng.normal(60, 3, (COUNT, SIDE, SIDE, 3))
    for image in images:
        centre = SIDE / 2 + rng.uniform(-2, 2, 2)
        image[np.hypot(x - centre[0], y - centre[1]) < 22] += rng.uniform(90, 110)
    for number, image in enumerate(images[-ODD:]):
        image[20:28, 16 + 8 * number : 24 + 8 * number] = (230, 40, 40)
    return images.clip(0, 255).astype(np.uint8)


def look(images: np.ndarray, sizes=None) -> tuple[Suspect, ...]:
    names = [f"{number:03}.png" for number in range(len(images))]
    return inspect_good_images(images, sizes or [(SIDE, SIDE)] * len(images), names, SimpleTeacher())


def test_several_images_with_one_kind_of_defect_do_not_hide_one_another(parts):
    found = look(parts)
    assert {one.name for one in found if one.left_out} == {f"{number:03}.png" for number in range(20, 24)}
    assert sum(not one.left_out for one in found) <= 1


def test_clean_images_have_hardly_any_suspects(parts):
    assert len(look(parts[:-ODD])) <= 1


def test_an_image_unlike_the_others_as_a_whole_is_left_out(parts):
    images = parts[:-ODD].copy()
    images[3] = images[3] // 3
    (dark,) = (one for one in look(images) if one.name == "003.png")
    assert dark.left_out
    assert "darker" in dark.reasons[0]


def test_another_shape_is_named(parts):
    sizes = [(SIDE, SIDE)] * 19 + [(2 * SIDE, SIDE)]
    (wide,) = (one for one in look(parts[:-ODD], sizes) if one.left_out)
    assert "other shape" in wide.reasons[0]


def test_a_copy_is_named_but_counts(parts):
    images = np.concatenate([parts[:2], parts[1:2]])
    assert look(images) == (Suspect("002.png", ("it is a copy of 001.png",)),)
