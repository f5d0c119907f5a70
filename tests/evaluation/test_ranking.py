"""Ranks, worked out by hand."""

import pytest

from favae_demo.evaluation.ranking import Standing, ranks, standings


def test_the_highest_is_first_equals_share_and_the_unknown_has_no_rank():
    assert ranks({"a": 0.5, "b": 0.9, "c": 0.5, "d": None, "e": 0.1}) == {
        "a": 2.5,
        "b": 1.0,
        "c": 2.5,
        "e": 4.0,
    }


def test_standings_count_only_categories_that_every_method_has():
    figures = {
        "bottle": {"a": 0.9, "b": 0.8},
        "pill": {"a": 0.6, "b": 0.7},
        "grid": {"a": 0.5, "b": 0.6},
        "toothbrush": {"a": 1.0, "b": None},
    }
    found = standings(figures)
    assert list(found) == ["b", "a"]
    assert found["b"] == Standing(pytest.approx(4 / 3), pytest.approx(0.7), 3)
    assert found["a"] == Standing(pytest.approx(5 / 3), pytest.approx(2 / 3), 3)


def test_without_a_common_category_there_is_no_order():
    assert standings({"bottle": {"a": 1.0}, "pill": {"b": 1.0}}) == {}
