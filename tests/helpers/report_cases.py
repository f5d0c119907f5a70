"""Incomplete copies of the category `widget`, and reports on them."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

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


def much_to_say(data: ReportData) -> ReportData:
    """Returns a report with more and longer texts than any that was seen: a kind of defect for each picture, and many remarks."""
    assert data.measured is not None
    keys = [
        key if "/good/" in key else f"test/a_long_name_of_a_kind_of_defect_number_{place}/{Path(key).name}"
        for place, key in enumerate(data.measured.keys * 2)
    ]
    twice = {name: np.tile(getattr(data.measured, name), 2) for name in ("scores", "labels")}
    measured = replace(data.measured, keys=keys, not_judged=None, **twice)
    remarks = tuple(
        f"Remark {place} says that something could not be done, and why. " * 8 for place in range(9)
    )
    partial = "Only a part of this category's pictures is here: 40 of 80."
    return replace(data, measured=measured, remarks=remarks, partial=partial, n_good=40, n_defect=60)
