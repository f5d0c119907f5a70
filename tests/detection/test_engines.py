"""Every engine gives what PyTorch gives; converted models are kept whole or not at all."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from simple_teacher import LargeTeacher, SimpleTeacher

from favae_demo.config.presets import PAPER, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError, WeightsError
from favae_demo.core.settings import SHIPPED_CHECKPOINTS, Settings
from favae_demo.data.io.images import load_images, resize
from favae_demo.data.mvtec import load_category
from favae_demo.data.synthetic import ensure_samples
from favae_demo.detection import engines
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.detector import Detector
from favae_demo.detection.engines import conversion
from favae_demo.model.favae import Favae
from favae_demo.scoring.detection import Detection
from favae_demo.teacher.weight_store import ensure

CONFIG = replace(PAPER, width=0.05, latent=4)
OTHERS = ("ncnn", "openvino", "onnx")


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (3, 128, 128, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = Settings.from_env()
    try:
        ensure("vgg16", found.cache_dir, found.teacher_dir)
    except WeightsError as reason:
        pytest.skip(f"the weights of vgg16 cannot be had: {reason}")
    return found


CHANNELS = replace(CONFIG, score="channels")
KINDS = {
    "channels": (CHANNELS, SimpleTeacher),
    "centred": (replace(CHANNELS, centre=True), SimpleTeacher),
    "plain": (CHANNELS, lambda: None),
    "extended": (make_config("extended", "bottle", width=0.05, latent=4), LargeTeacher),
    "wide": (make_config("extended", "bottle", width=0.05, latent=4, aspect=1.5), LargeTeacher),
}


@pytest.fixture(scope="module", params=list(KINDS))
def detector(request, images) -> Detector:
    torch.manual_seed(0)
    config, make_teacher = KINDS[request.param]
    teacher = make_teacher()
    model = Favae.from_config(config, () if teacher is None else teacher.channels).eval()
    seen = in_size(images, config)
    return Detector.from_model(model, teacher, config, calibrate_model(model, teacher, seen, config))


def in_size(images: np.ndarray, config: TrainConfig) -> np.ndarray:
    """The pictures as large as the model looks at them."""
    return np.stack([resize(image, config.shape) for image in images])


@pytest.mark.parametrize("name", OTHERS)
def test_a_converted_model_answers_as_pytorch_does(detector, images, name, tmp_path):
    other = detector.convert(name, tmp_path / "made")
    seen = in_size(images, detector.config)
    maps, rebuilt = detector.engine.run(seen)
    found, again = other.engine.run(seen)
    assert conversion.relative_error(found, maps) < conversion.TOLERANCE / 10
    assert np.abs(again.astype(int) - rebuilt).max() <= 1
    assert other.engine.name == name
    for one, expected in zip(other.detect(list(images)), detector.detect(list(images)), strict=True):
        assert one.verdict == expected.verdict
        assert one.score == pytest.approx(expected.score, rel=1e-3)


def test_an_engine_that_answers_otherwise_is_refused_and_leaves_nothing(detector, tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "relative_error", lambda *_: float("nan"))
    with pytest.raises(ConfigError, match="PyTorch runs this model"):
        detector.convert("onnx", tmp_path / "engines" / "made")
    assert list((tmp_path / "engines").iterdir()) == []


def test_what_is_asked_for_must_be_there(monkeypatch):
    assert engines.installed() == ("ncnn", "openvino", "onnx", "torch")
    assert (engines.choose("auto"), engines.choose("auto", "cuda"), engines.choose("onnx")) == (
        "auto",
        "torch",
        "onnx",
    )
    assert engines.convertible() == OTHERS
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert engines.installed() == ("torch",)
    assert engines.choose("auto") == "torch"
    with pytest.raises(ConfigError, match="requirements-fast"):
        engines.choose("ncnn")
    with pytest.raises(ConfigError, match="choose one of auto, ncnn"):
        engines.choose("fastest")


@pytest.fixture(scope="module")
def judged(request, settings) -> tuple[Detector, list[np.ndarray], list[Detection]]:
    """A shipped model, twenty test images of screws of all kinds, real ones where there are, and what PyTorch answers for them."""
    try:
        category, data = "screw", request.getfixturevalue("mvtec_dir")
    except pytest.skip.Exception:
        category = "sample_screw"
        data = ensure_samples(category, settings.cache_dir)
    test = load_category(data, category).test
    images = list(load_images([one.path for one in test[:: len(test) // 20]], 128))
    plain = Detector.load(SHIPPED_CHECKPOINTS / f"{category}-vgg16-quick.safetensors", settings)
    return plain, images, plain.detect(images)


@pytest.mark.parametrize("name", OTHERS)
def test_verdicts_on_test_images_are_those_of_pytorch(name, judged, tmp_path):
    plain, images, answers = judged
    other = plain.convert(name, tmp_path / "made")
    for one, expected in zip(other.detect(images), answers, strict=True):
        assert one.verdict == expected.verdict
        np.testing.assert_allclose(one.map, expected.map, atol=1e-3 * expected.map.max())
