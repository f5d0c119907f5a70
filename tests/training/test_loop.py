"""Whole runs on the generated category: the plain VAE, and one with a teacher that needs no weights."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from simple_teacher import SimpleTeacher

from favae_demo.checkpoints import load_checkpoint
from favae_demo.data.mvtec import load_category
from favae_demo.detection.detector import Detector
from favae_demo.errors import DataError, TrainingError, WeightsError
from favae_demo.presets import PAPER, TrainConfig, make_config
from favae_demo.settings import PROJECT, Settings
from favae_demo.teacher import weights
from favae_demo.training import run
from favae_demo.training.events import EpochDone, Failed, Finished, Preparing, Snapshot, Started, StepDone
from favae_demo.training.loop import learning_rate, precision
from favae_demo.training.run import run_training
from favae_demo.training.run_folder import RunFolder
from favae_demo.training.state import load_tensors

# Twelve pictures: ten to train on, of which 16 views are made; two held out. Three epochs of four steps.
TINY = replace(
    PAPER,
    preset="tiny",
    teacher="none",
    width=0.05,
    latent=4,
    views=20,
    augment_validation=False,
    batch_size=4,
    epochs=3,
    weight_average=0.5,
    decay="cosine",
    snapshot_every=1,
)
STEPS, PER_EPOCH = 12, 4


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Nothing is kept in the user's cache."""
    return replace(Settings.from_env(), cache_dir=tmp_path / "cache")


@pytest.fixture
def vgg_settings(tmp_path) -> Settings:
    """As `settings`, with the weights of the user's cache; skips where they cannot be had."""
    users = Settings.from_env()
    try:
        file = weights.ensure("vgg16", users)
    except WeightsError as reason:
        pytest.skip(f"the weights of vgg16 cannot be had: {reason}")
    cache = tmp_path / "cache"
    (cache / "teachers").mkdir(parents=True)
    (cache / "teachers" / file.name).symlink_to(file)
    return replace(users, cache_dir=cache)


@pytest.fixture
def with_teacher(monkeypatch) -> TrainConfig:
    monkeypatch.setattr(run, "load_teacher", lambda *args, **kwargs: SimpleTeacher())
    return replace(TINY, teacher="vgg16")


def new_folder(path: Path, data: Path, config: TrainConfig = TINY) -> RunFolder:
    folder = RunFolder(path)
    folder.create(config, "widget", data)
    return folder


def finish(folder: RunFolder, settings: Settings, **options) -> list:
    return list(run_training(folder, settings, **({"measure": False} | options)))


def after(steps: int) -> Callable[[], bool]:
    """A stop that lets this many steps pass."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps


def epochs(folder: RunFolder) -> list[EpochDone]:
    """Recorded epochs but for the time they took."""
    return [replace(event, seconds=0) for event in folder.events() if isinstance(event, EpochDone)]


def assert_same_run(folder: RunFolder, other: RunFolder) -> None:
    assert epochs(folder) == epochs(other)
    for path in ("last", "best", "model"):
        ours, theirs = (load_tensors(getattr(one, path))[0] for one in (folder, other))
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert load_checkpoint(folder.model).card.calibration == load_checkpoint(other.model).card.calibration


@pytest.fixture(scope="module")
def whole(tmp_path_factory, tiny_mvtec) -> RunFolder:
    """An uninterrupted run of the plain VAE, measured."""
    folder = new_folder(tmp_path_factory.mktemp("runs") / "whole", tiny_mvtec)
    settings = replace(Settings.from_env(), cache_dir=tmp_path_factory.mktemp("cache"))
    finish(folder, settings, measure=True)
    return folder


def test_a_run_tells_everything_in_order(whole):
    events = whole.events()
    assert events[0] == Started("widget", "none", "tiny", 10, 2, 16, STEPS)
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


def test_the_same_seed_gives_the_same_run(whole, tmp_path, tiny_mvtec, settings):
    again = new_folder(tmp_path / "again", tiny_mvtec)
    finish(again, settings)
    assert epochs(again) == epochs(whole)
    assert_same_run(again, whole)


@pytest.mark.parametrize("steps", [0, 2, 4, 7, 11])
def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(whole, tmp_path, tiny_mvtec, settings, steps):
    folder = new_folder(tmp_path / "stopped", tiny_mvtec)
    events = finish(folder, settings, stop=after(steps))
    assert (events[-1].steps, events[-1].stopped_because) == (steps, "stopped")
    Detector.load(folder.model, settings).detect([np.zeros((50, 70, 3), np.uint8)])  # usable as it is
    finish(folder, settings)
    assert_same_run(folder, whole)
    assert len([event for event in folder.events() if isinstance(event, Finished)]) == 1


def test_a_run_abandoned_right_after_an_epoch_goes_on(whole, tmp_path, tiny_mvtec, settings):
    folder = new_folder(tmp_path / "abandoned", tiny_mvtec)
    training = run_training(folder, settings, measure=False)
    next(event for event in training if isinstance(event, EpochDone))
    training.close()
    assert not folder.model.exists()
    events = finish(folder, settings)
    started = next(event for event in events if isinstance(event, Started))
    assert started.first_step == PER_EPOCH
    assert_same_run(folder, whole)


@pytest.mark.parametrize("step", [2, 6])
def test_a_killed_process_leaves_a_run_that_goes_on(whole, tmp_path, tiny_mvtec, settings, step):
    """Killed within the first epoch (nothing saved yet) and within the second, in the middle of writing a line."""
    folder = new_folder(tmp_path / "killed", tiny_mvtec)
    script = (
        "import os, signal, sys, torch; from pathlib import Path; torch.set_num_threads(1);"
        "from favae_demo.settings import Settings; from favae_demo.training.run import run_training;"
        "from favae_demo.training.run_folder import RunFolder\n"
        "folder = RunFolder(Path(sys.argv[1]))\n"
        "for event in run_training(folder, Settings.from_env()):\n"
        "    if type(event).__name__ == 'StepDone' and event.step == int(sys.argv[2]):\n"
        "        (folder.path / 'events.jsonl').open('a').write('{\"event\": \"Ste')\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", script, str(folder.path), str(step)]
    # One thread on both sides: sums over several may round differently.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        environment = os.environ | {"FAVAE_CACHE_DIR": str(settings.cache_dir)}
        killed = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        finish(folder, settings)
        other = new_folder(tmp_path / "other", tiny_mvtec)
        finish(other, settings)
    finally:
        torch.set_num_threads(threads)
    assert_same_run(folder, other)
    steps = [event.step for event in folder.events() if isinstance(event, StepDone)]
    assert steps == sorted(set(steps))


def test_a_finished_run_is_not_trained_again(whole, tmp_path, tiny_mvtec, settings):
    folder = RunFolder(tmp_path / "copy")
    shutil.copytree(whole.path, folder.path)
    events = finish(folder, settings)
    assert not [event for event in events if isinstance(event, StepDone)]
    assert_same_run(folder, whole)


def test_a_stop_file_ends_the_run_and_is_removed(tmp_path, tiny_mvtec, settings):
    folder = new_folder(tmp_path / "stop", tiny_mvtec)
    training = run_training(folder, settings, measure=False)
    for event in training:
        if isinstance(event, StepDone) and event.step == 3:
            folder.request_stop()
    assert (event.steps, event.stopped_because) == (3, "stopped")
    assert not folder.stop_requested()


@pytest.mark.parametrize("bank", [True, False])
def test_with_a_teacher_a_run_goes_on_too(with_teacher, tmp_path, tiny_mvtec, settings, bank):
    config = replace(with_teacher, bank=bank, bank_mb=0, mask_training=True, background="light")
    whole, stopped = (new_folder(tmp_path / name, tiny_mvtec, config) for name in ("whole", "stopped"))
    finish(whole, settings)
    finish(stopped, settings, stop=after(6))
    finish(stopped, settings)
    assert_same_run(stopped, whole)
    assert set(epochs(whole)[0].train) == {"pixels", "layer1", "layer2", "layer3", "kl", "total"}
    checkpoint = load_checkpoint(whole.model)
    assert checkpoint.card.teacher_fingerprint == SimpleTeacher.fingerprint
    assert checkpoint.standardisation["mean0"].abs().sum() > 0


def test_a_run_that_takes_up_what_is_kept_gives_the_same_model(with_teacher, tmp_path, tiny_mvtec, settings):
    """Pictures and features computed, taken from the cache, and without a cache that can be written to."""
    config = replace(with_teacher, bank=True)
    first, again, bare = (new_folder(tmp_path / name, tiny_mvtec, config) for name in ("a", "b", "c"))
    finish(first, settings)
    kept = sorted((path, path.stat().st_ino) for path in settings.cache_dir.rglob("*") if path.is_file())
    assert {path.parent.name for path, _ in kept} == {"pictures", "features"}
    events = finish(again, settings)
    assert [event.done for event in events if isinstance(event, Preparing) and event.stage == "features"] == [
        16,
        2,
    ]
    assert kept == sorted(
        (path, path.stat().st_ino) for path in settings.cache_dir.rglob("*") if path.is_file()
    )
    (tmp_path / "file").write_text("no folder")
    finish(bare, replace(settings, cache_dir=tmp_path / "file"))
    assert_same_run(again, first)
    assert_same_run(bare, first)


def test_mixed_precision_is_for_graphics_cards_that_have_it(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "autocast", lambda *args: asked.append(args) or nullcontext())
    for has_it in (True, False):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has_it=has_it, **_options: has_it)
        for device in ("cpu", torch.device("cpu"), "cuda"):
            precision(device)
    assert asked == [("cuda", torch.bfloat16)]


@pytest.mark.parametrize(
    ("changes", "steps", "reason"),
    [
        ({"max_steps": 5}, 5, "steps"),
        ({"patience": 1, "learning_rate": 0.05, "epochs": 60, "decay": "none"}, None, "patience"),
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


@pytest.mark.parametrize("pictures", [None, 0, 1])
def test_a_category_without_enough_pictures_fails_with_a_sentence(tmp_path, tiny_mvtec, settings, pictures):
    data = tmp_path / "data"
    data.mkdir()
    if pictures is not None:
        good = data / "widget" / "train" / "good"
        good.mkdir(parents=True)
        for path in sorted((tiny_mvtec / "widget" / "train" / "good").iterdir())[:pictures]:
            shutil.copy(path, good)
    folder = new_folder(tmp_path / "run", data)
    seen = []
    with pytest.raises(DataError) as error:
        seen.extend(run_training(folder, settings))
    assert folder.events() == [Failed(str(error.value))]
    assert sorted(path.name for path in folder.path.iterdir()) == ["config.json", "events.jsonl"]


def test_a_failed_run_can_be_resumed_once_the_reason_is_gone(tmp_path, tiny_mvtec, settings):
    data = tmp_path / "data"
    data.mkdir()
    folder = new_folder(tmp_path / "run", data)
    with pytest.raises(DataError):
        finish(folder, settings)
    shutil.copytree(tiny_mvtec / "widget", data / "widget")
    finish(folder, settings)
    assert not [event for event in folder.events() if isinstance(event, Failed)]
    assert isinstance(folder.events()[-1], Finished)


def test_the_paper_preset_trains_with_the_real_teacher(tmp_path, tiny_mvtec, vgg_settings):
    settings = vgg_settings
    config = make_config("paper", "widget", max_steps=1, batch_size=2, views=0)
    folder = new_folder(tmp_path / "paper", tiny_mvtec, config)
    last = finish(folder, settings)[-1]
    assert (last.steps, last.stopped_because) == (1, "steps")
    (epoch,) = epochs(folder)
    assert all(np.isfinite(value) and value > 0 for value in epoch.train.values())
    model = Detector.load(folder.model, settings).engine.graph.model
    assert sum(parameter.numel() for parameter in model.parameters()) == 20_303_499


@pytest.mark.mvtec
def test_a_short_quick_training_finds_defects_on_toothbrushes(tmp_path, mvtec_dir, vgg_settings):
    settings = vgg_settings
    config = make_config("quick", "toothbrush", max_steps=20, views=0, weight_average=0.0)
    folder = RunFolder(tmp_path / "toothbrush")
    folder.create(config, "toothbrush", mvtec_dir)
    metrics = finish(folder, settings, measure=True)[-1].metrics
    assert metrics["pixel_auroc"] > 0.7
    if metrics["n_good"] < 2:
        assert metrics["image_auroc"] is None
        assert "good test picture" in metrics["reasons"]["image_auroc"]
    else:
        assert 0 <= metrics["image_auroc"] <= 1
