"""Scores over time are the medians of the pictures themselves, by steps or one by one."""

from pathlib import Path

import numpy as np
import pytest
from line_history import MINUTE_MS, NOON_MS, at, everything, write_database

from favae_demo.detection.drift import WINDOW
from favae_demo.line.history.reader import HOUR_MS, Filter, Span, reading
from favae_demo.line.history.timeline import (
    MOST_DOTS,
    MOST_STEPS,
    STEPS_MS,
    moving_median,
    moving_sum,
    quantile,
    read_timeline,
    step_of,
)
from favae_demo.line.tallies import BINS, QUARTER_MS

RNG = np.random.default_rng(1)


def timeline(path: Path, asked: Filter):
    with reading(path) as database:
        return read_timeline(database, asked)


def test_quantiles_are_those_of_the_values_to_a_bin() -> None:
    values = RNG.lognormal(-0.6, 0.3, 4000)
    counts = np.histogram(values, np.arange(0, 5.1, 1 / BINS))[0][None]
    for share in (0.05, 0.5, 0.95):
        assert quantile(counts, share)[0] == pytest.approx(np.quantile(values, share), abs=0.5 / BINS)
    assert quantile(np.array([[0, 0, 4, 0]]), 0.5)[0] == pytest.approx(2.5 / BINS)


def test_few_pictures_a_step_are_taken_together(tmp_path: Path) -> None:
    """A slow line has a median of enough pictures, too."""
    counts = np.array([[1, 0], [0, 2], [4, 1], [0, 0]])
    assert moving_sum(counts, 2).tolist() == [[1, 0], [1, 2], [4, 3], [4, 1]]
    assert moving_sum(counts, 9).tolist() == counts.cumsum(axis=0).tolist()
    path = write_database(
        tmp_path / "v.sqlite", [at(60.0 * n, n, multiple=0.5) for n in range(MOST_DOTS + 1)]
    )
    (series,) = timeline(path, everything(path)).series
    assert series.window == 2  # steps of twelve hours with one picture an hour
    assert set(series.pictures[1:-1]) == {24}
    assert series.median[1] == pytest.approx(0.5 + 0.5 / BINS)


def test_the_moving_median_is_that_of_the_last_pictures() -> None:
    scores = RNG.uniform(0.2, 2, 50)
    found = moving_median(scores)
    assert len(found) == 50 - WINDOW + 1
    assert found[7] == pytest.approx(np.exp(np.median(np.log(scores[7 : 7 + WINDOW]))))
    assert len(moving_median(scores[: WINDOW - 1])) == 0


@pytest.mark.parametrize("hours", [0.001, 1, 8, 24, 168, 720, 8760, 100_000])
def test_a_span_has_a_number_of_steps_that_can_be_drawn(hours: float) -> None:
    span = Span(0, round(hours * HOUR_MS))
    step = step_of(span)
    assert step in STEPS_MS
    assert span.length_ms / step <= MOST_STEPS
    assert step == STEPS_MS[0] or span.length_ms / step > MOST_STEPS / 5


def test_few_pictures_are_shown_one_by_one(tmp_path: Path) -> None:
    scores = RNG.uniform(0.2, 0.9, 30)
    records = [at(n, n, multiple=float(score)) for n, score in enumerate(scores)]
    records += [at(40, 40, verdict="defect", multiple=1.4), at(41, 41, verdict="not judged", multiple=3.0)]
    records += [at(42, 42, verdict="unreadable", multiple=None, threshold=None)]
    path = write_database(tmp_path / "v.sqlite", records)
    found = timeline(path, everything(path))
    (series,) = found.series
    assert series.dots.tolist() == [*scores, 1.4]  # what is not judged has no place on the scale of the model
    assert series.dot_defects.tolist() == [False] * 30 + [True]
    assert series.median[0] == pytest.approx(np.exp(np.median(np.log(scores[:WINDOW]))))
    assert series.times[0] == NOON_MS + (WINDOW - 1) * MINUTE_MS
    assert (series.threshold, series.model.name) == (2.0, "widget-none-quick")
    assert found.counts == {"good": 30, "defect": 1, "not judged": 1, "unreadable": 1}
    assert (found.judged.sum(), found.defects.sum()) == (31, 1)


def test_many_pictures_are_shown_by_steps(tmp_path: Path) -> None:
    minutes = RNG.uniform(0, 600, MOST_DOTS + 500)
    scores = np.where(minutes < 300, 0.4, 0.8) * RNG.lognormal(0, 0.1, len(minutes))
    path = write_database(
        tmp_path / "v.sqlite",
        [at(float(m), n, multiple=float(s)) for n, (m, s) in enumerate(zip(minutes, scores, strict=True))],
    )
    found = timeline(path, everything(path))
    (series,) = found.series
    assert found.step_ms == 2 * MINUTE_MS
    assert found.judged.sum() == len(minutes) == found.pictures
    begin = (NOON_MS - found.span.start_ms) / MINUTE_MS
    for step, median in zip(
        (series.times - found.span.start_ms) // found.step_ms, series.median, strict=True
    ):
        earliest = 2 * (step - series.window + 1)
        inside = scores[(minutes + begin >= earliest) & (minutes + begin < 2 * step + 2)]
        assert median == pytest.approx(np.median(inside), abs=2 / BINS)
    assert np.all(series.low <= series.median)
    assert np.all(series.median <= series.high)


def test_filters(tmp_path: Path) -> None:
    path = write_database(
        tmp_path / "v.sqlite",
        [at(n, n, source=("left", "right")[n % 2], name=f"lot_{n % 3}/{n}.png", remark="50 % grey" if n == 4 else "") for n in range(60)],
    )  # fmt: skip
    assert timeline(path, everything(path, source="right")).pictures == 30
    assert timeline(path, everything(path, text="LOT_1/")).pictures == 20
    assert timeline(path, everything(path, text="50 %")).pictures == 1
    assert timeline(path, everything(path, text="%")).pictures == 1  # no wildcard
    assert timeline(path, everything(path, source="left", text="lot_1/")).pictures == 10
    exact = Span(NOON_MS + 10 * MINUTE_MS, NOON_MS + 20 * MINUTE_MS)
    assert timeline(path, Filter(exact)).pictures == 10
    assert timeline(path, Filter(exact, source="left")).pictures == 5


def test_a_text_is_searched_in_long_spans_too(tmp_path: Path) -> None:
    path = write_database(tmp_path / "v.sqlite", [at(600.0 * n, n, name=f"lot_{n % 3}") for n in range(60)])
    asked = everything(path, text="lot_1")
    assert asked.span.is_whole
    assert step_of(asked.span) % QUARTER_MS == 0
    assert timeline(path, asked).pictures == 20


def test_each_source_and_model_is_a_series(tmp_path: Path) -> None:
    path = write_database(
        tmp_path / "v.sqlite",
        [at(n, n, source=("left", "right")[n % 2], fingerprint=("ab" if n < 30 else "cd") * 32, threshold=2.0 if n < 30 else 3.0) for n in range(60)],
    )  # fmt: skip
    found = timeline(path, everything(path))
    assert {(one.source, one.model.fingerprint[:2], one.threshold) for one in found.series} == {
        ("left", "ab", 2.0), ("left", "cd", 3.0), ("right", "ab", 2.0), ("right", "cd", 3.0),
    }  # fmt: skip
