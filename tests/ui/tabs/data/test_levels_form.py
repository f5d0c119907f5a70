"""The form that changes the black and white level of a category."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from favae_demo.core.errors import ConfigError
from favae_demo.data.io.levels import Levels
from favae_demo.detection.registry import Registry
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import levels_form
from favae_demo.ui.tabs.data.category_list import categories_html


@pytest.fixture
def services(tmp_path, app_settings) -> Services:
    """A category of 12 bits."""
    folder = tmp_path / "data/cap/train/good"
    folder.mkdir(parents=True)
    for number in range(3):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((16, 16), 3000 + number, np.uint16))
    settings = replace(app_settings, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    return Services(settings, Registry(settings))


def test_a_level_is_shown_changed_and_decided_again(services):
    assert levels_form.deep_choices(services) == [("Cap", "cap")]
    assert levels_form.level_values(services, "cap") == (0, 4095)
    said = levels_form.change_levels(services, "cap", Levels(50, 3500))
    assert "50 to 3,500" in said
    assert "50 to 3,500" in categories_html(services.settings)
    assert levels_form.level_values(services, "cap") == (50, 3500)
    assert "0 to 4,095" in levels_form.change_levels(services, "cap", None)


def test_where_nothing_may_be_changed_the_form_has_no_choices(services):
    locked = Services(replace(services.settings, training="limited"), services.registry)
    assert levels_form.deep_choices(locked) == []


def test_without_a_category_it_says_what_is_missing(services):
    with pytest.raises(ConfigError, match="Choose a category"):
        levels_form.change_levels(services, None, Levels(0, 1))
