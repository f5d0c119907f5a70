"""Recalibration to pictures of a new light: fewer false alarms, honest scores, and nothing else changes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from simple_teacher import LargeTeacher

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from favae_demo.checkpoints.weight_format import pack
from favae_demo.config.presets import make_config
from favae_demo.core.errors import DataError
from favae_demo.data.image_properties import image_properties
from favae_demo.data.synthetic import render_part
from favae_demo.data.transforms.grey import without_colour
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.calibration.passes import Network
from favae_demo.detection.detector import Detector
from favae_demo.detection.recalibration import FEWEST, GoodImages, recalibrate
from favae_demo.evaluation import outcomes
from favae_demo.model.favae import Favae
from favae_demo.scoring.likeness import fit_ranges

CONFIG = make_config(
    "extended", "sample_bottle", width=0.05, latent=4, memory=60, register=False, nuisance=0.0
)
SIZE = (256, 256)


def rendered(seeds: range, defect: str | None = None) -> np.ndarray:
    small = [render_part("sample_bottle", seed, defect)[0] for seed in seeds]
    return np.stack([cv2.resize(part, SIZE, interpolation=cv2.INTER_AREA) for part in small])


def darker(images: np.ndarray) -> np.ndarray:
    return np.rint(images * 0.8).astype(np.uint8)


def given(images: np.ndarray) -> GoodImages:
    return GoodImages(images, [SIZE] * len(images))


@pytest.fixture(scope="module")
def teacher() -> LargeTeacher:
    return LargeTeacher()


def warmer(images: np.ndarray) -> np.ndarray:
    return np.rint(images * np.array([1.0, 0.93, 0.85])).astype(np.uint8)


def trained_on(teacher: LargeTeacher, parts: np.ndarray) -> Checkpoint:
    """A model whose first six images are held out."""
    torch.manual_seed(0)
    model = Favae.from_config(CONFIG, teacher.channels).eval()
    calibration = calibrate_model(model, teacher, parts[:6], CONFIG, trained_on=parts[6:])
    ranges = fit_ranges([image_properties(part, SIZE) for part in parts])
    card = Card(
        "sample_bottle", CONFIG, teacher.fingerprint, teacher.source, teacher.channels, replace(calibration, ranges=ranges)
    )  # fmt: skip
    return Checkpoint(card, pack(model.state_dict()), teacher.standardisation())


def adapted(checkpoint: Checkpoint, teacher: LargeTeacher, images: np.ndarray) -> Checkpoint:
    calibration = recalibrate(checkpoint, teacher, given(images))
    return replace(checkpoint, card=replace(checkpoint.card, calibration=calibration))


@pytest.fixture(scope="module")
def checkpoint(teacher: LargeTeacher) -> Checkpoint:
    return trained_on(teacher, rendered(range(26)))


@pytest.fixture(scope="module")
def grey_checkpoint(teacher: LargeTeacher) -> Checkpoint:
    return trained_on(teacher, without_colour(rendered(range(26))))


@pytest.fixture(scope="module")
def fresh() -> np.ndarray:
    return darker(rendered(range(40, 52)))


@pytest.fixture(scope="module")
def recalibrated(checkpoint: Checkpoint, teacher: LargeTeacher, fresh: np.ndarray) -> Checkpoint:
    return adapted(checkpoint, teacher, fresh)


def detector(checkpoint: Checkpoint, teacher: LargeTeacher) -> Detector:
    card = checkpoint.card
    return Detector.from_model(checkpoint.build_model(), teacher, card.config, card.calibration)


def verdicts(checkpoint: Checkpoint, teacher: LargeTeacher, images: np.ndarray) -> list[str]:
    return [found.verdict for found in detector(checkpoint, teacher).detect(list(images))]


def test_parts_in_the_new_light_are_good_again(checkpoint, recalibrated, teacher) -> None:
    others = darker(rendered(range(60, 70)))
    assert verdicts(checkpoint, teacher, others).count("good") == 0
    assert verdicts(recalibrated, teacher, others).count("good") >= 9


def test_a_red_patch_in_the_new_light_is_still_found(recalibrated, teacher) -> None:
    parts = rendered(range(70, 74))
    parts[:, 100:130, 100:130] = (255, 0, 0)
    assert verdicts(recalibrated, teacher, darker(parts)) == ["defect"] * 4


def test_parts_in_the_light_of_the_training_stay_good(checkpoint, recalibrated, teacher) -> None:
    parts = rendered(range(60, 70))
    assert verdicts(recalibrated, teacher, parts).count("good") >= verdicts(checkpoint, teacher, parts).count(
        "good"
    )


def test_each_picture_is_scored_with_what_was_learned_from_the_others(checkpoint, teacher, fresh) -> None:
    config = replace(CONFIG, memory=0)  # of which an image's own patches are left out in any case
    calibration = calibrate_model(
        checkpoint.build_model(), teacher, fresh[:4], config, trained_on=rendered(range(4))
    )
    odd = fresh.copy()
    odd[0, 60:200, 60:200] = (255, 0, 0)
    plain = replace(checkpoint, card=replace(checkpoint.card, config=config, calibration=calibration))
    after = adapted(plain, teacher, odd)
    (known_by_then,) = detector(after, teacher).detect([odd[0]])
    assert after.card.calibration.plain.images[0] > 1.01 * known_by_then.score


def test_all_good_pictures_stand_behind_the_limit(checkpoint, recalibrated, fresh) -> None:
    before, after = (one.card.calibration.plain for one in (checkpoint, recalibrated))
    assert len(after.images) == len(before.images) + len(fresh)
    assert after.threshold(0.05).value >= before.threshold(0.05).value


def test_a_new_version_is_a_whole_model(recalibrated, checkpoint, tmp_path) -> None:
    save_checkpoint(tmp_path / "v2.safetensors", recalibrated)
    again = load_checkpoint(tmp_path / "v2.safetensors")
    assert all(torch.equal(again.weights[name], value) for name, value in checkpoint.weights.items())
    assert len(again.card.calibration.memory["bank"]) <= CONFIG.memory
    assert again.card.calibration.ranges == recalibrated.card.calibration.ranges


def test_few_pictures_move_the_limit_but_not_the_whitening(checkpoint, teacher, fresh) -> None:
    calibration = recalibrate(checkpoint, teacher, given(fresh[:FEWEST]))
    known = checkpoint.card.calibration
    assert all(torch.equal(known.whitening[name], value) for name, value in calibration.whitening.items())
    assert calibration.plain.threshold(0.05).value > known.plain.threshold(0.05).value
    with pytest.raises(DataError, match="4 pictures marked good: at least 5"):
        recalibrate(checkpoint, teacher, given(fresh[:4]))


def test_grey_parts_in_coloured_light_are_judged_without_its_colour(grey_checkpoint, teacher) -> None:
    grey = without_colour(rendered(range(40, 52)))
    warm = adapted(grey_checkpoint, teacher, warmer(grey))
    assert warm.card.calibration.grey
    others = without_colour(rendered(range(60, 66)))
    assert verdicts(grey_checkpoint, teacher, warmer(others)) == ["not judged"] * 6
    found = detector(warm, teacher).detect([*warmer(others), *without_colour(warmer(others))])
    assert [one.verdict for one in found[:6]] == ["good"] * 6
    assert [one.score for one in found[:6]] == [one.score for one in found[6:]]


def test_parts_with_colours_and_light_without_keep_theirs(
    checkpoint, grey_checkpoint, teacher, fresh
) -> None:
    assert not adapted(checkpoint, teacher, warmer(fresh)).card.calibration.grey
    assert not adapted(grey_checkpoint, teacher, without_colour(fresh)).card.calibration.grey


def test_versions_with_and_without_colour_are_compared_as_they_judge(
    grey_checkpoint, teacher, tmp_path
) -> None:
    warm = adapted(grey_checkpoint, teacher, warmer(without_colour(rendered(range(40, 52)))))
    save_checkpoint(tmp_path / "warm.safetensors", warm)
    warm = load_checkpoint(tmp_path / "warm.safetensors")
    images = warmer(without_colour(rendered(range(60, 64))))
    network = Network(grey_checkpoint.build_model(), teacher, CONFIG, None, "cpu")
    calibrations = [replace(one.card.calibration, ranges={}) for one in (grey_checkpoint, warm)]
    said = outcomes.verdicts(network, calibrations, given(images))
    for calibration, own in zip(calibrations, said, strict=True):
        judge = Detector.from_model(grey_checkpoint.build_model(), teacher, CONFIG, calibration)
        assert own == [one.verdict for one in judge.detect(list(images))]
    assert said[1] == ["good"] * 4 != said[0]
