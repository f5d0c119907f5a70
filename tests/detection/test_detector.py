import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from simple_teacher import LargeTeacher, SimpleTeacher

from favae_demo.checkpoints.card import Card
from favae_demo.checkpoints.checkpoint import Checkpoint, save_checkpoint
from favae_demo.checkpoints.weight_format import pack
from favae_demo.config.presets import PAPER, make_config
from favae_demo.core.device import images_per_pass
from favae_demo.core.errors import CheckpointError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, load_images, resize
from favae_demo.data.mvtec import load_category
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.detector import Detector
from favae_demo.model.favae import Favae
from favae_demo.scoring.calibration import Calibration
from favae_demo.teacher import teacher as teacher_module

CONFIG = replace(PAPER, width=0.05, latent=4, background="light", score="scaled")


@pytest.fixture(scope="module")
def good(tiny_mvtec) -> np.ndarray:
    return load_images([sample.path for sample in load_category(tiny_mvtec, "widget").train], 128)


@pytest.fixture(scope="module")
def detector(good) -> Detector:
    """An untrained network with a calibration: enough to check everything around the network."""
    torch.manual_seed(0)
    model, teacher = Favae(SimpleTeacher.channels, CONFIG.latent, CONFIG.width).eval(), SimpleTeacher()
    return Detector.from_model(
        model, teacher, CONFIG, calibrate_model(model, teacher, good, CONFIG), "widget"
    )


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    sides = [(128, 128), (90, 140), (300, 200), (128, 128), (64, 64)]
    return [rng.integers(0, 256, (*side, 3), dtype=np.uint8) for side in sides]


def assert_same(one, other) -> None:
    """All but the timings."""
    for name in ("image", "reconstruction", "foreground"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert list(one.maps) == list(other.maps)
    for name in one.maps:
        np.testing.assert_allclose(one.maps[name], other.maps[name], rtol=1e-5)
    assert one.score == pytest.approx(other.score, rel=1e-5)
    for name in ("threshold", "pixel_threshold", "map_thresholds", "verdict", "name"):
        assert getattr(one, name) == getattr(other, name)
    assert len(one.regions) == len(other.regions)


def test_a_detection_is_complete(detector, images):
    found = detector.detect(images, names=["a", "b", "c", "d", "e"])
    assert [one.name for one in found] == list("abcde")
    for one, image in zip(found, images, strict=True):
        assert one.image is image
        assert one.reconstruction.shape == (128, 128, 3)
        assert list(one.maps) == ["combined", "pixels", "layer1", "layer2", "layer3"]
        terms = sum(value for name, value in one.maps.items() if name != "combined")
        np.testing.assert_allclose(one.maps["combined"], terms, rtol=1e-4)
        assert all(value.min() >= 0 for value in one.maps.values())
        assert set(one.map_thresholds) == set(one.maps)
        assert one.map_thresholds["combined"] == one.pixel_threshold
        assert one.score == one.map.max()
        assert one.is_defect == (one.score > one.threshold)
        assert set(one.timings) == {"prepare", "model", "total"}


def test_what_lies_above_the_threshold_is_a_defect_with_a_place(detector, good):
    """An untrained network paints grey, so white is further off than any good part."""
    white = np.full((128, 128, 3), 255, np.uint8)
    white[:64] = 245  # an image of one colour would not be judged
    (found,) = detector.detect([white], rate=0.3)
    assert found.verdict == "defect"
    assert found.regions[0].peak == pytest.approx(found.map.max())
    # Twelve pictures are too few for 5 %, so the limit lies above all of them.
    for one in detector.detect(list(good), rate=0.05):
        assert one.verdict == "good"
        assert one.regions == ()


def test_calibration_images_get_the_scores_that_calibration_gave_them(detector, good):
    for masked in (False, True):
        scores = [one.score for one in detector.detect(list(good), masked=masked)]
        np.testing.assert_allclose(scores, detector.calibration.good(masked).images, rtol=1e-4)


def test_batches_do_not_change_the_answer(detector, good):
    many = detector.detect([*good, *good])
    assert len(many) == 24 > images_per_pass(*detector.config.shape)
    for one, image in zip(many, [*good, *good], strict=True):
        (alone,) = detector.detect([image])
        assert alone.score == pytest.approx(one.score, rel=1e-4)


def test_no_images_give_no_detections(detector):
    assert detector.detect([]) == []


def test_several_threads_get_what_one_gets(detector, images):
    jobs = [images[i % 5 :] + images[: i % 5] for i in range(12)]
    expected = [detector.detect(job) for job in jobs]
    with ThreadPoolExecutor(6) as pool:
        for found, alone in zip(pool.map(detector.detect, jobs), expected, strict=True):
            for one, other in zip(found, alone, strict=True):
                assert_same(one, other)


@pytest.mark.parametrize(("rate", "masked"), [(0.05, None), (0.3, False), (0.3, True)])
def test_judging_again_is_detecting_again_without_the_model(
    detector, images, good, monkeypatch, rate, masked
):
    before = detector.detect([*images, good[0]], rate=0.1, masked=False)
    expected = detector.detect([*images, good[0]], rate=rate, masked=masked)

    def forbidden(*args, **kwargs):
        raise AssertionError("the model ran")

    monkeypatch.setattr(detector.engine, "run", forbidden)
    for old, new in zip(before, expected, strict=True):
        judged = detector.judge(old, rate=rate, masked=masked)
        assert_same(judged, new)
        assert judged.regions == new.regions


def test_a_higher_rate_lowers_the_thresholds(detector):
    strict, loose = detector.thresholds(0.1), detector.thresholds(0.5)
    assert all(loose[name].value <= strict[name].value for name in strict)
    assert loose["image"].supported
    assert not detector.thresholds(0.01)["image"].supported


def test_the_mask_leaves_the_background_out(detector, good):
    (plain,), (masked,) = (detector.detect([good[0]], masked=masked) for masked in (False, True))
    assert plain.foreground.all()
    assert not masked.foreground[2, 2]
    assert masked.foreground[64, 64]
    assert masked.map[2, 2] == 0 < plain.map[2, 2]
    np.testing.assert_array_equal(plain.maps["combined"], masked.maps["combined"])


def test_files_are_read_and_give_their_names(detector, tiny_mvtec):
    first, second = (sample.path for sample in load_category(tiny_mvtec, "widget").test[:2])
    by_path = detector.detect([first, str(second)])
    assert [one.name for one in by_path] == [first.name, second.name]
    for one, other in zip(by_path, detector.detect([decode(first), decode(second)]), strict=True):
        assert_same(replace(one, name=""), other)


@pytest.fixture
def saved(tmp_path, detector):
    card = Card("widget", CONFIG, "simple", "tests", SimpleTeacher.channels, detector.calibration)
    teacher = SimpleTeacher().standardisation() | {"mean0": torch.tensor([0.1, 0.2, 0.3])}
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, Checkpoint(card, pack(detector.graph.model.state_dict()), teacher))
    return path


def test_a_checkpoint_is_loaded_with_its_teachers_standardisation(saved, monkeypatch, images):
    monkeypatch.setattr(teacher_module, "load_teacher", lambda *args, **kwargs: SimpleTeacher())
    loaded = Detector.load(saved, Settings.from_env())
    assert loaded.category == "widget"
    torch.testing.assert_close(loaded.graph.teacher.mean0, torch.tensor([0.1, 0.2, 0.3]))
    assert loaded.detect(images[:1])[0].score > 0


def test_a_teacher_with_other_weights_is_refused(saved, monkeypatch):
    teacher = SimpleTeacher()
    teacher.fingerprint = "another"
    monkeypatch.setattr(teacher_module, "load_teacher", lambda *args, **kwargs: teacher)
    with pytest.raises(CheckpointError, match="other vgg16 weights"):
        Detector.load(saved, Settings.from_env())


def test_by_channels_each_term_weighs_as_many_as_it_has_channels(good, images):
    torch.manual_seed(0)
    config = replace(CONFIG, score="channels", centre=True, blur=0.0)
    model, teacher = Favae(SimpleTeacher.channels, config.latent, config.width).eval(), SimpleTeacher()
    calibration = calibrate_model(model, teacher, good, config)
    assert [len(values) for values in calibration.channels.values()] == [3, *SimpleTeacher.channels]
    assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration
    detector = Detector.from_model(model, teacher, config, calibration)
    means = {
        name: np.mean([one.maps[name].mean() for one in detector.detect(list(good))])
        for name in calibration.scales
    }
    for name, values in calibration.channels.items():
        assert means[name] == pytest.approx(len(values), rel=0.25), name


def test_maps_of_a_wide_picture_keep_its_shape_and_place(good):
    torch.manual_seed(0)
    config = make_config("extended", "bottle", width=0.05, latent=4, aspect=1.5)
    model, teacher = Favae.from_config(config, LargeTeacher.channels).eval(), LargeTeacher()
    wide = np.stack([resize(one, (256, 384)) for one in good])
    calibration = calibrate_model(model, teacher, wide[:6], config, trained_on=wide[6:])
    detector = Detector.from_model(model, teacher, config, calibration, "widget")
    stained = resize(good[0], (400, 600))
    stained[300:340, 480:520] = (255, 0, 0)
    (found,) = detector.detect([stained])
    assert found.reconstruction.shape == (128, 192, 3)
    assert {value.shape for value in found.maps.values()} == {(128, 192)}
    for name in ("pixels", "memory"):
        y, x = np.unravel_index(found.maps[name].argmax(), (128, 192))
        assert (x / 192, y / 128) == pytest.approx((500 / 600, 320 / 400), abs=0.08)


@pytest.fixture(scope="module")
def extended(good) -> Detector:
    """Features of a larger picture, a code with places, whitened scores, parts turned upright; untrained."""
    torch.manual_seed(0)
    config = make_config("extended", "screw", width=0.05, latent=4, pixel_weight=0.5)
    model, teacher = Favae.from_config(config, LargeTeacher.channels).eval(), LargeTeacher()
    larger = np.stack([resize(one, 256) for one in good])
    calibration = calibrate_model(model, teacher, larger[:6], config, trained_on=larger[6:])
    return Detector.from_model(model, teacher, config, calibration, "widget")


def test_the_extended_recipe_detects_in_the_images_own_frame(extended, good):
    assert extended.config.align
    image = good[0]
    (found,) = extended.detect([image])
    assert found.reconstruction.shape == (128, 128, 3)
    assert {value.shape for value in found.maps.values()} == {(128, 128)}
    parts = {name: value for name, value in found.maps.items() if name != "combined"}
    of_memory = extended.calibration.weights["memory"]
    weights = [{"pixels": 0.5, "memory": of_memory}.get(name, 1.0) for name in parts]
    weighted = np.average(np.log1p(list(parts.values())), axis=0, weights=weights)
    np.testing.assert_allclose(found.maps["combined"], np.expm1(weighted), rtol=1e-3, atol=1e-4)
    assert found.score == pytest.approx(extended.calibration.image_score(found.maps), rel=1e-5)
    # A stain is found where it is, although the part was turned for it.
    stained = image.copy()
    stained[58:68, 58:68] = (255, 0, 0)
    (other,) = extended.detect([stained])
    rise = other.maps["combined"] - found.maps["combined"]
    y, x = np.unravel_index(rise.argmax(), rise.shape)
    assert max(abs(y - 63), abs(x - 63)) < 20


def test_whitening_travels_in_the_checkpoint(extended, tmp_path, monkeypatch, good):
    model, teacher = extended.graph.model, extended.graph.teacher
    teacher.fingerprint, config = "simple", extended.config
    card = Card("widget", config, "simple", "tests", tuple(teacher.channels), extended.calibration)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    save_checkpoint(tmp_path / "a.safetensors", Checkpoint(card, weights, teacher.standardisation()))
    monkeypatch.setattr(teacher_module, "load_teacher", lambda *_, **__: LargeTeacher())
    loaded = Detector.load(tmp_path / "a.safetensors", Settings.from_env())
    assert_same(*(one.detect([good[0]])[0] for one in (loaded, extended)))
    monkeypatch.setattr(LargeTeacher, "channels", (3, 3, 4))
    with pytest.raises(CheckpointError, match="other layers"):
        Detector.load(tmp_path / "a.safetensors", Settings.from_env())
