"""The pictures decide what is looked at: a whole training on wide pictures, and parts of one's own at any angle."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.config.presets import make_config
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.mvtec import load_category
from favae_demo.data.synthetic import render_part
from favae_demo.detection.detector import Detector
from favae_demo.runs.adapted import adapted
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Finished
from favae_demo.training.run_folder import RunFolder

SMALL = {"width": 0.05, "latent": 4, "memory": 50, "batch_size": 4, "max_steps": 4}


@pytest.fixture
def strips(tiny_mvtec: Path, tmp_path: Path) -> Path:
    """Two parts of `widget` side by side in each picture."""
    for folder in ("train/good", "test/good", "test/spot", "ground_truth/spot"):
        paths = sorted((tiny_mvtec / "widget" / folder).iterdir())
        for path, other in zip(paths, paths[1:] + paths[:1], strict=True):
            pair = [cv2.imread(str(one), cv2.IMREAD_UNCHANGED) for one in (path, other)]
            (tmp_path / "strips" / folder).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(tmp_path / "strips" / folder / path.name), np.concatenate(pair, 1))
    return tmp_path / "strips"


def test_wide_pictures_are_looked_at_in_their_shape(strips: Path, project_settings: Settings) -> None:
    run = RunFolder(project_settings.runs_dir / "strips")
    run.create(make_config("extended", "strips", **SMALL), "strips", strips.parent)
    *_, last = run_training(run, project_settings)
    assert isinstance(last, Finished)
    config = load_checkpoint(run.model).card.config
    assert (config.shape, config.map_shape, config.align) == ((256, 512), (128, 256), False)
    assert last.metrics["pixel_auroc"] is not None
    (found,) = Detector.load(run.model, project_settings).detect([strips / "test/spot/000.png"])
    assert {one.shape for one in found.maps.values()} == {(128, 256)}
    assert len(Detector.load(run.model, project_settings).calibration.plain.images) == 12  # all good pictures


def test_parts_of_ones_own_at_any_angle_are_turned_upright(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(12):
        image = cv2.resize(render_part("sample_screw", number)[0], (128, 128), interpolation=cv2.INTER_AREA)
        motion = cv2.getRotationMatrix2D((63.5, 63.5), rng.uniform(0, 360), 0.8)
        turned = cv2.warpAffine(image, motion, (128, 128), borderMode=cv2.BORDER_REPLICATE)
        for name, one in (("my_bolts", turned), ("in_line", image)):
            save_png(tmp_path / name / "train/good" / f"{number:03}.png", one)
    config = make_config("extended", "my_bolts")
    assert not config.align  # nobody has said so
    bolts, line = (load_category(tmp_path, name) for name in ("my_bolts", "in_line"))
    assert adapted(config, bolts, tmp_path / "cache", None).align
    assert not adapted(config, line, tmp_path / "cache", None).align
    assert adapted(replace(config, adapt=False), bolts, tmp_path / "cache", None) == replace(
        config, adapt=False
    )
    assert decode(bolts.train[0].path).shape == (128, 128, 3)
