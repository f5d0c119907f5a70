"""Models from before ranges of image properties were measured: what the shipped model of the same images knows of these."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from favae_demo import Detector
from favae_demo.checkpoints import known_ranges
from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.card_file import card_alone
from favae_demo.checkpoints.checkpoint import list_checkpoints, load_checkpoint, read_card, save_checkpoint
from favae_demo.core.settings import SHIPPED_CHECKPOINTS
from favae_demo.data.synthetic import render_part

OLD, NEW = (
    SHIPPED_CHECKPOINTS / f"sample_grid-{name}.safetensors"
    for name in ("none-quick", "efficientnet-lite0-extended")
)


@pytest.fixture
def old() -> Card:
    return card_alone(OLD)


def test_a_card_without_ranges_has_those_of_the_same_images_and_nothing_else(old: Card) -> None:
    assert not old.calibration.ranges
    known = read_card(OLD)
    assert known.calibration.ranges == read_card(NEW).calibration.ranges != {}
    assert known.calibration.ranges_from == NEW.stem
    bare = replace(known.calibration, ranges={}, ranges_from="", reference=None)
    assert replace(known, calibration=bare).to_json() == replace(old, calibration=bare).to_json()
    assert (
        load_checkpoint(OLD).card.calibration.ranges
        == list_checkpoints(SHIPPED_CHECKPOINTS)[OLD].calibration.ranges
    )


@pytest.mark.parametrize(
    "changes",
    [{"source": "own pictures"}, {"source": ""}, {"train": 97}, {"held_out": None}, {"note": "partial"}, {"levels": {"black": 0, "white": 9}}],
)  # fmt: skip
def test_other_images_have_other_ranges(old: Card, changes: dict) -> None:
    card = replace(old, data=old.data | changes)
    assert known_ranges.with_known_ranges(card) is card


def test_another_split_of_the_same_images_has_their_ranges(old: Card) -> None:
    card = replace(old, data=old.data | {"train": 100, "held_out": 20})
    assert known_ranges.with_known_ranges(card).calibration.ranges


def test_a_recalibrated_model_of_another_light_gets_none(old: Card) -> None:
    card = replace(old, revision={"number": 2})
    assert known_ranges.with_known_ranges(card) is card


def test_own_ranges_stay(old: Card) -> None:
    own = replace(read_card(NEW), category=old.category)
    assert known_ranges.with_known_ranges(own) is own


def test_a_damaged_neighbour_is_passed_over(
    old: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_ranges, "SHIPPED_CHECKPOINTS", tmp_path)
    (tmp_path / "sample_grid-a.safetensors").write_bytes(b"no model")
    assert known_ranges.with_known_ranges(old) is old
    (tmp_path / "sample_grid-b.safetensors").symlink_to(NEW)
    assert known_ranges.with_known_ranges(old).calibration.ranges_from == "sample_grid-b"


def test_where_they_are_from_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "copy.safetensors"
    save_checkpoint(path, load_checkpoint(OLD))
    assert card_alone(path).calibration == read_card(OLD).calibration


def test_every_shipped_model_knows_what_its_good_images_are_like() -> None:
    cards = list_checkpoints(SHIPPED_CHECKPOINTS)
    assert len(cards) == 54
    assert all(card.calibration.ranges for card in cards.values())


def test_noise_is_not_called_a_good_part() -> None:
    detector = Detector.load(OLD)
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    part, _ = render_part("sample_grid", seed=7)
    assert [one.verdict == "not judged" for one in detector.detect([noise, part])] == [True, False]
