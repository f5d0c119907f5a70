"""Incomplete copies of the category `widget`, and reports on them."""

import shutil
from dataclasses import replace
from pathlib import Path

from favae_demo.core.settings import Settings
from favae_demo.detection.detector import Detector
from favae_demo.report.report_data import ReportData, gather, open_data

RATE = 0.2  # the lowest false-alarm rate that the five held-out images of `widget` support


def model_of(settings: Settings) -> Path:
    """Returns the path of the plain VAE of `widget`."""
    return settings.checkpoint_dir / "widget-none-quick.safetensors"


def without(settings: Settings, home: Path, *folders: str) -> Settings:
    """Returns settings with a copy of `widget` that lacks some of its folders."""
    shutil.copytree(settings.data_dir / "widget", home / "widget")
    for folder in folders:
        shutil.rmtree(home / "widget" / folder)
    return replace(settings, data_dir=home)


def report_on(settings: Settings, rate: float = RATE, **options) -> ReportData:
    """Returns the report of the plain VAE on the available data."""
    model = model_of(settings)
    category, missing = open_data(model, settings)
    options = {"load": lambda path: Detector.load(path, settings)} | options
    return gather(model, settings, category, rate=rate, missing=missing, **options)
