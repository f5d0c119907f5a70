"""The bench of trainings: the reference's recipe, and the parts of a quick one. Nothing here is timed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from simple_teacher import SimpleTeacher
from small_training import small_config

from favae_demo.bench import training
from favae_demo.bench.growth import bank_mb
from favae_demo.bench.reference import ReferenceTraining, remaining_layers
from favae_demo.config.presets import PAPER, QUICK
from favae_demo.model.favae import Favae
from favae_demo.teacher.teacher import TEACHER_SPECS
from favae_demo.training.views import split_images

TINY = replace(PAPER, width=0.05, latent=4, learning_rate=1e-2)


@pytest.fixture
def images() -> np.ndarray:
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (12, 8, 8, 1), dtype=np.uint8)
    return np.repeat(np.repeat(np.repeat(grey, 16, 1), 16, 2), 3, 3)


def _reference() -> tuple[ReferenceTraining, torch.Tensor, list[str]]:
    """The recipe in small, pictures, and a list that fills with the parts that run."""
    torch.manual_seed(0)
    teacher, rest, ran = SimpleTeacher(), torch.nn.Conv2d(3, 1, 1), []
    reference = ReferenceTraining(TINY, teacher, rest)
    for name, part in {
        "decoder": reference.model.decoder,
        "rest": rest,
        "encoder": reference.model.encoder,
    }.items():
        part.register_forward_hook(lambda *_, name=name: ran.append(name))
    return reference, torch.rand(4, 3, 1, 1).expand(4, 3, 128, 128).clone(), ran


def test_the_references_step_runs_its_decoder_twice_and_its_teacher_to_the_end() -> None:
    reference, images, ran = _reference()
    reference.step(images)
    assert sorted(ran) == ["decoder", "decoder", "encoder", "rest"]


def test_the_references_step_trains_all_of_the_network() -> None:
    reference, images, _ = _reference()
    before = {name: value.clone() for name, value in reference.model.named_parameters()}
    losses = [reference.step(images) for _ in range(20)]
    assert np.mean(losses[-3:]) < 0.8 * losses[0]
    for name, value in reference.model.named_parameters():
        assert not torch.equal(value, before[name]), name


def test_the_rest_of_vgg16_are_its_last_three_convolutions() -> None:
    class Upper:
        id, layers = "vgg16", TEACHER_SPECS["vgg16"].features()[:23]

    rest = remaining_layers(Upper())
    assert sum(isinstance(layer, torch.nn.Conv2d) for layer in rest) == 3
    assert rest(torch.rand(1, 512, 16, 16)).shape == (1, 512, 4, 4)
    assert len(rest) + 23 == 31


def test_a_training_is_timed_by_its_parts_and_composed(images: np.ndarray, tmp_path: Path) -> None:
    config = small_config(teacher="vgg16", views=30, epochs=3, max_steps=14)
    parts = training.time_training(config, split_images(images, config), SimpleTeacher(), tmp_path)
    assert parts.count == 24
    assert len(parts.steps) == 6 - training.WARM_UP  # of the first epoch
    assert min(parts.preparation, parts.validation, parts.snapshots, *parts.steps) > 0
    whole = training.extrapolate(config, parts)
    assert (whole["steps"], whole["epochs"]) == (14, 3)
    expected = parts.preparation + 14 * parts.step + 3 * (parts.validation + parts.snapshots)
    assert whole["run_seconds"] == pytest.approx(expected, abs=0.02)
    half = training.extrapolate(config, replace(parts, count=12), share=0.5)
    assert half["preparation_seconds"] == pytest.approx(2 * parts.preparation, abs=0.01)
    assert (half["steps"], half["epochs"]) == (14, 3)


def test_a_training_is_stopped_after_some_steps(images: np.ndarray, tmp_path: Path) -> None:
    config = small_config(views=30)
    parts = training.time_training(config, split_images(images, config), None, tmp_path, most_steps=4)
    assert len(parts.steps) == 4 - training.WARM_UP
    assert parts.validation == 0


def test_ratios_are_costs_of_an_image_and_of_the_whole() -> None:
    found = training.ratios({"pictures_per_second": 2.0}, {"pictures_per_second": 50.0, "run_seconds": 100.0})
    assert found == {"training_step_ratio": 25.0, "training_cost_ratio": 800_000 / 2 / 100}


def test_the_size_of_the_bank_is_what_its_features_take() -> None:
    features = SimpleTeacher().features(torch.rand(5, 3, 128, 128))
    assert bank_mb((3, 3, 3), 5, QUICK) == pytest.approx(sum(2e-6 * one.numel() for one in features))


def test_width_does_not_change_what_the_reference_is() -> None:
    assert sum(p.numel() for p in Favae((128, 256, 512)).parameters()) == 20_303_499
