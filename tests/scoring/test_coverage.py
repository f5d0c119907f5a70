"""What a limit means for good parts to come, against simulations."""

import numpy as np
import pytest

from favae_demo.scoring.coverage import CERTAINTY, coverage, coverage_sentence
from favae_demo.scoring.thresholds import ENOUGH, conformal_threshold


def support(images: int, rate: float, left_out: int = 0):
    return conformal_threshold(np.arange(1.0, images + 1), rate, left_out).support


def test_the_share_of_good_parts_above_the_limit_is_as_said():
    """Of uniform scores, the share above a limit is one minus the limit."""
    draws = np.random.default_rng(0).uniform(size=(20_000, 60))
    above = np.array([1 - conformal_threshold(list(draw), 0.05).value for draw in draws[:4000]])
    said = coverage(support(60, 0.05))
    assert above.mean() == pytest.approx(said.expected, abs=0.002)
    assert np.mean((said.low <= above) & (above <= said.high)) == pytest.approx(CERTAINTY, abs=0.02)


def test_it_is_said_in_whole_parts():
    assert coverage_sentence(support(199, 0.05)) == (
        "Of 1,000 good parts, about 50 are called defect at this limit (90 % certain: 28 to 78)."
    )


def test_too_few_pictures_are_said_to_be_no_measure():
    sentence = coverage_sentence(support(9, 0.05))
    assert sentence.startswith("Of 1,000 good parts, about 100 or fewer are called defect")
    assert "9 good pictures cannot tell" in sentence


def test_what_leaving_out_costs_is_said():
    said = support(190, 0.05, left_out=10)
    assert coverage(said).otherwise == pytest.approx((201 - said.rank) / 201)
    assert "leaves out 10 suspicious pictures; should they be good after all" in coverage_sentence(said)


def test_a_limit_set_by_hand_promises_nothing():
    assert coverage(ENOUGH) is None
    assert coverage_sentence(ENOUGH) == ""
