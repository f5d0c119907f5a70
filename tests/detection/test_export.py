"""An exported model: whole or not there, and its example judges without PyTorch as the app does."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conversions import await_conversions

from favae_demo.cli.main import main
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.data.io.levels import Levels
from favae_demo.data.synthetic import render_part
from favae_demo.detection import export as module
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines.conversion import converted_folder
from favae_demo.detection.export import FORMATS, export
from favae_demo.detection.registry import Registry
from favae_demo.scoring.detection import NOT_JUDGED
from favae_demo.scoring.likeness import OTHER_PART, WHICH_PART

pytest_plugins = ["trained_widget"]


@pytest.fixture
def detector(widget_model: Path, widget_settings: Settings) -> Detector:
    return Detector.load(widget_model, widget_settings)


@pytest.fixture(scope="module")
def screws(tmp_path_factory) -> tuple[Path, ...]:
    """A good generated screw and one with a defect, each at an angle of its own."""
    folder = tmp_path_factory.mktemp("screws")
    for number, defect in enumerate((None, "bent_tip")):
        save_png(folder / f"{number}.png", render_part("sample_screw", 30_000 + number, defect)[0])
    return folder / "0.png", folder / "1.png"


def without_torch(folder: Path, *arguments: object) -> str:
    """What an exported model's example prints where PyTorch and this package cannot be imported."""
    blocked = "import sys; sys.modules['torch'] = sys.modules['favae_demo'] = None; sys.argv[0] = 'run.py'"
    start = f"__file__ = {str(folder / 'run.py')!r}; {blocked}; exec(open('run.py').read())"
    command = [sys.executable, "-c", start, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def assert_judges_alike(folder: Path, detector: Detector, images: Sequence[Path]) -> None:
    for line, path in zip(without_torch(folder, *images).splitlines(), images, strict=True):
        found = detector.detect([decode(path)], masked=False)[0]
        verdict, score = re.search(r" (good|defect|not judged) (\S+)$", line).groups()
        assert verdict == found.verdict
        assert float(score) == pytest.approx(found.score, rel=2e-3)
    assert float(re.search(r"PyTorch: (.*)", without_torch(folder, "--check")).group(1)) < 1e-4


@pytest.mark.parametrize("to", FORMATS)
def test_the_example_runs_without_pytorch_and_judges_alike(to, detector, widget_settings, tmp_path):
    about = export(detector, to, tmp_path / to, licence="mine alone")
    assert json.loads((tmp_path / to / "model.json").read_text())["limits"] == about["limits"]
    assert about["licence"] == "mine alone"
    assert about["support"]["0.05"] == {"images": 12, "missing": 7, "left_out": 0, "rank": 12}
    tests = widget_settings.data_dir / "widget" / "test"
    assert_judges_alike(tmp_path / to, detector, [tests / kind / "000.png" for kind in ("good", "spot")])


def test_the_example_does_not_judge_what_is_unlike_the_good_pictures(detector, widget_settings, tmp_path):
    export(detector, "onnx", tmp_path / "onnx", licence="")
    dark = decode(widget_settings.data_dir / "widget/test/good/000.png") // 2
    save_png(tmp_path / "dark.png", dark)
    assert detector.detect([dark])[0].verdict == "not judged"
    assert " not judged " in without_torch(tmp_path / "onnx", tmp_path / "dark.png")


def test_the_example_leaves_colours_out_where_the_model_does(detector, widget_settings, tmp_path):
    warm = decode(widget_settings.data_dir / "widget/test/spot/000.png") * np.array([1.0, 0.8, 0.6])
    save_png(tmp_path / "warm.png", warm.astype(np.uint8))
    with_colour = detector.detect([tmp_path / "warm.png"])[0].score
    detector = Detector(detector.engine, detector.config, replace(detector.calibration, grey=True, ranges={}))
    assert detector.detect([tmp_path / "warm.png"])[0].score != pytest.approx(with_colour, rel=0.05)
    assert "colours left out" in export(detector, "onnx", tmp_path / "onnx", licence="")["input"]
    assert_judges_alike(tmp_path / "onnx", detector, [tmp_path / "warm.png"])


@pytest.mark.parametrize("to", FORMATS)
def test_the_example_turns_parts_upright_and_knows_other_parts_where_the_model_does(
    to, screws, widget_settings, tmp_path
):
    path = PROJECT / "checkpoints" / "screw-efficientnet-lite0-extended.safetensors"
    detector = Detector.load(path, widget_settings)
    save_png(tmp_path / "toothbrush.png", render_part("sample_toothbrush", 0)[0])
    (reason,) = detector.detect([tmp_path / "toothbrush.png"])[0].reasons  # by light and by memory
    assert reason.endswith(WHICH_PART)
    assert "than every good picture" in reason
    # Without ranges of brightness and so on, only the memory tells another part.
    calibration = replace(detector.calibration, ranges={})
    detector = Detector(detector.engine, detector.config, calibration)
    (other,) = detector.detect([tmp_path / "toothbrush.png"])
    assert (other.verdict, other.reasons) == (NOT_JUDGED, (OTHER_PART,))
    assert export(detector, to, tmp_path / to, licence="")["align"]
    assert_judges_alike(tmp_path / to, detector, [*screws, tmp_path / "toothbrush.png"])


def test_the_example_takes_the_models_white_level(detector, widget_settings, tmp_path):
    leveled = Detector(detector.engine, detector.config, detector.calibration, levels=Levels(0, 4095))
    export(leveled, "onnx", tmp_path / "onnx", licence="")
    plain = widget_settings.data_dir / "widget/test/spot/000.png"
    deep = np.rint(cv2.imread(str(plain)) * (4095 / 255)).astype(np.uint16)
    assert cv2.imwrite(str(tmp_path / "deep.png"), deep)
    judged = [
        line.split(maxsplit=1)[1]
        for line in without_torch(tmp_path / "onnx", plain, tmp_path / "deep.png").splitlines()
    ]
    assert judged[0] == judged[1]


def test_what_is_there_is_not_overwritten_and_half_a_folder_never_stays(detector, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    with pytest.raises(ConfigError, match="is there already"):
        export(detector, "onnx", tmp_path / "full", licence="")

    def fail(*_: object) -> float:
        raise ConfigError("no")

    monkeypatch.setattr(module, "convert", fail)
    with pytest.raises(ConfigError):
        export(detector, "onnx", tmp_path / "made" / "new", licence="")
    assert list((tmp_path / "made").iterdir()) == []


def test_the_command_says_where_the_folder_is(widget_settings, tmp_path, capsys):
    arguments = [
        "export",
        "--checkpoint",
        "widget-none-quick",
        "--to",
        "onnx",
        "--out",
        str(tmp_path / "made"),
        "--json",
    ]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["largest_relative_error"] < 1e-4
    assert (tmp_path / "made" / "favae.onnx").is_file()


def test_the_page_changes_to_the_faster_engine_once_it_is_ready(widget_model, widget_settings, tmp_path):
    settings = replace(widget_settings, engine="ncnn", cache_dir=tmp_path / "cache")
    registry = Registry(settings)
    first = registry.detector(widget_model)
    assert first.engine.name == "torch"  # answers at once
    await_conversions()
    faster = registry.detector(widget_model)
    assert faster.engine.name == "ncnn"
    assert converted_folder("ncnn", widget_model, settings.cache_dir).is_dir()
    again = Registry(settings).detector(widget_model)
    assert again.engine.name == "ncnn"
    image = np.full((128, 128, 3), 90, np.uint8)
    scores = [one.detect([image])[0].score for one in (first, faster, again)]
    assert scores == pytest.approx([scores[0]] * 3, rel=1e-3)


def test_a_failed_conversion_leaves_pytorch_at_work(
    widget_model, widget_settings, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("sys.executable", "/bin/false")
    registry = Registry(replace(widget_settings, engine="ncnn", cache_dir=tmp_path / "cache"))
    registry.detector(widget_model)
    await_conversions()
    assert registry.detector(widget_model).engine.name == "torch"
    assert "conversion failed" in caplog.text
