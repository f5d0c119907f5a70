from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from untrained_detector import CONFIG

from favae_demo.core.errors import DataError
from favae_demo.data.io.images import decode, load_images, save_png
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.data.mvtec import Category
from favae_demo.detection.calibration.calibrate import calibrate_model
from favae_demo.detection.detector import Detector
from favae_demo.evaluation import metrics
from favae_demo.evaluation.protocol import FIGURES, NO_MASK, NO_USABLE_MASK, evaluate, measure
from favae_demo.model.favae import Favae
from favae_demo.scoring.likeness import PropertyRange

pytest_plugins = ["untrained_detector"]
PIXEL, IMAGE = {"pixel_auroc", "aupro", "pixel_ap"}, {"image_auroc", "f1_max"}


def only(category: Category, keep) -> Category:
    return replace(category, samples=tuple(sample for sample in category.samples if keep(sample)))


def test_all_figures_are_measured_on_every_test_image(detector, widget):
    told = []
    found = evaluate(detector, widget, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (12, 12)
    assert (found.n_good, found.n_defect) == (4, 8)
    assert set(found.figures) == set(FIGURES)
    assert found.reasons == {}
    assert found.maps.shape == found.masks.shape == (12, 128, 128)
    assert [bool(mask.any()) for mask in found.masks] == list(found.labels)
    # A figure of the protocol is the metric on raw maps of the detector, nothing else.
    assert found.figures["pixel_auroc"] == pytest.approx(metrics.pixel_auroc(found.maps, found.masks))
    images = load_images([sample.path for sample in widget.test], 128)
    scores = [one.score for one in detector.detect(list(images))]
    np.testing.assert_allclose(found.scores, scores, rtol=1e-5)
    assert found.figures["image_auroc"] == pytest.approx(metrics.image_auroc(found.scores, found.labels))
    record = found.to_dict()
    assert (record["n_good"], record["n_defect"], record["aupro"]) == (4, 8, found.figures["aupro"])


def test_an_image_of_another_shape_is_not_judged(detector, widget, tmp_path):
    """The network gets it in the same square, so its shape is that of the file."""
    first, second = widget.test[:2]
    save_png(tmp_path / "wide.png", cv2.resize(decode(first.path), (96, 48)))
    samples = (*widget.train, replace(first, path=tmp_path / "wide.png"), second)
    known = replace(detector.calibration, ranges={"shape": PropertyRange(0.0, 0.0, 0.0, 0.0)})
    strict = Detector(detector.engine, detector.config, known, "widget")
    assert evaluate(strict, replace(widget, samples=samples)).not_judged.tolist() == [True, False]


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_good_images_give_no_image_figures_but_a_reason(detector, widget, count):
    good = [sample for sample in widget.test if sample.is_good][count:]
    found = evaluate(detector, only(widget, lambda sample: sample not in good))
    assert all(found.figures[name] is None for name in IMAGE)
    assert set(found.reasons) == IMAGE
    assert f"there are {count}" in found.reasons["image_auroc"]
    assert all(0 <= found.figures[name] <= 1 for name in PIXEL)


def test_without_masks_there_are_no_pixel_figures_but_a_reason(detector, widget):
    bare = replace(widget, samples=tuple(replace(sample, mask_path=None) for sample in widget.samples))
    found = evaluate(detector, bare)
    assert all(found.figures[name] is None for name in PIXEL)
    assert set(found.reasons) == PIXEL
    assert all(found.reasons.values())
    assert all(0 <= found.figures[name] <= 1 for name in IMAGE)


def test_a_defect_without_a_mask_stays_out_of_the_pixel_figures(detector, widget):
    first = next(sample for sample in widget.test if not sample.is_good)
    partly = replace(
        widget,
        samples=tuple(
            replace(sample, mask_path=None) if sample == first else sample for sample in widget.samples
        ),
    )
    without = only(widget, lambda sample: sample != first)
    found, expected = evaluate(detector, partly), evaluate(detector, without)
    assert found.figures["pixel_auroc"] == pytest.approx(expected.figures["pixel_auroc"], rel=1e-6)
    assert found.n_defect == 8


def test_without_test_images_there_is_nothing_to_measure(detector, widget):
    with pytest.raises(DataError, match="'widget' has no test pictures"):
        evaluate(detector, only(widget, lambda sample: sample.split == "train"))


def test_no_mask_has_a_reason_of_its_own():
    labels = np.array([False, False, True, True])
    maps, masks = np.zeros((4, 8, 8), np.float32), np.zeros((4, 8, 8), bool)
    _, reasons = measure(labels.astype(float), maps, masks, labels, ~labels)
    assert set(reasons.values()) == {NO_MASK}


def test_masks_of_which_none_can_be_used_are_no_missing_masks(detector, widget):
    def marked(problem: str) -> Category:
        samples = (
            replace(sample, mask_problem=problem) if not sample.is_good else sample
            for sample in widget.samples
        )
        return replace(widget, samples=tuple(samples))

    assert evaluate(detector, marked("marks nothing")).reasons["pixel_ap"] == NO_USABLE_MASK
    bare = replace(widget, samples=tuple(replace(sample, mask_path=None) for sample in widget.samples))
    assert evaluate(detector, bare).reasons["pixel_ap"] == NO_MASK


def test_figures_of_a_perfect_and_of_a_reversed_detector():
    masks = np.zeros((4, 8, 8), bool)
    masks[2:, 2:5, 2:5] = True
    maps, labels, known = masks.astype(np.float32), np.array([False, False, True, True]), np.ones(4, bool)
    figures, reasons = measure(labels.astype(float), maps, masks, labels, known)
    assert reasons == {}
    assert figures == {name: pytest.approx(1.0) for name in FIGURES}
    figures, _ = measure(1.0 - labels, 1 - maps, masks, labels, known)
    assert figures["pixel_auroc"] == figures["image_auroc"] == 0


def test_masks_that_cannot_be_right_are_said_and_stay_out_of_the_pixel_figures(detector, widget, tmp_path):
    masks = [sample.mask_path for sample in widget.test if sample.mask_path]
    for number, data in enumerate((b"no image", masks[1].read_bytes())):
        (tmp_path / f"{number}.png").write_bytes(data)
    save_png(tmp_path / "1.png", 255 - decode(masks[1]))
    places = iter((tmp_path / "0.png", tmp_path / "1.png"))
    bad = {mask: next(places) for mask in masks[:2]}
    samples = tuple(replace(one, mask_path=bad.get(one.mask_path, one.mask_path)) for one in widget.samples)
    found = evaluate(detector, replace(widget, samples=samples))
    without = evaluate(detector, only(widget, lambda sample: sample.mask_path not in bad))
    for name in PIXEL:
        assert found.figures[name] == pytest.approx(without.figures[name])
    assert "'0.png'" in found.reasons["masks"]
    assert "cannot be read" in found.reasons["masks"]
    assert "more than half" in found.reasons["masks"]
    assert [sample.has_ground_truth for sample in found.samples].count(False) == 2


def test_deep_test_images_are_seen_with_the_levels_of_the_model(widget, tmp_path):
    torch.manual_seed(0)
    model = Favae((), CONFIG.latent, CONFIG.width).eval()
    good = load_images([sample.path for sample in widget.train[:3]], 128)
    calibration = calibrate_model(model, None, good, CONFIG)
    plain, deep = (
        Detector.from_model(model, None, CONFIG, calibration, "widget", levels=levels)
        for levels in (TYPE_LEVELS, Levels(0, 4095))
    )
    samples = []
    for number, sample in enumerate(widget.test):
        path = tmp_path / f"{number}.png"
        values = np.rint(decode(sample.path)[..., ::-1] * (4095 / 255)).astype(np.uint16)
        assert cv2.imwrite(str(path), values)
        samples.append(replace(sample, path=path))
    twin = replace(widget, samples=tuple(samples))
    assert evaluate(deep, twin).figures == evaluate(plain, widget).figures
    bright = tmp_path / "bright.png"
    assert cv2.imwrite(str(bright), np.full((32, 32, 3), 9_000, np.uint16))
    (found,) = deep.detect([bright])
    assert "9,000" in found.remarks[0]
    assert "4,095" in found.remarks[0]
    assert found.name == "bright.png"
    (found,) = deep.detect([widget.test[0].path])
    assert found.remarks == ()
    assert deep.judge(deep.detect([bright])[0], rate=0.2).remarks
