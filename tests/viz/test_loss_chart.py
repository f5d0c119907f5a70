"""The chart of losses: round ticks on either scale, places of the values, values for the pointer."""

import re
from importlib import import_module

import numpy as np
import pytest

from favae_demo.ui import language
from favae_demo.viz import loss_chart


@pytest.mark.parametrize(
    ("low", "high", "log", "expected"),
    [
        (8, 3000, True, [10, 100, 1000]),
        (9, 60, True, [10, 20, 50]),
        (0.0009, 2, True, [0.001, 0.01, 0.1, 1]),
        (0, 240, False, [0, 50, 100, 150, 200]),
        (0, 10, False, [0, 2, 4, 6, 8, 10]),
    ],
)
def test_ticks_are_round(low: float, high: float, log: bool, expected: list[float]) -> None:
    assert loss_chart.ticks(low, high, log) == pytest.approx(expected)


def test_a_tenth_of_the_loss_is_as_far_below_on_a_logarithmic_axis() -> None:
    drawn = loss_chart.loss_chart(
        {"one": ([0, 50, 100], [1000.0, 100.0, 10.0])}, 100, log=True, x_title="step", y_title="loss"
    )
    (points,) = re.findall(r'points="([^"]+)"', drawn.light)
    xs, ys = np.array([[float(one) for one in point.split(",")] for point in points.split()]).T
    assert np.diff(ys) == pytest.approx(np.diff(ys)[0], abs=0.2)
    assert xs[[0, -1]].tolist() == [loss_chart.LEFT, loss_chart.WIDTH - loss_chart.RIGHT]
    assert [tick in drawn.light for tick in (">10<", ">100<", ">1,000<")] == [True] * 3
    assert drawn.light != drawn.dark


def test_a_loss_of_zero_and_markup_in_names_are_drawn() -> None:
    drawn = loss_chart.loss_chart({"<b>": ([1], [0.0])}, 1, log=True, x_title="", y_title="")
    assert "nan" not in drawn.light
    assert "<b>" not in drawn.light
    assert "<b>" not in loss_chart.pointer_values({"<b>": ([1], [0.0])}, 1, "step")


def rough(points: int = 100) -> np.ndarray:
    return np.exp(np.where(np.arange(points) % 2, 1.0, -1.0))


def test_smoothing_keeps_the_ends_and_the_mean_of_noise() -> None:
    lines = [loss_chart.smoothed(rough(), share) for share in loss_chart.SMOOTHING.values() if share]
    light, strong = (np.abs(np.log(line)).max() for line in lines)
    assert strong < light < 0.2
    assert [len(line) for line in lines] == [100, 100]


@pytest.mark.parametrize(("smoothing", "count"), [("none", 1), ("light", 2), ("strong", 2)])
def test_a_smoothed_line_is_drawn_over_the_raw_one(smoothing: str, count: int) -> None:
    line = (range(100), rough())
    drawn = loss_chart.loss_chart(
        {"one": line}, 100, log=True, x_title="", y_title="", smoothing=smoothing
    ).light
    raw, *over = (
        [float(point.split(",")[1]) for point in points.split()]
        for points in re.findall(r'points="([^"]+)"', drawn)
    )
    assert len(over) == count - 1
    assert np.ptp(raw) > 200
    assert all(np.ptp(one) < 60 for one in over)


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_the_legend_stays_in_the_chart(code: str) -> None:
    words = import_module(f"favae_demo.ui.text.{code}.train").SERIES
    names = [words[name] for name in ("training", "held_out", "other_training", "other_held_out")]
    drawn = loss_chart.loss_chart(
        dict.fromkeys(names, ([1], [1.0])), 1, log=True, x_title="", y_title=""
    ).light
    top, width, height = (int(one) for one in re.findall(r'viewBox="0 (-?\d+) (\d+) (\d+)"', drawn)[0])
    places = {
        name: (float(x), float(y))
        for x, y, name in re.findall(r'<text x="([\d.]+)" y="(-?[\d.]+)"[^>]*>([^<]+)</text>', drawn)
        if name in names
    }
    assert list(places) == names
    for name, (x, y) in places.items():
        assert x + loss_chart.LETTER * len(name) <= width
        assert top + 12 <= y < loss_chart.TOP
    assert len(set(places.values())) == len(names)
    assert top + height == loss_chart.HEIGHT
    assert f'viewBox="0 {top} {width} {height}"' in loss_chart.pointer_values(
        dict.fromkeys(names, ([1], [1.0])), 1, "step"
    )
