"""Ranks of methods by a metric: in each category, and over all."""

from collections.abc import Mapping
from dataclasses import dataclass

Figures = Mapping[str, Mapping[str, float | None]]
"""A metric by category and method; None where it is not defined."""


@dataclass(frozen=True)
class Standing:
    """How a method does over several categories.

    Attributes:
        rank: Mean of its ranks, 1 is best.
        mean: Mean of the metric.
        categories: Number of categories that count.
    """

    rank: float
    mean: float
    categories: int


def ranks(values: Mapping[str, float | None]) -> dict[str, float]:
    """Returns the rank of each method by a metric of which more is better; equals share the mean of their ranks, None has no rank.

    Examples:
        >>> ranks({"a": 0.9, "b": 0.8, "c": 0.9, "d": None})
        {'a': 1.5, 'b': 3.0, 'c': 1.5}
    """
    known = {name: value for name, value in values.items() if value is not None}
    return {
        name: 1 + sum(other > value for other in known.values())
        + (sum(other == value for other in known.values()) - 1) / 2
        for name, value in known.items()
    }  # fmt: skip


def standings(figures: Figures) -> dict[str, Standing]:
    """Returns the standing of each method, the best first, over the categories in which all of the methods have the metric.

    Only these can be compared: a method that was measured on the easy categories alone would come first.
    """
    methods = {name for values in figures.values() for name in values}
    complete = {
        category: values
        for category, values in figures.items()
        if all(values.get(name) is not None for name in methods)
    }
    if not complete:
        return {}
    by_category = [ranks(values) for values in complete.values()]
    unsorted = {
        name: Standing(
            sum(one[name] for one in by_category) / len(by_category),
            sum(float(values[name] or 0.0) for values in complete.values()) / len(complete),
            len(complete),
        )
        for name in methods
    }
    return dict(sorted(unsorted.items(), key=lambda item: (item[1].rank, -item[1].mean, item[0])))
