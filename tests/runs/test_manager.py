"""A training in a process of its own: started, watched, stopped, killed, resumed and deleted through its folder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from small_training import small_config
from waiting import await_true

from favae_demo.config.presets import make_config
from favae_demo.core.errors import DataError, TrainingError
from favae_demo.core.files import read_json, write_json
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode
from favae_demo.detection.detector import Detector
from favae_demo.runs import manager
from favae_demo.runs.pipeline import run_training
from favae_demo.training.events import EpochDone, Failed, Finished, Started, StepDone
from favae_demo.training.run_folder import RunFolder

pytest_plugins = ["trained_widget"]

ENDLESS = small_config(epochs=10_000, patience=10_000)


def begin(settings: Settings, config=ENDLESS) -> str:
    return manager.start(config, "widget", settings.data_dir, settings).id


def epochs(run: str, settings: Settings) -> list[int]:
    return [event.epoch for event in manager.view(run, settings).all(EpochDone)]


@pytest.fixture
def settings(widget_settings: Settings) -> Iterator[Settings]:
    """As `widget_settings`; no process outlives the test."""
    yield widget_settings
    for run in manager.list_runs(widget_settings):
        if manager.is_alive(RunFolder(widget_settings.runs_dir / run)):
            os.kill(read_json(widget_settings.runs_dir / run / "process.json")["pid"], signal.SIGKILL)


def test_a_training_is_watched_stopped_with_its_best_model_and_deleted(settings: Settings) -> None:
    run = begin(settings)
    assert manager.list_runs(settings) == [run]
    view = manager.view(run, settings)
    assert (view.state, view.category, view.config) == (manager.RUNNING, "widget", ENDLESS)
    assert view.status().endswith("…")
    await_true(lambda: len(epochs(run, settings)) >= 2, 600)
    view = manager.view(run, settings)
    assert view.state == manager.RUNNING
    assert 0 < view.share < 1
    assert "left" in view.status()

    assert manager.find_running(settings) == run
    with pytest.raises(TrainingError, match="already running"):
        begin(settings)
    with pytest.raises(TrainingError, match="already running"):
        manager.resume(run, settings)
    with pytest.raises(TrainingError, match="stop it before"):
        manager.delete(run, settings)

    manager.stop(run, settings, wait_seconds=60)
    view = manager.view(run, settings)
    done = view.last(Finished)
    assert (view.state, view.is_stopped, manager.find_running(settings)) == (manager.FINISHED, True, None)
    assert 0 < view.share < 0.1  # never as if it were done
    assert view.status().startswith(f"Stopped after {done.steps:,} of ")
    assert done.epochs < ENDLESS.epochs
    assert done.stopped_because not in ("epochs", "patience")
    assert done.metrics["n_defect"] == 8
    image = settings.data_dir / "widget" / "test" / "good" / "000.png"
    detector = Detector.load(Path(done.checkpoint), settings)
    assert detector.detect([decode(image)])[0].verdict in ("good", "defect")

    manager.delete(run, settings)
    assert manager.list_runs(settings) == []
    with pytest.raises(TrainingError, match="no training called"):
        manager.view(run, settings)


def test_a_killed_training_is_interrupted_and_resumes_where_it_was(settings: Settings) -> None:
    config = small_config(epochs=20, patience=10_000)
    run = begin(settings, config)
    await_true(lambda: len(epochs(run, settings)) >= 2, 600)
    os.kill(read_json(settings.runs_dir / run / "process.json")["pid"], signal.SIGKILL)
    await_true(lambda: manager.view(run, settings).state != manager.RUNNING, 600)
    view = manager.view(run, settings)
    assert view.state == manager.INTERRUPTED
    assert "Resume" in view.status()
    before = epochs(run, settings)
    assert before[-1] < config.epochs

    manager.resume(run, settings)
    assert manager.view(run, settings).state == manager.RUNNING
    await_true(lambda: manager.view(run, settings).state == manager.FINISHED, 600)
    view = manager.view(run, settings)
    assert epochs(run, settings) == list(range(1, config.epochs + 1))  # without a gap or a repeat
    assert view.all(Started)[-1].first_step > 0
    steps = [event.step for event in view.all(StepDone)]
    assert steps == sorted(set(steps))
    assert view.last(Finished).stopped_because == "epochs"


def test_a_run_that_fails_says_why(settings: Settings) -> None:
    folder = RunFolder(settings.runs_dir / "lost")
    folder.create(small_config(), "gadget", settings.data_dir)
    with pytest.raises(DataError, match="gadget"):
        list(run_training(folder, settings))
    view = manager.view("lost", settings)
    assert view.state == manager.FAILED
    assert view.status() == f"Failed: {view.last(Failed).reason}"
    assert "gadget" in view.status()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")
def test_an_ended_process_that_nobody_collected_is_not_alive(settings: Settings) -> None:
    folder = RunFolder(settings.runs_dir / "run")
    folder.create(ENDLESS, "widget", settings.data_dir)
    # The process that trains is a child of another one, which never asks for its result, as in some containers.
    parent = "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        pid = int(process.stdout.readline())
        manager.mark_process(folder, pid)
        assert manager.find_running(settings) == "run"
        os.kill(pid, signal.SIGKILL)
        await_true(lambda: " Z " in Path(f"/proc/{pid}/stat").read_text(), 20)
        assert manager.find_running(settings) is None
        process.stdin.close()


def test_a_process_that_ends_while_it_is_looked_at_is_collected(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(settings.runs_dir / "run")
    folder.create(ENDLESS, "widget", settings.data_dir)
    process = subprocess.Popen(["sleep", "60"])
    manager.mark_process(folder, process.pid)
    status = psutil.Process.status

    def after_its_end(looked_at: psutil.Process) -> str:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        return status(looked_at)

    monkeypatch.setattr(psutil.Process, "status", after_its_end)
    assert not manager.is_alive(folder)
    assert not psutil.pid_exists(process.pid)
    process.wait()


def test_a_list_of_runs_looks_at_each_run_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        RunFolder(settings.runs_dir / f"r{number}").create(ENDLESS, "widget", settings.data_dir)
    listed: list[Path] = []
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda path, pattern: listed.append(path) or glob(path, pattern))
    assert len(manager.list_infos(settings)) == 20
    assert listed == [settings.runs_dir]


@pytest.mark.parametrize("name", ["", ".", "..", "../runs/run", "run/", "run/.", "x" * 5000, "run\0", "/run"])
def test_only_a_run_s_own_name_opens_it(name: str, settings: Settings) -> None:
    RunFolder(settings.runs_dir / "run").create(ENDLESS, "widget", settings.data_dir)
    assert manager.open_run("run", settings).id == "run"
    with pytest.raises(TrainingError, match="There is no training"):
        manager.open_run(name, settings)


def test_a_reused_process_number_is_not_the_training(settings: Settings) -> None:
    folder = RunFolder(settings.runs_dir / "old")
    folder.create(small_config(), "widget", settings.data_dir)
    manager.mark_process(folder, os.getpid())
    assert manager.is_alive(folder)
    write_json(folder.path / "process.json", {"pid": os.getpid(), "started": "0"})
    assert not manager.is_alive(folder)
    assert manager.view("old", settings).state == manager.INTERRUPTED
    (folder.path / "process.json").write_text("{")
    assert not manager.is_alive(folder)


@pytest.mark.parametrize("policy", ["off", "limited"])
def test_training_obeys_the_policy_of_the_server(policy: str, settings: Settings) -> None:
    closed = replace(settings, training=policy)
    with pytest.raises(TrainingError, match="switched off" if policy == "off" else "quick training only"):
        begin(closed, make_config("paper", "widget", teacher="none"))
    assert manager.list_runs(closed) == []


@pytest.mark.parametrize("name", ["../widget", "", "none such"])
def test_only_listed_runs_can_be_opened_or_deleted(name: str, settings: Settings) -> None:
    for act in (manager.view, manager.delete, manager.stop, manager.resume):
        with pytest.raises(TrainingError, match="no training called"):
            act(name, settings)
