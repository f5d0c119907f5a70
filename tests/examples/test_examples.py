"""The scripts in `examples/`, run as their readers run them."""

import subprocess
import sys
from pathlib import Path

import pytest

from favae_demo import load_checkpoint
from favae_demo.core.settings import PROJECT
from favae_demo.data.io.images import decode
from favae_demo.data.mvtec import load_category

pytest_plugins = ["trained_widget"]

EXAMPLES = PROJECT / "examples"


def run(folder: Path, script: Path, *arguments: object) -> str:
    """What a script prints that must succeed, started in `folder`."""
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def _package(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))  # as if it were installed
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def test_detect_needs_nothing_but_the_package(tmp_path):
    good, broken, *places = run(tmp_path, EXAMPLES / "detect.py").splitlines()
    assert good.startswith("good: good, score")
    assert broken.startswith("broken: defect, score")
    assert places
    overlays = [decode(tmp_path / "detections" / f"{name}-overlay.png") for name in ("good", "broken")]
    assert overlays[0].shape == overlays[1].shape
    assert (overlays[0] != overlays[1]).any()


def test_detect_takes_images_and_a_model(tmp_path, tiny_mvtec, widget_model):
    test = load_category(tiny_mvtec, "widget").test
    images = [test[0].path, test[-1].path]
    printed = run(
        tmp_path, EXAMPLES / "detect.py", *images, "--model", widget_model, "--rate", 0.2, "--out", "marked"
    )
    assert [line.split(":")[0] for line in printed.splitlines() if not line.startswith(" ")] == [
        p.name for p in images
    ]
    assert {path.name for path in (tmp_path / "marked").iterdir()} == {
        f"{p.stem}-overlay.png" for p in images
    }


def test_train_then_evaluate(tmp_path, tiny_mvtec):
    small = [f"--set={field}" for field in ("width=0.05", "latent=8", "views=0", "batch_size=4", "epochs=2")]
    printed = run(tmp_path, EXAMPLES / "train.py", tiny_mvtec / "widget", "run", "--teacher", "none", *small)
    assert [line.split(":")[0] for line in printed.splitlines()[:2]] == ["epoch 1", "epoch 2"]
    card = load_checkpoint(tmp_path / "run" / "model.safetensors").card
    printed = run(tmp_path, EXAMPLES / "evaluate.py", "run/model.safetensors", tiny_mvtec / "widget")
    assert "4 good test images, 8 with defects" in printed
    assert f"image_auroc  {card.metrics['image_auroc']:.4f}" in printed.splitlines()


def test_export_writes_a_program_that_runs_alone(tmp_path, widget_model, tiny_mvtec):
    for package in ("onnx", "onnxruntime"):
        pytest.importorskip(package)
    assert "largest relative error" in run(tmp_path, EXAMPLES / "export.py", widget_model, "out")
    image = load_category(tiny_mvtec, "widget").test[-1].path
    assert str(image) in run(tmp_path, tmp_path / "out" / "run.py", image)
