"""`auto`: each model is run by the engine that was measured as the fastest for it on this machine."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conversions import await_conversions

from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import conversion, fastest, installed
from favae_demo.detection.registry import Registry

pytest_plugins = ["trained_widget"]
IMAGE = np.full((128, 128, 3), 90, np.uint8)


@pytest.fixture
def settings(widget_settings: Settings, tmp_path: Path) -> Settings:
    return replace(widget_settings, engine="auto", cache_dir=tmp_path / "cache")


def kept(settings: Settings) -> tuple[set[str], dict[str, float]]:
    """The engines whose files are kept, and the milliseconds of all that were measured."""
    folder = settings.cache_dir / conversion.FOLDER
    (note,) = folder.glob("fastest-*.json")
    return {one.name.split("-")[0] for one in folder.iterdir() if one.is_dir()}, read_json(note)[
        "milliseconds"
    ]


def measured_as(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    monkeypatch.setattr(
        fastest, "time_engines", lambda engines, _: {name: float(name != first) for name in engines}
    )


def test_all_installed_engines_are_measured_once(
    widget_model: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = Detector.load(widget_model, settings, engine="auto")
    folders, milliseconds = kept(settings)
    chosen = min(milliseconds, key=milliseconds.get)
    assert set(milliseconds) == set(installed())
    assert detector.engine.name == chosen == fastest.known(widget_model, settings.cache_dir)
    assert folders == {chosen} - {"torch"}
    expected = Detector.load(widget_model, settings).detect([IMAGE])[0].score
    assert detector.detect([IMAGE])[0].score == pytest.approx(expected, rel=1e-3)
    monkeypatch.delattr(fastest, "time_engines")
    assert Detector.load(widget_model, settings, engine="auto").engine.name == chosen


def test_pytorch_answers_until_the_fastest_is_found(
    widget_model: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastest, "convertible", lambda: ("onnx",))  # the others take as long again
    measured_as(monkeypatch, "onnx")
    registry = Registry(settings)
    assert registry.detector(widget_model).engine.name == "torch"
    await_conversions()
    assert registry.detector(widget_model).engine.name == "onnx"
    assert Registry(settings).detector(widget_model).engine.name == "onnx"
    assert kept(settings)[0] == {"onnx"}


def test_where_pytorch_is_the_fastest_it_stays(
    widget_model: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastest, "convertible", lambda: ("onnx",))
    measured_as(monkeypatch, "torch")
    assert Detector.load(widget_model, settings, engine="auto").engine.name == "torch"
    assert kept(settings)[0] == set()
    monkeypatch.delattr(conversion, "convert_in_subprocess")
    assert Registry(settings).detector(widget_model).engine.name == "torch"


def test_an_engine_that_answers_otherwise_is_left_out(
    widget_model: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(conversion, "relative_error", lambda *_: float("nan"))
    assert Detector.load(widget_model, settings, engine="auto").engine.name == "torch"
    assert set(kept(settings)[1]) == {"torch"}
    assert "off what PyTorch answers" in caplog.text


@pytest.mark.parametrize("written", ["", "[]", '{"engine": "gone"}', '{"engine": ["ncnn"]}'])
def test_a_damaged_note_is_measured_again(written: str, widget_model: Path, settings: Settings) -> None:
    note = fastest._note(widget_model, settings.cache_dir)
    note.parent.mkdir(parents=True)
    note.write_text(written)
    assert fastest.known(widget_model, settings.cache_dir) is None


def test_the_first_call_of_an_engine_does_not_count() -> None:
    class Waiting:
        def __init__(self, *seconds: float):
            self.seconds = list(seconds)

        def run(self, images: np.ndarray) -> None:
            time.sleep(self.seconds.pop(0))

    engines = {
        "slow to start": Waiting(0.3, *[0.001] * fastest.ROUNDS),
        "slow": Waiting(0.0, *[0.05] * fastest.ROUNDS),
    }
    seconds = fastest.time_engines(engines, IMAGE[None])
    assert min(seconds, key=seconds.get) == "slow to start"
