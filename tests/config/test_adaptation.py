"""Settings that pictures decide: shape, size for the smallest defect, upright turning, texture."""

from dataclasses import replace

import pytest

from favae_demo.config.adaptation import fit_content, fit_shape
from favae_demo.config.presets import EXTENDED, QUICK, make_config
from favae_demo.core.errors import ConfigError


@pytest.mark.parametrize(
    ("sizes", "defect", "shape"),
    [
        ([(900, 900)], 0.02, (256, 256)),
        ([(1000, 900)], 0.02, (256, 256)),  # nearly square
        ([(1600, 1200)], 0.02, (256, 352)),
        ([(500, 1263)], 0.02, (640, 256)),
        ([(2000, 1500)], 8 / 2000, (768, 1024)),
        ([(400, 300)], 0.001, (384, 512)),  # not larger than the pictures, but for the next size
        ([(8000, 400)], 0.02, (256, 2048)),
        ([(640, 480), (640, 480), (480, 640)], 0.02, (256, 352)),  # the median
    ],
)
def test_the_shape_is_that_of_the_pictures_and_large_enough_for_the_defect(sizes, defect, shape):
    assert fit_shape(replace(EXTENDED, smallest_defect=defect), sizes).shape == shape


def test_a_size_that_is_set_larger_stays():
    assert fit_shape(replace(EXTENDED, image_size=512), [(900, 900)]).shape == (512, 512)


@pytest.mark.parametrize("config", [QUICK, replace(EXTENDED, adapt=False)])
def test_settings_that_do_not_adapt_stay(config):
    assert fit_shape(config, [(1600, 400)]) is config
    assert fit_content(config, any_angle=not config.align, texture=not config.centre) == config


@pytest.mark.parametrize(
    ("any_angle", "texture", "align", "centre"),
    [
        (True, False, True, False),
        (False, True, False, True),
        (True, True, True, False),
        (False, False, False, False),
    ],
)
def test_parts_at_any_angle_are_turned_and_textures_centred(any_angle, texture, align, centre):
    found = fit_content(EXTENDED, any_angle=any_angle, texture=texture)
    assert (found.align, found.centre) == (align, centre)


def test_one_code_for_the_whole_picture_needs_a_square():
    with pytest.raises(ConfigError, match="'latent_side' to 8"):
        replace(QUICK, aspect=2.0)
    assert replace(QUICK, latent_side=8, aspect=2.0).shape == (128, 256)


def test_the_maps_have_half_the_size_but_at_least_128():
    assert replace(EXTENDED, image_size=384, aspect=0.5).map_shape == (384, 192)
    assert QUICK.map_shape == (128, 128)


def test_a_texture_is_learned_by_adam_with_as_much_patience():
    found = fit_content(EXTENDED, any_angle=False, texture=True)
    assert (found.optimiser, found.learning_rate) == ("adam", EXTENDED.learning_rate / 2)
    assert found.max_steps == 3 * EXTENDED.max_steps
    known = make_config("extended", "grid")
    assert (known.optimiser, known.max_steps) == ("adam", found.max_steps)
    assert make_config("extended", "grid", max_steps=7).max_steps == 7
    assert make_config("quick", "grid").max_steps == make_config("quick").max_steps
