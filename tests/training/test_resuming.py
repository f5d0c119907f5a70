"""Runs that are stopped, killed or begun twice: they go on as if nothing had happened, and the same seed gives the same run."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from simple_teacher import SimpleTeacher
from whole_runs import PER_EPOCH, after, assert_same_run, epochs, finish, new_folder

from favae_demo.checkpoints.checkpoint import load_checkpoint
from favae_demo.core.errors import DataError
from favae_demo.core.settings import PROJECT
from favae_demo.detection.detector import Detector
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import EpochDone, Failed, Finished, Preparing, Snapshot, Started, StepDone
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["whole_runs"]


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


@pytest.mark.parametrize(
    ("last", "first_step"),
    [
        (lambda event: isinstance(event, EpochDone), 0),
        (lambda event: isinstance(event, Snapshot), 0),
        (lambda event: isinstance(event, StepDone) and event.step > PER_EPOCH, PER_EPOCH),
    ],
)
def test_a_run_abandoned_around_the_end_of_an_epoch_goes_on(
    whole, tmp_path, tiny_mvtec, settings, last, first_step
):
    """The epoch is repeated until it is saved; the log tells each once."""
    folder = new_folder(tmp_path / "abandoned", tiny_mvtec)
    training = run_training(folder, settings, measure=False)
    next(event for event in training if last(event))
    training.close()
    assert not folder.model.exists()
    events = finish(folder, settings)
    assert next(event for event in events if isinstance(event, Started)).first_step == first_step
    assert_same_run(folder, whole)


@pytest.mark.parametrize("step", [2, 6])
def test_a_killed_process_leaves_a_run_that_goes_on(whole, tmp_path, tiny_mvtec, settings, step):
    """Killed within the first epoch (nothing saved yet) and within the second, in the middle of writing a line."""
    folder = new_folder(tmp_path / "killed", tiny_mvtec)
    script = (
        "import os, signal, sys, torch; from pathlib import Path; torch.set_num_threads(1);"
        "from favae_demo.core.settings import Settings; from favae_demo.runs.pipeline import run_training;"
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
    card = load_checkpoint(folder.model).card
    total = next(one for one in folder.events() if isinstance(one, Started)).total_steps
    assert (card.is_stopped, card.training["steps"], card.training["total_steps"]) == (True, 3, total)
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
    assert {path.parent.name for path, _ in kept} == {"pictures", "features", "levels", "teachers"}
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
