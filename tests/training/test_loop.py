"""Whole runs on the generated category: the plain VAE, and one with a teacher that needs no weights."""

import shutil
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from simple_teacher import LargeTeacher
from whole_runs import STEPS, TINY, epochs, finish, new_folder

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.config.presets import PAPER, make_config
from favae_demo.config.train_config import MAP_SIDE
from favae_demo.core.errors import DataError, TrainingError
from favae_demo.data.io.images import decode
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.evaluation.protocol import evaluate
from favae_demo.runs import pipeline
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import Failed, Finished, Preparing, Snapshot, Started
from favae_demo.training.loop import learning_rate
from favae_demo.training.precision import memory_format, precision
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["whole_runs"]


def test_a_run_tells_everything_in_order(whole):
    events = whole.events()
    assert events[0] == Preparing("suspects", 0, 1)
    assert events[1] == Started("widget", "none", "tiny", 10, 2, 16, STEPS)
    assert [(event.epoch, event.step) for event in epochs(whole)] == [(1, 4), (2, 8), (3, 12)]
    for event in epochs(whole):
        assert set(event.train) == set(event.validation) == {"pixels", "kl", "total"}
        assert event.train["total"] == pytest.approx(event.train["pixels"] + event.train["kl"], rel=1e-5)
    sheets = [whole.path / event.path for event in events if isinstance(event, Snapshot)]
    assert len(sheets) == 2 * 3  # held-out and defect pictures, each epoch
    assert all(cv2.imread(str(sheet)).shape[0] == 2 * 128 for sheet in sheets)
    assert isinstance(events[-1], Finished)
    assert (events[-1].steps, events[-1].epochs, events[-1].stopped_because) == (STEPS, 3, "epochs")


def test_training_lowers_the_loss_and_marks_the_best_epochs(whole):
    losses = [event.validation["total"] for event in epochs(whole)]
    assert epochs(whole)[-1].train["total"] < epochs(whole)[0].train["total"]
    assert [event.is_best for event in epochs(whole)] == [
        loss < min(losses[:i], default=np.inf) for i, loss in enumerate(losses)
    ]


def test_the_finished_model_loads_detects_and_carries_its_figures(whole, settings, tiny_mvtec):
    detector = Detector.load(whole.model, settings)
    category = load_category(tiny_mvtec, "widget")
    image = cv2.imread(str(category.test[-1].path))[..., ::-1]
    (found,) = detector.detect([image])
    assert list(found.maps) == ["combined", "pixels"]
    assert found.map.shape == (128, 128)
    assert np.isfinite(found.score)
    assert found.score == found.map.max() > 0
    assert found.verdict in ("good", "defect")
    card = load_checkpoint(whole.model).card
    assert card.metrics == {**whole.events()[-1].metrics}
    assert (card.metrics["n_good"], card.metrics["n_defect"]) == (4, 8)
    assert 0 <= card.metrics["pixel_auroc"] <= 1
    assert (card.data["train"], card.data["held_out"]) == (10, 2)
    assert card.training["steps"] == STEPS


@pytest.mark.parametrize(
    ("card", "processor", "on"),
    [
        (True, {}, ["cuda"]),
        (False, {"avx512_bf16": True}, ["cpu", "cpu"]),
        (False, {"avx512_bf16": False, "amx_bf16": True}, ["cpu", "cpu"]),
        (False, {"avx512_bf16": False}, []),
    ],
)
def test_mixed_precision_is_for_devices_that_compute_in_it(monkeypatch, card, processor, on):
    asked = []
    monkeypatch.setattr(torch, "autocast", lambda *args: asked.append(args) or nullcontext())
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_options: card)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor)
    for device in ("cpu", torch.device("cpu"), "cuda"):
        precision(device)
        assert (memory_format(device) == torch.channels_last) == (torch.device(device).type in on)
    assert asked == [(kind, torch.bfloat16) for kind in on]


def test_a_step_in_mixed_precision_follows_one_in_full_precision(monkeypatch, tmp_path, tiny_mvtec, settings):
    curves = []
    for kind in (torch.bfloat16, None):
        monkeypatch.setattr(
            torch.cpu, "get_capabilities", lambda kind=kind: {"avx512_bf16": kind is not None}
        )
        folder = new_folder(tmp_path / str(kind), tiny_mvtec, TINY)
        finish(folder, settings)
        curves.append([event.validation["total"] for event in epochs(folder)])
    mixed, full = curves
    assert mixed != full
    assert mixed == pytest.approx(full, rel=0.02)


@pytest.mark.parametrize(
    ("changes", "steps", "reason"),
    [
        ({"max_steps": 5}, 5, "steps"),
        ({"patience": 1, "learning_rate": 0.02, "epochs": 60, "decay": "none"}, None, "patience"),
        ({"max_seconds": 1, "epochs": 10_000, "patience": 10_000, "decay": "none"}, None, "time"),
    ],
)
def test_a_run_ends_for_the_reason_it_gives(tmp_path, tiny_mvtec, settings, changes, steps, reason):
    folder = new_folder(tmp_path / "run", tiny_mvtec, replace(TINY, **changes))
    last = finish(folder, settings)[-1]
    assert last.stopped_because == reason
    assert steps in (None, last.steps)
    if reason == "patience":
        assert not epochs(folder)[-1].is_best
        assert all(event.is_best for event in epochs(folder)[:-1])


def test_a_training_that_diverges_says_so(tmp_path, tiny_mvtec, settings):
    config = replace(TINY, learning_rate=1.0, kl_weight=1e6, decay="none", epochs=40)
    folder = new_folder(tmp_path / "run", tiny_mvtec, config)
    with pytest.raises(TrainingError, match="lower learning rate"):
        finish(folder, settings)
    assert not folder.model.exists()


def test_the_learning_rate_stays_or_falls_along_a_cosine():
    assert {learning_rate(PAPER, step, 10) for step in range(10)} == {1e-3}
    falling = [learning_rate(TINY, step, 10) for step in range(11)]
    assert falling[0] == TINY.learning_rate
    assert falling[5] == pytest.approx(TINY.learning_rate / 2)
    assert falling[10] == pytest.approx(0)


@pytest.mark.parametrize("images", [None, 0, 1])
def test_a_category_without_enough_images_fails_with_a_sentence(tmp_path, tiny_mvtec, settings, images):
    data = tmp_path / "data"
    data.mkdir()
    if images is not None:
        good = data / "widget" / "train" / "good"
        good.mkdir(parents=True)
        for path in sorted((tiny_mvtec / "widget" / "train" / "good").iterdir())[:images]:
            shutil.copy(path, good)
    folder = new_folder(tmp_path / "run", data)
    seen = []
    with pytest.raises(DataError) as error:
        seen.extend(run_training(folder, settings))
    assert folder.events() == [Failed(str(error.value))]
    assert sorted(path.name for path in folder.path.iterdir()) == ["config.json", "events.jsonl"]


def test_the_paper_preset_trains_with_the_real_teacher(tmp_path, tiny_mvtec, vgg_settings):
    settings = vgg_settings
    config = make_config("paper", "widget", max_steps=1, batch_size=2, views=0)
    folder = new_folder(tmp_path / "paper", tiny_mvtec, config)
    last = finish(folder, settings)[-1]
    assert (last.steps, last.stopped_because) == (1, "steps")
    (epoch,) = epochs(folder)
    assert all(np.isfinite(value) and value > 0 for value in epoch.train.values())
    model = Detector.load(folder.model, settings).graph.model
    assert sum(parameter.numel() for parameter in model.parameters()) == 20_303_499


def every_third(category: Path, target: Path) -> None:
    """Copies every third image of each folder of a category, with its mask: VGG16 takes a tenth of a second for each."""
    for folder in filter(Path.is_dir, category.rglob("*")):
        for image in sorted(folder.glob("*.png"))[::3]:
            copy = target / image.relative_to(category)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(image, copy)


@pytest.mark.mvtec
def test_a_short_quick_training_finds_defects_on_toothbrushes(tmp_path, mvtec_dir, vgg_settings):
    settings = vgg_settings
    every_third(mvtec_dir / "toothbrush", tmp_path / "data" / "toothbrush")
    config = make_config("quick", "toothbrush", max_steps=20, views=0, weight_average=0.0)
    folder = RunFolder(tmp_path / "toothbrush")
    folder.create(config, "toothbrush", tmp_path / "data")
    metrics = finish(folder, settings, measure=True)[-1].metrics
    assert metrics["pixel_auroc"] > 0.7
    if metrics["n_good"] < 2:
        assert metrics["image_auroc"] is None
        assert "good test picture" in metrics["reasons"]["image_auroc"]
    else:
        assert 0 <= metrics["image_auroc"] <= 1


def test_the_extended_recipe_trains_is_kept_and_detects(tmp_path, tiny_mvtec, settings, monkeypatch):
    monkeypatch.setattr(pipeline, "load_teacher", lambda *args, **kwargs: LargeTeacher())
    monkeypatch.setattr("favae_demo.teacher.teacher.load_teacher", lambda *args, **kwargs: LargeTeacher())
    config = make_config(
        "extended", "screw", width=0.05, latent=4, batch_size=4, max_steps=24, weight_average=0.5
    )
    folder = new_folder(tmp_path / "run", tiny_mvtec, config)
    events = finish(folder, settings, measure=True)
    assert isinstance(events[-1], Finished)
    done = epochs(folder)
    assert done[-1].validation["total"] < done[0].validation["total"]
    shown = next(event for event in events if isinstance(event, Snapshot))
    assert decode(folder.path / shown.path).shape[0] == 2 * MAP_SIDE  # pictures above, rebuilt ones below
    again = Detector.load(folder.model, settings)
    assert again.calibration.whitening.keys() == {"pixels", "layer1", "layer2", "layer3"}
    found = evaluate(again, load_category(tiny_mvtec, "widget"))
    assert found.maps.shape[1:] == (MAP_SIDE, MAP_SIDE)
    assert found.figures["pixel_auroc"] == events[-1].metrics["pixel_auroc"]
