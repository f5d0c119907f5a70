"""Complete training runs on the generated category, of a plain VAE or with a teacher without weights."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from simple_teacher import SimpleTeacher

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.config.presets import PAPER
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.runs import pipeline
from favae_demo.runs.pipeline import run_training
from favae_demo.teacher import weight_store
from favae_demo.training.events import EpochDone
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import load_tensors

# Twelve images: ten for training, from which 16 views are made, and two held out. Three epochs of four steps.
TINY = replace(
    PAPER,
    preset="tiny",
    teacher="none",
    width=0.05,
    latent=4,
    views=20,
    augment_validation=False,
    batch_size=4,
    epochs=3,
    weight_average=0.5,
    optimiser="muon",
    decay="cosine",
    snapshot_every=1,
)
STEPS, PER_EPOCH = 12, 4


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Settings with a temporary cache folder."""
    return replace(Settings.from_env(), cache_dir=tmp_path / "cache")


@pytest.fixture
def vgg_settings(tmp_path) -> Settings:
    """As `settings`, with VGG16's weights from the user's cache; skips the test if they are not available."""
    users = Settings.from_env()
    try:
        file = weight_store.ensure("vgg16", users.cache_dir, users.teacher_dir)
    except WeightsError as reason:
        pytest.skip(f"the weights of vgg16 cannot be had: {reason}")
    cache = tmp_path / "cache"
    (cache / "teachers").mkdir(parents=True)
    (cache / "teachers" / file.name).symlink_to(file)
    return replace(users, cache_dir=cache)


@pytest.fixture
def with_teacher(monkeypatch) -> TrainConfig:
    monkeypatch.setattr(pipeline, "load_teacher", lambda *args, **kwargs: SimpleTeacher())
    return replace(TINY, teacher="vgg16")


def new_folder(path: Path, data: Path, config: TrainConfig = TINY) -> RunFolder:
    folder = RunFolder(path)
    folder.create(config, "widget", data)
    return folder


def finish(folder: RunFolder, settings: Settings, **options) -> list:
    return list(run_training(folder, settings, **({"measure": False} | options)))


def after(steps: int) -> Callable[[], bool]:
    """Returns a callback that requests a stop after this many calls, which are one per step."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps


def epochs(folder: RunFolder) -> list[EpochDone]:
    """Returns the recorded epochs without their durations."""
    return [replace(event, seconds=0) for event in folder.events() if isinstance(event, EpochDone)]


def assert_same_run(folder: RunFolder, other: RunFolder) -> None:
    assert epochs(folder) == epochs(other)
    for path in ("last", "best", "model"):
        ours, theirs = (load_tensors(getattr(run, path))[0] for run in (folder, other))
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    ours, theirs = (load_checkpoint(run.model).card.calibration for run in (folder, other))
    assert ours.to_dict() == theirs.to_dict()  # without the whitening, which is among the model's tensors


@pytest.fixture(scope="module")
def whole(tmp_path_factory, tiny_mvtec) -> RunFolder:
    """An uninterrupted run of the plain VAE, measured."""
    folder = new_folder(tmp_path_factory.mktemp("runs") / "whole", tiny_mvtec)
    settings = replace(Settings.from_env(), cache_dir=tmp_path_factory.mktemp("cache"))
    finish(folder, settings, measure=True)
    return folder
