import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from favae_demo.core.errors import CheckpointError, DataError
from favae_demo.data.mvtec import Category, load_category
from favae_demo.evaluation import metrics, protocol, results_cache
from favae_demo.evaluation.protocol import evaluate

pytest_plugins = ["untrained_detector"]


@pytest.fixture
def category(tiny_mvtec, tmp_path) -> Category:
    """A copy that a test may change."""
    shutil.copytree(tiny_mvtec / "widget", tmp_path / "data" / "widget")
    return load_category(tmp_path / "data", "widget")


@pytest.fixture
def model(tmp_path):
    """Stands for the model's file: only its place, size and time count."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    return path


def assert_same(one: results_cache.EvaluationSummary, other: results_cache.EvaluationSummary) -> None:
    assert one.keys == other.keys
    assert (one.figures, one.reasons, one.seconds) == (other.figures, other.reasons, other.seconds)
    for name in ("labels", "scores"):
        assert getattr(one, name).dtype == getattr(other, name).dtype
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in (*results_cache.CURVES, "pixel_thresholds"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_what_is_kept_is_the_protocols_result_to_the_last_digit(detector, category, model, tmp_path):
    told = []
    first = results_cache.measure(detector, model, category, tmp_path, lambda *step: told.append(step))
    again = results_cache.lookup(model, category, tmp_path)
    assert told[-1] == (12, 12)
    assert_same(first, again)
    found = evaluate(detector, category)
    assert again.figures == found.figures
    np.testing.assert_array_equal(again.scores, found.scores)
    np.testing.assert_array_equal(again.labels, found.labels)
    assert again.keys == tuple(sample.key for sample in category.test)
    assert (again.n_good, again.n_defect) == (4, 8)
    np.testing.assert_array_equal(again.image_roc, metrics.roc_curve_points(found.scores, found.labels))
    np.testing.assert_array_equal(again.pixel_roc, metrics.roc_curve_points(found.maps, found.masks))
    np.testing.assert_array_equal(again.pixel_pr, metrics.pr_curve_points(found.maps, found.masks))
    assert len(again.pixel_thresholds) == len(again.pixel_roc[0])
    assert max(len(again.pixel_roc[0]), len(again.pixel_pr[0])) <= metrics.CURVE_POINTS


def test_the_model_runs_once(detector, category, model, tmp_path, monkeypatch):
    results_cache.measure(detector, model, category, tmp_path)
    monkeypatch.setattr(protocol, "evaluate", None)
    assert results_cache.measure(detector, model, category, tmp_path).n_defect == 8


def test_nothing_is_kept_before_it_is_measured(category, model, tmp_path):
    assert results_cache.lookup(model, category, tmp_path) is None


def change_the_model(category, model):
    model.write_bytes(b"other weights")
    return category


def touch_a_image(category, model):
    os.utime(category.test[5].path, (1, 1))
    return category


def touch_a_mask(category, model):
    os.utime(category.test[5].mask_path, (1, 1))
    return category


def remove_a_mask(category, model):
    category.test[5].mask_path.unlink()
    return load_category(category.root.parent, "widget")


def remove_a_image(category, model):
    category.test[0].path.unlink()
    return load_category(category.root.parent, "widget")


@pytest.mark.parametrize(
    "change", [change_the_model, touch_a_image, touch_a_mask, remove_a_mask, remove_a_image]
)
def test_a_change_of_model_or_images_is_measured_anew(change, detector, category, model, tmp_path):
    results_cache.measure(detector, model, category, tmp_path)
    assert results_cache.lookup(model, change(category, model), tmp_path) is None


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_file_is_measured_anew(damage, detector, category, model, tmp_path):
    first = results_cache.measure(detector, model, category, tmp_path)
    path = results_cache.result_path(model, category, tmp_path)
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    assert results_cache.lookup(model, category, tmp_path) is None
    again = results_cache.measure(detector, model, category, tmp_path)
    np.testing.assert_array_equal(again.scores, first.scores)
    assert results_cache.lookup(model, category, tmp_path) is not None


def test_a_file_without_all_its_parts_counts_as_damaged(detector, category, model, tmp_path):
    results_cache.measure(detector, model, category, tmp_path)
    np.savez(results_cache.result_path(model, category, tmp_path), record=np.array("{}"), scores=np.zeros(3))
    assert results_cache.lookup(model, category, tmp_path) is None


def test_writing_leaves_one_whole_file(detector, category, model, tmp_path):
    results_cache.measure(detector, model, category, tmp_path)
    (only,) = (tmp_path / results_cache.FOLDER).iterdir()
    assert only == results_cache.result_path(model, category, tmp_path)


def test_data_without_masks_keep_the_reasons_and_no_pixel_curve(detector, category, model, tmp_path):
    bare = replace(category, samples=tuple(replace(sample, mask_path=None) for sample in category.samples))
    results_cache.measure(detector, model, bare, tmp_path)
    found = results_cache.lookup(model, bare, tmp_path)
    assert found.pixel_roc is None
    assert found.pixel_pr is found.pixel_thresholds is None
    assert found.figures["pixel_auroc"] is None
    assert "has a mask" in found.reasons["pixel_auroc"]
    assert found.image_roc is not None


def test_one_good_image_gives_no_curve_over_images(detector, category, model, tmp_path):
    good = [sample for sample in category.test if sample.is_good][1:]
    few = replace(category, samples=tuple(sample for sample in category.samples if sample not in good))
    found = results_cache.measure(detector, model, few, tmp_path)
    assert found.image_roc is None
    assert found.pixel_roc is not None


def test_verdicts_follow_the_threshold_strictly(detector, category, model, tmp_path):
    found = results_cache.measure(detector, model, category, tmp_path)
    threshold = float(np.median(found.scores))
    np.testing.assert_array_equal(found.verdicts(threshold), found.scores > threshold)
    assert not found.verdicts(float(found.scores.max())).any()


def test_a_model_that_is_gone_and_data_without_test_images_are_sentences(detector, category, model, tmp_path):
    untested = replace(category, samples=category.train)
    with pytest.raises(DataError, match="no test pictures"):
        results_cache.measure(detector, model, untested, tmp_path)
    category.test[3].path.unlink()
    with pytest.raises(DataError, match=r"test/good/003\.png has been moved or deleted"):
        results_cache.lookup(model, category, tmp_path)
    model.unlink()
    with pytest.raises(CheckpointError, match="deleted"):
        results_cache.lookup(model, category, tmp_path)
