"""Both models of `widget`, measured on all test images, as the Results tab shows them."""

from dataclasses import replace
from pathlib import Path

import pytest

from favae_demo.ui.components.measurement import measure_models
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.view import (
    ResultsView,
    load_view,
)

RATE = 20.0  # percent; for less the held-out pictures are too few
PLAIN = "widget-none-quick.safetensors"


@pytest.fixture
def fresh(two_models: Services, tmp_path: Path) -> Services:
    """The two models with nothing measured yet."""
    return Services(replace(two_models.settings, cache_dir=tmp_path / "cache"), two_models.registry)


@pytest.fixture(scope="module")
def measured(two_models: Services) -> Services:
    """Both models on all test pictures."""
    view = load_view(two_models, "widget", None)
    for _ in measure_models(two_models, view.category, view.waiting):
        pass
    return two_models


@pytest.fixture
def view(measured: Services) -> ResultsView:
    return load_view(measured, "widget", str(measured.settings.checkpoint_dir / PLAIN))
