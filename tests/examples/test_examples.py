"""The scripts in `examples/`, run as their readers run them."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from favae_demo import load_checkpoint
from favae_demo.core.settings import PROJECT
from favae_demo.data.io.images import decode
from favae_demo.data.mvtec import load_category

pytest_plugins = ["trained_widget"]

EXAMPLES = PROJECT / "examples"


def start(folder: Path, script: Path, *arguments: object) -> str:
    """Returns what a script prints that must succeed, started as a program in `folder`."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}  # as if it were installed
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Callable[..., str]:
    """Runs a script that must succeed, in this process and in a folder of its own, and returns what it prints."""
    monkeypatch.chdir(tmp_path)

    def run(script: Path, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [str(script), *map(str, arguments)])
        capsys.readouterr()
        runpy.run_path(str(script), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_detect_needs_nothing_but_the_package(tmp_path):
    good, broken, *places = start(tmp_path, EXAMPLES / "detect.py").splitlines()
    assert re.fullmatch(r"good: good, 0\.\d\d × the limit \(score .*\)", good)
    assert re.fullmatch(r"broken: defect, [1-9].* × the limit \(score .*\)", broken)
    assert places
    overlays = [decode(tmp_path / "detections" / f"{name}-overlay.png") for name in ("good", "broken")]
    assert overlays[0].shape == overlays[1].shape
    assert (overlays[0] != overlays[1]).any()


def test_detect_takes_images_and_a_model(run, tmp_path, tiny_mvtec, widget_model):
    test = load_category(tiny_mvtec, "widget").test
    images = [test[0].path, test[-1].path]
    printed = run(EXAMPLES / "detect.py", *images, "--model", widget_model, "--rate", 0.2, "--out", "marked")
    assert [line.split(":")[0] for line in printed.splitlines() if not line.startswith(" ")] == [
        p.name for p in images
    ]
    assert {path.name for path in (tmp_path / "marked").iterdir()} == {
        f"{p.stem}-overlay.png" for p in images
    }


def test_train_then_evaluate(run, tmp_path, tiny_mvtec):
    small = [f"--set={field}" for field in ("width=0.05", "latent=8", "views=0", "batch_size=4", "epochs=2")]
    printed = run(EXAMPLES / "train.py", tiny_mvtec / "widget", "run", "--teacher", "none", *small)
    assert [line.split(":")[0] for line in printed.splitlines()[:2]] == ["epoch 1", "epoch 2"]
    card = load_checkpoint(tmp_path / "run" / "model.safetensors").card
    printed = run(EXAMPLES / "evaluate.py", "run/model.safetensors", tiny_mvtec / "widget")
    assert "4 good test images, 8 with defects" in printed
    assert f"image_auroc  {card.metrics['image_auroc']:.4f}" in printed.splitlines()


def test_export_writes_a_program_that_runs_alone(run, tmp_path, widget_model, tiny_mvtec):
    for package in ("onnx", "onnxruntime"):
        pytest.importorskip(package)
    assert "largest relative error" in run(EXAMPLES / "export.py", widget_model, "out")
    image = load_category(tiny_mvtec, "widget").test[-1].path
    assert str(image) in start(tmp_path, tmp_path / "out" / "run.py", image)
