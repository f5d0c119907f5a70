"""Pytest plugin: `widget` and a calibrated detector with an untrained plain VAE."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from favae_demo.config.presets import PAPER
from favae_demo.data.io.images import load_images
from favae_demo.data.mvtec import Category, load_category
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.detector import Detector
from favae_demo.model.favae import Favae

CONFIG = replace(PAPER, teacher="none", width=0.05, latent=4)


@pytest.fixture(scope="module")
def widget(tiny_mvtec: Path) -> Category:
    """The generated category."""
    return load_category(tiny_mvtec, "widget")


@pytest.fixture(scope="module")
def detector(widget: Category) -> Detector:
    """A detector whose model has learned nothing: its figures are arbitrary, but always the same."""
    torch.manual_seed(0)
    model = Favae((), CONFIG.latent, CONFIG.width).eval()
    good = load_images([sample.path for sample in widget.train[:3]], 128)
    return Detector.from_model(model, None, CONFIG, calibrate_model(model, None, good, CONFIG), "widget")
