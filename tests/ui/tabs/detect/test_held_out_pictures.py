"""A category without test pictures: Detect opens on the good ones that its model did not learn from."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from detect_choices import opened

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import read_address
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.live import stream

pytest_plugins = ["trained_widget", "detect_choices"]


@pytest.fixture
def without_tests(services: Services, tmp_path: Path) -> Services:
    """Services whose one category has good training pictures alone, as own parts have after their training."""
    source = services.settings.data_dir / "widget"
    shutil.copytree(source / "train", tmp_path / "own" / "widget" / "train")
    settings = replace(services.settings, data_dir=tmp_path / "own")
    return Services(settings, Registry(settings))


@pytest.fixture
def held_out(without_tests: Services) -> list[str]:
    """Keys of the pictures that the model did not learn from, as its card names them."""
    card = read_card(Path(without_tests.first_model("widget")))
    assert len(card.data["held_out_keys"]) == card.data["held_out"] == 5
    return card.data["held_out_keys"]


def test_detect_opens_on_a_held_out_picture_and_says_so(
    without_tests: Services, turns: Turns, held_out: list[str]
) -> None:
    values = opened(without_tests, turns)
    assert values["picked"] == held_out[0]
    assert values["sources"].selected == image_picker.TEST
    assert len(values["gallery"].value) == 5
    assert values["kind"].info == text.page.HELD_OUT_INFO
    assert values["kind"].choices[0][0] == text.values.ALL_HELD_OUT.format(count=5)
    assert values["shown"].truth_note == text.values.KNOWN_HELD_OUT
    assert values["shown"].defective is False


def test_they_can_be_stepped_through_found_and_played(without_tests: Services, held_out: list[str]) -> None:
    following = image_picker.neighbour(without_tests, "widget", image_picker.ALL, held_out[0], 1)
    assert following == held_out[1]
    assert without_tests.find("widget", held_out[2]).key == held_out[2]
    played = stream._test_images(without_tests, "widget")
    assert sorted(path.name for path in played) == sorted(Path(key).name for key in held_out)


def test_pictures_that_are_gone_are_left_out(without_tests: Services, held_out: list[str]) -> None:
    (without_tests.settings.data_dir / "widget" / held_out[0]).unlink()
    assert [sample.key for sample in without_tests.browsed("widget")] == held_out[1:]


def test_real_test_pictures_take_their_place(services: Services) -> None:
    assert {sample.split for sample in services.browsed("widget")} == {"test"}
    assert image_picker.fill(services, "widget")[0].info == text.page.KIND_INFO


def test_an_address_leads_back_to_one(without_tests: Services, turns: Turns, held_out: list[str]) -> None:
    page = read_address(without_tests, f"?category=widget&image={held_out[1]}")
    assert page.image == held_out[1]
    assert opened(without_tests, turns, "widget", page.image)["picked"] == held_out[1]


def test_what_a_model_has_learned_from_is_not_called_held_out(
    without_tests: Services, turns: Turns, held_out: list[str]
) -> None:
    data = without_tests.category("widget")
    learned = next(sample.key for sample in data.train if sample.key not in held_out)
    assert opened(without_tests, turns, "widget", learned)["shown"].truth_note == text.values.KNOWN_GOOD
