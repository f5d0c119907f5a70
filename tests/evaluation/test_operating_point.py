import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from favae_demo.core.settings import PROJECT
from favae_demo.evaluation import metrics, operating_point
from favae_demo.evaluation.metrics import roc_curve_points
from favae_demo.evaluation.operating_point import Confusion, KindRow
from favae_demo.evaluation.results_cache import EvaluationSummary

KEYS = (
    "test/good/000.png",
    "test/good/001.png",
    "test/good/002.png",
    "test/crack/000.png",
    "test/crack/001.png",
    "test/dent/000.png",
)
SCORES = (0.5, 1.0, 3.0, 0.8, 4.0, 16.0)
THRESHOLD = 1.0  # the second good picture lies on it, which is no alarm


def measured(keys=KEYS, scores=SCORES) -> EvaluationSummary:
    labels = np.array(["/good/" not in key for key in keys], bool)
    both = labels.any() and not labels.all()
    roc = roc_curve_points(np.array(scores), labels) if both else None
    figures = {"f1_max": 0.8 if both else None}
    return EvaluationSummary(tuple(keys), labels, np.array(scores), figures, {}, roc, None, None, 1.0)


def only(kind: str) -> EvaluationSummary:
    there = [place for place, key in enumerate(KEYS) if (kind == "good") == ("/good/" in key)]
    return measured([KEYS[place] for place in there], [SCORES[place] for place in there])


def test_confusion_counts_each_image_once_and_a_score_on_the_threshold_as_good():
    assert operating_point.confusion(measured(), THRESHOLD) == Confusion(
        found=2, missed=1, alarms=1, passed=2
    )
    assert operating_point.confusion(measured(), 0.99).alarms == 2


def test_cells_name_the_images():
    assert operating_point.cells(measured(), THRESHOLD) == {
        "found": ["test/crack/001.png", "test/dent/000.png"],
        "missed": ["test/crack/000.png"],
        "alarms": ["test/good/002.png"],
        "passed": ["test/good/000.png", "test/good/001.png"],
    }


def test_an_image_that_is_not_judged_counts_as_neither_defect_nor_good():
    aside = replace(measured(), not_judged=np.array([True, False, False, False, False, True]))
    assert operating_point.verdicts(aside, THRESHOLD) == [
        "not judged", "good", "defect", "good", "defect", "not judged",
    ]  # fmt: skip
    counts = operating_point.confusion(aside, THRESHOLD)
    assert counts == Confusion(1, 1, 1, 1, unjudged_defects=1, unjudged_goods=1)
    assert (counts.recall, counts.alarm_rate, counts.not_judged) == (1 / 3, 1 / 3, 2)
    assert [row.not_judged for row in operating_point.by_kind(aside, THRESHOLD)] == [1, 0, 1]
    assert operating_point.by_kind(aside, THRESHOLD)[2] == KindRow("dent", 1, 0, 0, 16.0, 16.0, 16.0, 1)
    assert operating_point.examples(aside, THRESHOLD, 1).best == ["test/crack/001.png"]
    # Curves are those of the scores, and so are the points on them.
    for point in (operating_point.roc_point, operating_point.pr_point):
        assert point(aside, THRESHOLD) == point(measured(), THRESHOLD)


def test_rates():
    counts = operating_point.confusion(measured(), THRESHOLD)
    assert (counts.recall, counts.precision, counts.alarm_rate) == (2 / 3, 2 / 3, 1 / 3)
    assert Confusion(0, 0, 0, 0).recall is None
    assert Confusion(0, 3, 0, 3).precision is None
    assert Confusion(3, 0, 0, 0).alarm_rate is None


def test_marked_defects_say_what_the_threshold_would_have_to_be():
    marked = measured((*KEYS, "test/marked/a.png", "test/marked/b.png"), (*SCORES, 0.7, 2.0))
    found = operating_point.marked_defects(marked, THRESHOLD)
    assert (found.count, found.missed) == (2, 1)
    assert operating_point.marked_defects(marked, found.needed).missed == 0
    assert found.needed == pytest.approx(0.7)
    assert operating_point.marked_defects(measured(), THRESHOLD) is None


def test_by_kind():
    assert operating_point.by_kind(measured(), THRESHOLD) == [
        KindRow("good", 3, 1, 2, 1.5, 0.5, 3.0),
        KindRow("crack", 2, 1, 1, 2.4, 0.8, 4.0),
        KindRow("dent", 1, 1, 0, 16.0, 16.0, 16.0),
    ]
    assert [operating_point.is_good(row.kind) for row in operating_point.by_kind(measured(), THRESHOLD)] == [
        True,
        False,
        False,
    ]


def test_examples_take_the_ratio_to_the_threshold():
    found = operating_point.examples(measured(), THRESHOLD, 3)
    # 16 times, 4 times and half the limit; a good part on the limit is the least sure.
    assert found.best == ["test/dent/000.png", "test/crack/001.png", "test/good/000.png"]
    assert found.worst == ["test/good/002.png", "test/crack/000.png"]  # 3 times the limit before 0.8 times
    assert found.missed == ["test/crack/000.png"]
    assert found.alarms == ["test/good/002.png"]
    assert operating_point.examples(measured(), THRESHOLD, 1).worst == ["test/good/002.png"]


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1e9])
def test_odd_thresholds_do_no_harm(threshold):
    found = operating_point.examples(measured(scores=(0.0, *SCORES[1:])), threshold, 99)
    assert len(found.best) + len(found.worst) == len(KEYS)


def test_points_lie_on_the_curves():
    everything = measured()
    assert operating_point.roc_point(everything, THRESHOLD) == (1 / 3, 2 / 3)
    assert operating_point.pr_point(everything, THRESHOLD) == (2 / 3, 2 / 3)
    points = set(zip(*(axis.tolist() for axis in operating_point.image_pr(everything)), strict=True))
    assert (2 / 3, 2 / 3) in points


def test_the_point_over_pixels_is_read_off_the_curve():
    rng = np.random.default_rng(0)
    masks = rng.random((5, 64, 64)) < 0.1
    maps = rng.gamma(2, 1, masks.shape) * np.where(masks, 3, 1)
    curve, thresholds = metrics.roc_curve_points(maps, masks, 300), metrics.roc_thresholds(maps, masks, 300)
    found = replace(measured(), pixel_roc=curve, pixel_thresholds=thresholds)
    for threshold in (0.5, 2.0, 5.0):
        exact = ((maps > threshold)[~masks].mean(), (maps > threshold)[masks].mean())
        assert operating_point.pixel_roc_point(found, threshold) == pytest.approx(exact, abs=0.005)
    assert operating_point.pixel_roc_point(found, 1e6) == pytest.approx((0, 0), abs=0.005)
    assert operating_point.pixel_roc_point(measured(), 1.0) is None


def test_without_one_of_the_groups_there_is_no_point():
    for kind in ("good", "defect"):
        assert operating_point.roc_point(only(kind), THRESHOLD) is None
        assert operating_point.image_pr(only(kind)) is None
        assert operating_point.image_ap(only(kind)) is None
        assert operating_point.best_f1_threshold(only(kind)) is None
    assert operating_point.pr_point(only("good"), THRESHOLD) is None
    assert operating_point.pr_point(measured(), 99.0) is None  # no alarm, so no share of right ones


def test_average_precision():
    # From high to low: defect, defect, good, good, defect, good.
    assert operating_point.image_ap(measured()) == pytest.approx((1 + 1 + 3 / 5) / 3)


def test_the_best_f1_threshold_is_the_best():
    def f1(threshold):
        counts = operating_point.confusion(measured(), threshold)
        return 2 * counts.found / (2 * counts.found + counts.missed + counts.alarms)

    best = operating_point.best_f1_threshold(measured())
    assert f1(best) == max(f1(threshold) for threshold in (0, *SCORES)) == 0.8


def test_it_comes_without_torch_gradio_and_scikit_learn():
    code = (
        "import sys, favae_demo.evaluation.operating_point, favae_demo.evaluation.published\n"
        "assert not {'torch', 'gradio', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)
