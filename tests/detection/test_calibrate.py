"""Calibration without labels: changes of light and camera count less, the memory leaves an image itself out, a lone score decides."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from shifted_images import shifted
from simple_teacher import LargeTeacher

from favae_demo.checkpoints.card import POSED_FORMAT, Card
from favae_demo.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from favae_demo.config.presets import make_config
from favae_demo.core.errors import ConfigError
from favae_demo.data.synthetic import render_part
from favae_demo.data.transforms.registration import fit_reference
from favae_demo.detection.calibration import calibrate, joining, passes, statistics
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.calibration.joining import USUAL_DEVIATIONS, damaged_copies
from favae_demo.detection.detector import Detector
from favae_demo.model.favae import Favae
from favae_demo.scoring.score_maps import image_score
from favae_demo.scoring.thresholds import GoodScores

CONFIG = make_config("extended", "sample_bottle", width=0.05, latent=4, memory=60)


@pytest.fixture(scope="module", autouse=True)
def _few_synthetic_defects() -> Iterator[None]:
    """A quarter of them shows the same, in half the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "DEFECTS", 16)
        yield


@pytest.fixture(scope="module")
def parts() -> np.ndarray:
    small = [render_part("sample_bottle", seed)[0] for seed in range(12)]
    return np.stack([cv2.resize(part, (256, 256), interpolation=cv2.INTER_AREA) for part in small])


@pytest.fixture(scope="module")
def networks() -> tuple[Favae, LargeTeacher]:
    torch.manual_seed(0)
    teacher = LargeTeacher()
    return Favae.from_config(CONFIG, teacher.channels).eval(), teacher


def calibrated(networks, parts, config=CONFIG) -> Detector:
    model, teacher = networks
    reference = fit_reference(parts[6:])
    calibration = calibrate_model(
        model, teacher, parts[:6], config, trained_on=parts[6:], reference=reference
    )
    return Detector.from_model(model, teacher, config, calibration, "sample_bottle")


@pytest.fixture(scope="module")
def detector(networks, parts) -> Detector:
    return calibrated(networks, parts)


def test_the_network_runs_on_each_good_image_once(networks, parts, monkeypatch):
    seen: list[np.ndarray] = []
    run = passes.Network._pass
    monkeypatch.setattr(
        passes.Network, "_pass", lambda self, images: seen.extend(images) or run(self, images)
    )
    calibrated(networks, parts)
    digests = [image.tobytes() for image in seen]
    assert all(digests.count(part.tobytes()) == 1 for part in parts)
    assert len(seen) > len(parts)  # copies


def test_a_store_without_room_changes_nothing(networks, parts, detector, monkeypatch):
    monkeypatch.setattr(passes.PassStore.__init__, "__defaults__", (0,))
    without = calibrated(networks, parts).calibration
    assert without.plain.images == pytest.approx(detector.calibration.plain.images, rel=1e-6)


def test_each_score_of_a_held_out_image_leaves_its_own_patches_out(detector, parts):
    at_once = [found.maps["memory"].max() for found in detector.detect(list(parts[:6]))]
    left_out = detector.calibration.plain.peaks["memory"][:6]  # those of the training follow
    # Few patches of each image are kept, so not every highest value rises.
    assert all(own <= other * (1 + 5e-3) for own, other in zip(at_once, left_out, strict=True))
    assert any(own < 0.99 * other for own, other in zip(at_once, left_out, strict=True))


def test_each_score_counts_in_deviations_of_good_images(detector):
    calibration = detector.calibration
    assert calibration.exponents.keys() == calibration.usual.keys() == {"combined", "memory"}
    for name in calibration.exponents:
        peaks = np.log(calibration.plain.peaks[name][:6])
        assert calibration.usual[name] == pytest.approx(np.exp(np.median(peaks)), rel=0.5)
    # The one that is further on painted defects counts by its deviation, the other less.
    shares = {name: value * USUAL_DEVIATIONS[name][0] for name, value in calibration.exponents.items()}
    assert 1 / 3 < max(shares.values()) < 3
    assert 0 < min(shares.values()) < max(shares.values())


def test_the_image_score_is_about_that_of_the_map_that_is_further_from_usual(detector, parts):
    (found,) = detector.detect([parts[0]])
    calibration = detector.calibration
    highest = {name: np.sort(found.maps[name], axis=None)[-49:].mean() for name in calibration.exponents}
    powers = [(highest[name] / calibration.usual[name]) ** calibration.exponents[name] for name in highest]
    mean = np.mean(list(calibration.exponents.values()))
    assert found.score == pytest.approx(sum(powers) ** (1 / mean), rel=1e-4)  # 0.3 % of 128×128
    assert max(powers) ** (1 / mean) < found.score < 1.2 * max(powers) ** (1 / mean)


def test_a_memory_that_sees_nothing_leaves_the_order_to_the_map(networks, parts, monkeypatch):
    blind = lambda tensors, patches, *rest: torch.ones(len(patches), 1, 16, 16)  # noqa: E731
    for module in (passes, joining):
        monkeypatch.setattr(module, "distances", blind)
    plain = calibrated(networks, parts).calibration.plain
    assert np.array_equal(np.argsort(plain.images[:6]), np.argsort(alone(networks, parts).images[:6]))


def alone(networks, parts) -> GoodScores:
    """Scores of good images by a model without a memory."""
    return calibrated(networks, parts, replace(CONFIG, memory=0)).calibration.plain


def test_few_scores_are_taken_to_vary_as_usual():
    same, apart = np.zeros(3), np.random.default_rng(0).normal(0, 0.5, 400)
    assert joining._deviation(same, 0.0, 0.1, 5) == pytest.approx(0.1 * (5 / 8) ** 0.5)
    assert joining._deviation(apart, 0.0, 0.1, 5) == pytest.approx(0.5, rel=0.1)


def test_the_smallest_weight_is_taken_that_keeps_the_false_alarms_low(networks, parts, monkeypatch):
    plain = replace(CONFIG, memory=0)
    without = calibrated(networks, parts, replace(plain, nuisance=0.0)).calibration.whitening
    alarms = [20, 12, 0, 0, 0, 0, 0]  # of 60 changed copies, by weight
    asked: list[dict] = []

    def scores(network, fitted, batches):
        count = sum(len(one[0]) for one in batches)
        if count == 6:
            asked.append(fitted)
            return np.ones(count)
        return np.where(np.arange(count) < alarms[len(asked) - 1], 2.0, 0.5)

    monkeypatch.setattr(statistics, "_image_scores", scores)
    chosen = calibrated(networks, parts, plain).calibration.whitening
    assert len(asked) == 3  # 20 and 12 of 60 are more than 15 %
    assert all(torch.equal(chosen[name], asked[-1][name]) for name in chosen)
    for name, matrix in chosen.items():
        assert torch.linalg.det(matrix) < torch.linalg.det(without[name])
        assert torch.allclose(asked[0][name], without[name])


def test_a_shifted_camera_changes_the_score_little(detector, parts):
    at_rest, moved = (
        np.array([found.score for found in detector.detect(list(images))])
        for images in (parts[:6], [shifted(part, 0.03, 0.0) for part in parts[:6]])
    )
    assert np.median(np.abs(np.log(moved / at_rest))) < 0.05


def test_damaged_copies_differ_from_their_own_image_in_a_small_area(parts):
    damaged, owners = damaged_copies(parts[:3])
    changed = np.abs(damaged.astype(int) - parts[owners]).max(-1) > 8
    shares = changed.mean((1, 2))
    assert np.median(shares) < 0.1
    assert (shares > 0).mean() > 0.9


def test_the_memory_counts_in_the_map_as_much_as_shows_synthetic_defects_best(networks, parts, monkeypatch):
    seen = []
    monkeypatch.setattr(calibrate, "fit_map_weight", lambda known, painted: seen.append(painted) or 2.0)
    found = calibrated(networks, parts)
    (painted,) = seen
    inside, outside = (painted.maps[:, -1][masks].mean() for masks in (painted.masks, ~painted.masks))
    assert painted.masks.mean() < 0.1
    assert inside > 1.2 * outside
    assert found.calibration.weights["memory"] == 2.0
    terms = found.detect([parts[0]])[0].maps
    factors = dict(zip(found.calibration.scales, found.calibration.factors, strict=True))
    logarithm = sum(share * np.log1p(terms[name]) for name, share in factors.items())
    np.testing.assert_allclose(np.log1p(terms["combined"]), logarithm, rtol=1e-3)
    assert factors["memory"] > 0.3


def test_the_memory_does_not_count_in_the_map_of_a_texture(networks, parts, monkeypatch):
    monkeypatch.setattr(calibrate, "fit_map_weight", lambda known, painted: 2.0)
    assert calibrated(networks, parts, replace(CONFIG, centre=True)).calibration.weights["memory"] == 0


def test_the_usual_scores_are_those_of_scaled_maps(networks, parts):
    """Maps that are divided by their means, and the memory with them: usual scores and those of good parts have one unit."""
    found = calibrated(networks, parts, replace(CONFIG, score="scaled"))
    maps = [one.maps for one in found.detect(list(parts[:6]))]
    for name, usual in found.calibration.usual.items():
        scores = [image_score(one[name], found.calibration.score, found.calibration.share) for one in maps]
        assert np.median(scores) == pytest.approx(usual, rel=0.2), name


def test_memory_and_reference_travel_in_the_file(detector, networks, parts, tmp_path, monkeypatch):
    model, teacher = networks
    card = Card(
        "sample_bottle",
        CONFIG,
        teacher.fingerprint,
        teacher.source,
        teacher.channels,
        detector.calibration,
    )
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, Checkpoint(card, model.state_dict(), teacher.standardisation()))
    monkeypatch.setattr("favae_demo.teacher.teacher.load_teacher", lambda *a, **k: LargeTeacher())
    again = Detector.from_checkpoint(load_checkpoint(path))
    for before, after in zip(detector.detect(list(parts)), again.detect(list(parts)), strict=True):
        assert after.score == pytest.approx(before.score, rel=1e-4)
    assert f'"format": {POSED_FORMAT}' in card.to_json()


def test_a_memory_needs_a_teacher():
    with pytest.raises(ConfigError, match="needs a teacher"):
        replace(make_config("quick", teacher="none"), memory=10)
