"""Data that lack something, and reports made on them."""

import shutil
from dataclasses import replace
from pathlib import Path

from favae_demo.core.settings import Settings
from favae_demo.detection.detector import Detector
from favae_demo.report.report_data import ReportData, gather, open_data

RATE = 0.2  # what the five held-out pictures of `widget` support


def model_of(settings: Settings) -> Path:
    """The plain VAE of `widget`."""
    return settings.checkpoint_dir / "widget-none-quick.safetensors"


def without(settings: Settings, home: Path, *folders: str) -> Settings:
    """Settings whose `widget` lacks some of its folders."""
    shutil.copytree(settings.data_dir / "widget", home / "widget")
    for folder in folders:
        shutil.rmtree(home / "widget" / folder)
    return replace(settings, data_dir=home)


def report_on(settings: Settings, rate: float = RATE, **options) -> ReportData:
    """A report of the plain VAE on whatever is there."""
    model = model_of(settings)
    category, missing = open_data(model, settings)
    options = {"load": lambda path: Detector.load(path, settings)} | options
    return gather(model, settings, category, rate=rate, missing=missing, **options)
