"""Pytest plugin: a plain VAE that is trained on the generated `widget` once per session, and settings that contain it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from small_training import small_config

from favae_demo.core.settings import Settings
from favae_demo.runs.pipeline import run_training
from favae_demo.training.run_folder import RunFolder


@pytest.fixture(scope="session")
def widget_model(tiny_mvtec: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint of a plain VAE; the first test process that needs it trains, calibrates and measures it."""
    torch.set_num_threads(1)
    folder = RunFolder(shared_folder / "widget-run")
    with FileLock(shared_folder / "widget.lock"):
        if not folder.model.exists():
            # Five held-out images: enough for a false-alarm rate of 20 %, too few for the default of 5 %.
            config = small_config(epochs=30, mask_score=True, validation_ratio=0.4)
            folder.create(config, "widget", tiny_mvtec)
            settings = replace(Settings.from_env(), cache_dir=tmp_path_factory.mktemp("cache"))
            for _ in run_training(folder, settings):
                pass
    return folder.model


@pytest.fixture
def widget_settings(
    project_settings: Settings,
    tiny_mvtec: Path,
    widget_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Settings with the images and the model of `widget`, also set in the environment for other processes."""
    monkeypatch.setenv("FAVAE_DATA_DIR", str(tiny_mvtec))
    monkeypatch.setenv("FAVAE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("FAVAE_TEACHER_DIR", raising=False)
    shutil.copy(widget_model, project_settings.checkpoint_dir / "widget-none-quick.safetensors")
    return Settings.from_env()
