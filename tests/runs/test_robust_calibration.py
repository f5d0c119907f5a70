"""Suspicious good images do not set the limit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from untrained_detector import CONFIG

from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.model.favae import Favae
from favae_demo.runs.robust_calibration import calibrate_robustly
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.suspects import Suspect
from favae_demo.training.views import split_images

COUNT, ODD = 24, (3, 9, 14, 20)
NAMES = [f"{number:03}.png" for number in range(COUNT)]


@pytest.fixture(scope="module")
def parts() -> np.ndarray:
    """Grey as what an untrained network answers, a little lighter or darker each."""
    rng = np.random.default_rng(0)
    images = [np.full((128, 128, 3), rng.integers(138, 146)) + rng.normal(0, 4, (128, 128, 3)) for _ in NAMES]
    return np.stack(images).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def model() -> Favae:
    torch.manual_seed(0)
    return Favae((), CONFIG.latent, CONFIG.width).eval()


@pytest.fixture(scope="module")
def spoiled(parts) -> np.ndarray:
    """Four of the good parts are stained, which an untrained network does not expect either."""
    images = parts.copy()
    for number in ODD:
        images[number, 20:80, 20:80] = (255, 0, 0)
    return images


def calibrated(model: Favae, images: np.ndarray, suspects=()) -> Calibration:
    return calibrate_robustly(
        model, None, split_images(images, CONFIG), CONFIG, NAMES[: len(images)], suspects
    )


def test_outliers_of_the_score_are_named_and_do_not_count(model, parts, spoiled):
    found = calibrated(model, spoiled)
    assert {one.name for one in found.suspects if one.left_out} == {NAMES[number] for number in ODD}
    assert found.plain.left_out == found.masked.left_out == len(ODD)
    assert len(found.plain.images) == COUNT - len(ODD)
    support = found.plain.threshold(0.05).support
    assert (support.images, support.left_out) == (COUNT - len(ODD), len(ODD))
    clean = calibrated(model, np.delete(parts, ODD, axis=0))
    assert found.plain.threshold(0.05).value < 1.5 * clean.plain.threshold(0.05).value


def test_without_outliers_it_is_the_plain_calibration(model, parts):
    split = split_images(parts, CONFIG)
    plain = calibrate_model(model, None, split.held_out, CONFIG, trained_on=split.train)
    assert replace(calibrated(model, parts), suspects=()) == plain


def test_those_known_before_do_not_count_either(model, parts):
    known = (Suspect(NAMES[5], ("odd",), 9.0, left_out=True), Suspect(NAMES[6], ("odd",), 3.0))
    found = calibrated(model, parts, known)
    assert len(found.plain.images) == COUNT - 1
    assert found.suspects[:2] == known
    assert Calibration.from_dict(found.to_dict()).suspects == found.suspects


def test_some_image_of_each_side_always_counts(model, parts):
    images = parts[:12]
    split = split_images(images, CONFIG)
    odd = tuple(Suspect(NAMES[place], ("odd",), 9.0, left_out=True) for place in split.held_out_index)
    found = calibrated(model, images, odd)
    assert len(found.plain.images) == 12
    assert not any(one.left_out for one in found.suspects)
