import math
from itertools import pairwise

import numpy as np
import pytest

from favae_demo.scoring.thresholds import GoodScores, as_shifted, as_unseen, conformal_threshold


@pytest.mark.parametrize(
    ("count", "rate", "rank"),
    [
        (19, 0.05, 19),
        (39, 0.05, 38),
        (20, 0.05, 20),
        (9, 0.1, 9),
        (99, 0.01, 99),
        (12, 0.5, 7),
        (4, 0.999, 1),
        (24, 0.44, 14),  # 25 · 0.56 is 14.000000000000002 in floating point
    ],
)
def test_the_threshold_is_the_value_of_the_conformal_rank(count, rate, rank):
    """k = ⌈(n+1)(1−rate)⌉, counted from the lowest."""
    shuffled = np.random.default_rng(0).permutation(np.arange(1.0, count + 1))
    threshold = conformal_threshold(list(shuffled), rate)
    assert threshold.supported
    assert threshold.value == rank


@pytest.mark.parametrize(("count", "rate"), [(18, 0.05), (1, 0.05), (8, 0.1), (98, 0.01)])
def test_too_few_images_give_a_threshold_above_the_highest(count, rate):
    threshold = conformal_threshold([float(value) for value in range(1, count + 1)], rate)
    assert not threshold.supported
    assert threshold.value > count
    enough = count + threshold.support.missing
    assert conformal_threshold(np.arange(1.0, enough + 1), rate).supported
    assert not conformal_threshold(np.arange(1.0, enough), rate).supported
    assert f"Only {count} good pictures" in threshold.support.remark
    assert f"least {threshold.support.missing} more" in threshold.support.remark


@pytest.mark.parametrize(
    ("images", "floor"),
    [
        ((4.0,) * 10, 2.0),  # alike: half of the lowest
        ((1.0, 4.0, 16.0, 64.0, 256.0) * 2, 4.0**-4.4478),  # apart: three deviations, each 1.4826 · log 4
        ((4.0,) * 9, 0.0),  # too few
    ],
)
def test_the_floor_lies_far_below_all_good_scores(images, floor):
    assert GoodScores(images, {}).floor() == pytest.approx(floor)


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        ([8.0, 9.0, 10.0], 11.0),  # close together: a tenth of the highest
        ([0.0, 0.0, 10.0], 15.0),  # far apart: half of what lies between the median and the highest
    ],
)
def test_the_margin_follows_the_height_or_the_spread_of_the_scores(good, expected):
    assert conformal_threshold(good, 0.05).value == pytest.approx(expected)


def test_a_higher_rate_never_raises_the_threshold():
    good = np.random.default_rng(1).gamma(2, size=40)
    values = [conformal_threshold(list(good), rate).value for rate in np.linspace(0.005, 0.6, 60)]
    assert all(later <= earlier for earlier, later in pairwise(values))


def test_a_new_good_image_is_called_a_defect_at_most_as_often_as_promised():
    """Over many draws of 39 held-out scores and one new one; the rate is exact up to its sampling error."""
    scores = np.random.default_rng(2).gamma(2, size=(4000, 40))
    alarms = [new > conformal_threshold(good, 0.05).value for *good, new in scores]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize(("count", "rate"), [(20, 0.05), (100, 0.05), (100, 0.01)])
@pytest.mark.parametrize("gap", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("kind", ["lognormal", "gamma", "heavy"])
def test_scores_of_the_training_keep_the_promise_too(count, rate, gap, kind):
    """A fifth is held out; the training's own scores are lower by `gap` standard deviations of the logarithm."""
    rng = np.random.default_rng(7)
    draw = {
        "lognormal": lambda size: rng.normal(0, 0.2, size),
        "gamma": lambda size: np.log(rng.gamma(30, size=size)),
        "heavy": lambda size: 0.15 * rng.standard_t(4, size),
    }[kind]
    alarms, deviation = [], draw(20_000).std()
    for _ in range(1200):
        logs, held_out = draw(count), count // 5
        known, trained = np.exp(logs[:held_out]), np.exp(logs[held_out:] - gap * deviation)
        threshold = conformal_threshold([*known, *as_unseen(trained, known)], rate)
        assert threshold.supported
        alarms.append(np.mean(np.exp(draw(400)) > threshold.value))
    assert rate * 0.5 < np.mean(alarms) < rate * 1.05


def test_scores_of_the_training_that_are_not_lower_stay():
    assert as_unseen([2.0, 3.0], [1.0, 1.01]) == [2.0, 3.0]
    raised = as_unseen([1.0, 2.0], [3.0, 6.0])
    assert raised[1] / raised[0] == pytest.approx(2)  # one factor for all
    assert raised[0] > 3


@pytest.mark.parametrize("shift", [0.0, 0.3, 2.0], ids=["same", "slightly higher", "far higher"])
@pytest.mark.parametrize("known", [40, 250])
def test_a_new_light_keeps_the_promised_rate(shift: float, known: int) -> None:
    rng, rate, alarms = np.random.default_rng(5), 0.05, []

    def draw(count: int, shift: float = 0.0) -> list[float]:
        return np.exp(0.2 * rng.standard_normal(count) + shift).tolist()

    for _ in range(300):
        further = draw(20, shift)
        threshold = conformal_threshold([*further, *as_shifted(draw(known), further)], rate).value
        alarms.append(np.mean(np.asarray(draw(400, shift)) > threshold))
    assert rate * 0.5 < np.mean(alarms) < rate * 1.1


def test_a_picture_in_the_light_before_is_not_odd_in_a_far_brighter_one() -> None:
    known = GoodScores(tuple(np.linspace(1, 1.2, 20).tolist()), {})
    further = GoodScores(tuple(np.linspace(8, 9, 20).tolist()), {})
    joined = further.joined_by(known, as_shifted)
    assert joined.floor() <= known.floor()
    assert joined.threshold(0.05).value > 8


def test_one_score_many_times_as_high_moves_no_other() -> None:
    known, further = [1.0, 1.1, 1.2, 1.3] * 10, [1.5, 1.6, 1.7, 1.8, 1.9] * 4
    plain, odd = as_shifted(known, further), as_shifted(known, [*further[:-1], 50.0])
    assert odd == pytest.approx(plain, rel=0.05)
    assert as_shifted([2.0, 3.0], [1.0, 1.01]) == [2.0, 3.0]


def test_joined_scores_begin_with_the_held_out_ones():
    held_out = GoodScores((4.0, 5.0), {"combined": (1.0, 2.0)})
    joined = held_out.joined_by(GoodScores((4.5,), {"combined": (9.0,)}))
    assert joined.images[:2] == held_out.images
    assert len(joined.images) == 3
    assert joined.peaks["combined"] == (1.0, 2.0, 9.0)


def test_the_highest_value_of_a_map_needs_good_images_that_show_it():
    peaks = tuple(float(value) for value in range(10))
    assert GoodScores(peaks, {"memory": peaks}).highest("memory") == 9.0
    assert GoodScores(peaks[1:], {"memory": peaks[1:]}).highest("memory") == math.inf
    assert GoodScores(peaks, {}).highest("memory") == math.inf
