"""A second model of `widget` beside the trained plain VAE, for tests of the comparison.

Its teacher needs no weights. Its threshold is far too low, so that it calls every image defective and the two models disagree.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from page_server import served, url_of
from simple_teacher import SimpleTeacher
from small_training import small_config

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import Checkpoint, save_checkpoint
from favae_demo.core.errors import CheckpointError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import load_category
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.registry import Registry
from favae_demo.model.favae import Favae
from favae_demo.scoring.thresholds import GoodScores
from favae_demo.ui.model_list import newest_variants
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import ComparedModel, compared_models
from favae_demo.ui.tabs.compare.image_view import ComparedImage
from favae_demo.ui.tabs.compare.overview import Overview, measure_waiting, overview
from favae_demo.ui.tabs.compare.values import Choice

FAR_TOO_LOW = 0.001
RATE = 0.05


@contextmanager
def simple_teachers() -> Iterator[None]:
    """Replaces every teacher by `SimpleTeacher` within the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("favae_demo.teacher.teacher.load_teacher", lambda *_, **__: SimpleTeacher())
        patch.setattr("favae_demo.teacher.weight_fetcher.Fetcher.ready", lambda *_: True)
        yield


@pytest.fixture(scope="module")
def two_models(
    tiny_mvtec: Path, widget_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """Services with two models of `widget`, a plain VAE and one with teacher VGG16, and a separate cache."""
    home = tmp_path_factory.mktemp("compare")
    (home / "checkpoints").mkdir()
    shutil.copytree(tiny_mvtec / "widget", home / "data" / "widget")
    settings = Settings(home / "data", home / "checkpoints", home / "runs", home / "cache", engine="torch")
    shutil.copy(widget_model, home / "checkpoints" / "widget-none-quick.safetensors")
    save_checkpoint(home / "checkpoints" / "widget-vgg16-quick.safetensors", _nervous_model(settings))
    with simple_teachers():
        yield Services(settings, Registry(settings))


@pytest.fixture
def spot_image(two_models: Services) -> ComparedImage:
    """A test image with a defect."""
    return ComparedImage.of_test(two_models, two_models.find("widget", "spot/000.png"))


@pytest.fixture(scope="module")
def address(two_models: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app of its own: the others' app has one model only."""
    with served(two_models.settings, tmp_path_factory.mktemp("work")) as app:
        yield url_of(app)


@pytest.fixture
def measured(two_models: Services) -> Overview:
    """The results of both models on all test images."""
    for _ in measure_waiting(seen(two_models), two_models):
        pass
    return seen(two_models)


@pytest.fixture
def fresh(two_models: Services, tmp_path: Path) -> Services:
    """The same models without results."""
    return Services(replace(two_models.settings, cache_dir=tmp_path / "cache"), two_models.registry)


def of_variant(services: Services, teacher: str) -> str:
    """Returns the path of the newest model of a variant, by which answers and results are kept."""
    return str(newest_variants(services.registry, "widget")[teacher].path)


def both(services: Services) -> dict[str, ComparedModel]:
    """Returns the models that the tab begins with: the plain VAE and the one with teacher VGG16."""
    return compared_models(services, "widget", ())


def choice(services: Services, key: str = "", source: ComparedImage | None = None) -> Choice:
    """Returns the choice of these models and an image."""
    return Choice("widget", both(services), key, source)


def seen(services: Services, rate: float = RATE) -> Overview:
    """Returns the results of these models that are kept."""
    view = overview(services, "widget", both(services), rate)
    assert view is not None
    return view


def without(services: Services, teacher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the model of a teacher raise, as if it had been deleted after it was listed."""
    gone, load = newest_variants(services.registry, "widget")[teacher].path, services.registry.detector

    def detector(path: Path):
        if path == gone:
            raise CheckpointError("This model has been deleted meanwhile; choose another.")
        return load(path)

    monkeypatch.setattr(services.registry, "detector", detector)


def given(update: Any) -> dict:
    """Returns the properties that an update sets on its component."""
    return update.constructor_args


def shows(update: Any) -> bool:
    """Returns whether an update makes its component visible."""
    return given(update)["visible"]


def state(values: dict, place: int) -> str:
    """Returns the CSS class of a column, by which the style sheet shows its panes; empty where no model takes its place."""
    found = re.search(r'class="variant (\w+)"', values["verdict", place])
    return found[1] if found else ""


def _nervous_model(settings: Settings) -> Checkpoint:
    torch.manual_seed(0)
    config, teacher = small_config(teacher="vgg16"), SimpleTeacher()
    model = Favae.from_config(config, teacher.channels).eval()
    good = load_category(settings.data_dir, "widget").train[:4]
    measured = calibrate_model(model, teacher, load_images([sample.path for sample in good], 128), config)
    calibration = replace(measured, plain=_lowered(measured.plain), masked=_lowered(measured.masked))
    card = Card("widget", config, teacher.fingerprint, teacher.source, teacher.channels, calibration)
    return Checkpoint(card, model.state_dict(), teacher.standardisation())


def _lowered(good: GoodScores) -> GoodScores:
    peaks = {name: tuple(FAR_TOO_LOW * value for value in values) for name, values in good.peaks.items()}
    return GoodScores(tuple(FAR_TOO_LOW * value for value in good.images), peaks)
