"""Files that earlier versions saved, read by this one: see `kept_models`."""

import json

import kept_models
import pytest

from favae_demo.checkpoints.card import FORMATS
from favae_demo.checkpoints.checkpoint import load_checkpoint, read_card

ANSWERS = json.loads(kept_models.ANSWERS.read_text())


def test_every_kind_of_file_is_kept():
    assert {path.stem for path in kept_models.FOLDER.glob("*.safetensors")} == set(ANSWERS)
    cards = [read_card(kept_models.FOLDER / f"{name}.safetensors") for name in ANSWERS]
    assert {card.config.weight_bits for card in cards} == set(FORMATS)
    assert {bool(card.teacher_channels) for card in cards} == {True, False}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_kept_model_answers_as_it_did_when_it_was_saved(name):
    said, expected = kept_models.answer(name), ANSWERS[name]
    for figure in ("score", "threshold", "mean"):
        assert said[figure] == pytest.approx(expected[figure], rel=2e-3), figure
    assert said["peak"] == pytest.approx(expected["peak"], abs=1)


def test_the_whitening_travels_in_the_file():
    whitening = load_checkpoint(kept_models.FOLDER / "whitened-16.safetensors").card.calibration.whitening
    assert {name: tuple(matrix.shape) for name, matrix in whitening.items()} == dict.fromkeys(
        ("pixels", "layer1", "layer2", "layer3"), (3, 3)
    )
