"""Suspicious images among the good ones: found although there are several, and few false names."""

import numpy as np
import pytest

from favae_demo.scoring.suspects import (
    CRITERIA,
    LEAST_IMAGES,
    MOST_LEFT_OUT,
    Suspect,
    deviations,
    kept_in,
    merged,
    suspects_by,
    worth_a_look,
)


def scores(count: int, seed: int = 0) -> np.ndarray:
    """Scores of good images, whose logarithms are normal as those of real models are."""
    return np.exp(np.random.default_rng(seed).normal(0, 0.2, count))


def names(count: int) -> list[str]:
    return [f"{number:03}.png" for number in range(count)]


@pytest.mark.parametrize(("count", "odd"), [(24, 1), (24, 4), (200, 10), (100, 20)])
def test_several_outliers_do_not_hide_one_another(count, odd):
    values = scores(count)
    values[:odd] = 15.0  # all alike: thirteen deviations above the median
    found = suspects_by("patches", names(count), values)
    assert {one.name for one in found if one.left_out} == set(names(count)[:odd])


def test_few_good_images_are_named_falsely():
    draws = [deviations(scores(count, seed)) for seed in range(40) for count in (12, 24, 100)]
    assert np.mean(np.concatenate(draws) > 2.5) < 0.03


def test_too_few_images_have_no_outliers():
    assert not deviations([1.0] * (LEAST_IMAGES - 2) + [100.0]).any()
    assert deviations([1.0] * (LEAST_IMAGES - 1) + [100.0])[-1] > 5


def test_nearly_equal_scores_have_no_outliers():
    assert not suspects_by("score", names(20), [1.0] * 19 + [1.04])


def test_a_suspect_for_two_reasons_is_named_once():
    both = merged(
        [
            Suspect("a.png", ("first",), 4.0),
            Suspect("b.png", ("first",), 3.6),
            Suspect("a.png", ("second",), 6.0, left_out=True),
            Suspect("a.png", ("first",), 4.0),
        ]
    )
    assert both == (
        Suspect("a.png", ("first", "second"), 6.0, left_out=True),
        Suspect("b.png", ("first",), 3.6),
    )


def test_no_more_are_left_out_than_exceptions_can_be():
    suspects = merged(Suspect(name, (), 6.0 + place, True) for place, name in enumerate(names(9)))
    kept = kept_in(suspects, 20)
    assert sum(one.left_out for one in kept) == int(MOST_LEFT_OUT * 20) == 6
    assert [one.name for one in kept if not one.left_out] == ["002.png", "001.png", "000.png"]


def test_it_survives_json():
    one = Suspect("a.png", ("first",), 4.0, True)
    assert (
        Suspect.from_dict({"name": "a.png", "reasons": ["first"], "distance": 4.0, "left_out": True}) == one
    )


def test_two_independent_reasons_leave_an_image_out():
    both = [Suspect("a.png", (CRITERIA[kind].reason,), 4.5) for kind in ("patches", "score")]
    assert merged(both)[0].left_out
    assert not merged(both[:1])[0].left_out


def test_many_that_stand_out_a_little_do_so_by_no_chance():
    values = scores(50)
    values[:10] = 2.8  # five deviations: named for certain, and not yet left out alone
    found = suspects_by("patches", names(50), values)
    assert {one.name for one in found if one.left_out} == set(names(10)[:10])
    few = suspects_by("patches", names(50), [2.5, 2.5, *values[10:]] + [1.0] * 8)
    assert len(few) == 2
    assert not any(one.left_out for one in few)


def test_of_those_that_stand_out_a_little_the_first_are_worth_a_look():
    little = [Suspect(name, ("first",), 3.9 - place / 100) for place, name in enumerate(names(50))]
    far = [Suspect("far.png", ("first",), 5.0), Suspect("aside.png", ("first",), 3.0, left_out=True)]
    other = [Suspect("copy.png", ("it is a copy of far.png",))]
    named = worth_a_look(merged([*little, *far, *other]), 100)
    assert len(named) == 8 + 1  # one in thirteen, and the one that has no score
    assert {"far.png", "aside.png", "copy.png", "000.png"} <= {one.name for one in named}
    many = [Suspect(name, ("first",), 4.5) for name in names(50)]
    assert worth_a_look(merged(many), 100) == merged(many)
