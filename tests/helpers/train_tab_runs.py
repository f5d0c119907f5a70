"""Trainings for the tests of the Train tab: a finished one, and events of others."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_training import small_config

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import EpochDone, StepDone
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui.services import Services


def step(number: int, **changes: object) -> StepDone:
    losses = {"pixels": 100.0 / number, "kl": 1.0, "total": 100.0 / number + 1}
    return replace(StepDone(number, 1000, 1, losses, 20.0, number / 10, 60.0), **changes)


def epoch(number: int, is_best: bool = True) -> EpochDone:
    losses = {"pixels": 90.0, "kl": 1.0, "total": 91.0}
    return EpochDone(number, number * 10, losses, losses, is_best, 1e-3, float(number))


@pytest.fixture(scope="module")
def finished(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one finished training, `done`."""
    runs = tmp_path_factory.mktemp("finished_runs")
    folder = RunFolder(runs / "done")
    folder.create(small_config(epochs=5), "widget", tiny_mvtec)
    for _ in run_training(folder, Settings(*[runs] * 4)):
        pass
    return runs


@pytest.fixture
def own(services: Services, tmp_path: Path) -> Services:
    """The app's services with an empty folder of runs."""
    settings = replace(services.settings, runs_dir=tmp_path / "runs")
    return replace(services, settings=settings, registry=Registry(settings))


@pytest.fixture
def with_run(own: Services, finished: Path) -> Services:
    shutil.copytree(finished, own.settings.runs_dir)
    return own


def new_run(services: Services, name: str, config: TrainConfig | None = None) -> RunFolder:
    folder = RunFolder(services.settings.runs_dir / name)
    folder.create(config or small_config(), "widget", services.settings.data_dir)
    return folder
