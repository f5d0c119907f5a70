"""Each method through the one seam: trained on the generated category, calibrated, stored, loaded, and judging."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from simple_teacher import SimpleTeacher
from whole_runs import finish, new_folder

from favae_demo.checkpoints.checkpoint import load_checkpoint, read_card
from favae_demo.config.methods import METHODS
from favae_demo.config.presets import PRESETS, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import CheckpointError, ConfigError
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.model.networks import NETWORKS
from favae_demo.runs import pipeline
from favae_demo.training.events import Finished, Preparing
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import load_tensors

pytest_plugins = ["whole_runs"]

OTHERS = tuple(name for name in METHODS if name != "favae")
FITTED = tuple(name for name in OTHERS if not METHODS[name].learns)
TINY = {"image_size": 128, "align": False, "adapt": False}


def tiny_config(preset: str, **changes: object) -> TrainConfig:
    config = make_config(preset, "widget")
    steps = (
        {"width": 0.05, "views": 0, "max_steps": 40, "batch_size": 4} if METHODS[config.method].learns else {}
    )
    return replace(config, **(TINY | steps | changes))


@pytest.fixture(scope="module", params=[*OTHERS, "instant"])
def run(request, tmp_path_factory, tiny_mvtec) -> tuple[TrainConfig, RunFolder]:
    """A finished run of a method's preset, with a teacher that needs no weights; stored in 8 bits, as the shipped ones are."""
    config = tiny_config(request.param, weight_bits=8)
    folder = new_folder(tmp_path_factory.mktemp("runs") / request.param, tiny_mvtec, config)
    settings = replace(pipeline.Settings.from_env(), cache_dir=tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "load_teacher", lambda *args, **kwargs: SimpleTeacher())
        finish(folder, settings, measure=True)
    return config, folder


@pytest.fixture(scope="module")
def detector(run) -> Detector:
    config, folder = run
    checkpoint = load_checkpoint(folder.model)
    teacher = SimpleTeacher() if config.teacher != "none" else None
    if teacher:
        teacher.load_standardisation(checkpoint.standardisation)
    calibration = checkpoint.card.calibration
    return Detector.from_model(checkpoint.build_model(), teacher, config, calibration, "widget")


def test_every_method_has_a_network_and_a_preset_of_its_name():
    assert METHODS.keys() == NETWORKS.keys()
    assert all(PRESETS[name].method == name for name in OTHERS)


def test_a_run_ends_with_a_measured_model(run):
    config, folder = run
    last = folder.events()[-1]
    assert isinstance(last, Finished)
    assert last.metrics["n_defect"] == 8
    assert 0 <= last.metrics["image_auroc"] <= 1
    assert read_card(folder.model).config == config
    assert read_card(folder.model).training["seconds"] > 0


def test_the_weights_of_adversaries_are_the_last_ones(run):
    config, folder = run
    if not METHODS[config.method].keeps_last:
        pytest.skip("its held-out loss tells which weights are best")
    best, last = (load_tensors(path)[0] for path in (folder.best, folder.last))
    deployed = {name.removeprefix("model."): value for name, value in best.items()}
    assert all(torch.equal(value, last[f"average.module.{name}"]) for name, value in deployed.items())


def test_all_but_the_first_answer_look_for_suspicious_pictures(run):
    config, folder = run
    stages = {event.stage for event in folder.events() if isinstance(event, Preparing)}
    assert ("suspects" in stages) == (config.preset != "instant")


def test_a_stored_model_judges_with_the_maps_of_its_method(run, detector, tiny_mvtec):
    config, _ = run
    category = load_category(tiny_mvtec, "widget")
    found = detector.detect([sample.path for sample in category.test])
    names = list(config.terms(SimpleTeacher.channels)) + (["memory"] if config.memory else [])
    assert list(found[0].maps) == ["combined", *names]
    assert all(np.isfinite(one.score) and one.map.shape == (128, 128) for one in found)
    scores = {
        kind: [one.score for one, sample in zip(found, category.test, strict=True) if sample.is_good == kind]
        for kind in (True, False)
    }
    if config.method in FITTED:  # so few steps teach little
        assert np.mean(scores[False]) > np.mean(scores[True])


def test_limits_come_from_all_good_pictures(run):
    _, folder = run
    good = read_card(folder.model).calibration.plain
    assert len(good.images) + good.left_out == 12  # so few pictures look suspicious to one another


@pytest.mark.parametrize("engine", ["ncnn", "onnx"])
def test_fitted_methods_run_on_every_engine(run, detector, engine, tmp_path, tiny_mvtec):
    config, _ = run
    if config.method not in FITTED:
        pytest.skip("trained by steps")
    other = detector.convert(engine, tmp_path / "made")
    images = [sample.path for sample in load_category(tiny_mvtec, "widget").test[:3]]
    for one, expected in zip(other.detect(images), detector.detect(images), strict=True):
        assert one.score == pytest.approx(expected.score, rel=1e-3)


def test_older_versions_of_the_app_are_told_to_be_updated(run, monkeypatch):
    _, folder = run
    monkeypatch.setattr("favae_demo.checkpoints.card.NEWEST_FORMAT", 3)
    with pytest.raises(CheckpointError, match="newer version"):
        load_checkpoint(folder.model)


@pytest.mark.parametrize("name", FITTED)
def test_a_method_that_compares_features_needs_a_teacher(name):
    with pytest.raises(ConfigError, match="choose a teacher"):
        replace(PRESETS[name], teacher="none", memory=0)


def test_textures_are_rebuilt_patch_by_patch(tmp_path, tiny_mvtec, settings):
    texture, part = make_config("ae", "grid"), make_config("ae", "bottle")
    assert (texture.map_shape, part.map_shape) == ((256, 256), (128, 128))
    size = {"image_size": texture.image_size, "latent_side": texture.latent_side}
    folder = new_folder(tmp_path / "run", tiny_mvtec, tiny_config("ae-ssim", max_steps=2, **size))
    finish(folder, settings)
    image = load_category(tiny_mvtec, "widget").test[-1].path
    (found,) = Detector.load(folder.model, settings).detect([image])
    assert found.map.shape == (256, 256)
    assert found.reconstruction.shape == (256, 256, 3)
