"""Drift is found where the line told it, and where the scores show it by the rule of `detection.drift`."""

import math
from pathlib import Path

import numpy as np
import pytest
from line_history import MINUTE_MS, NOON_MS, at, everything, write_database

from favae_demo.detection.drift import SCORE, WINDOW, DriftMonitor, Usual, usual_score
from favae_demo.line.history.drifts import (
    SourceDrift,
    reported_drifts,
    runs,
    score_drifts,
    unreported,
    warning_lines,
)
from favae_demo.line.history.reader import reading
from favae_demo.line.history.timeline import Series, read_timeline
from favae_demo.line.verdict_record import ModelIdentity

TOLD = "It is small. The pictures since 00020.png differ from the good ones that the model learned from: {changes}. It is late."


def test_what_was_told_is_found_with_its_span(tmp_path: Path) -> None:
    def remark(n: int) -> str:
        return (
            TOLD.format(changes="darker" if n < 25 else "darker, more blurred")
            if 20 <= n < 30
            else "It is small."
        )

    records = [at(n, n, remark=remark(n)) for n in range(60)] + [
        at(n, 100 + n, source="right") for n in range(60)
    ]
    path = write_database(tmp_path / "v.sqlite", records)
    with reading(path) as database:
        found = read_timeline(database, everything(path))
        told = reported_drifts(database, everything(path), found)
    sentence = "The pictures since 00020.png differ from the good ones that the model learned from: darker, more blurred."
    (one,) = told
    assert (one.source, one.is_over, one.sentence) == ("left", True, sentence)
    assert NOON_MS + 20 * MINUTE_MS - found.step_ms < one.first_ms <= NOON_MS + 20 * MINUTE_MS
    assert NOON_MS + 29 * MINUTE_MS < one.last_ms <= NOON_MS + 29 * MINUTE_MS + found.step_ms


@pytest.mark.parametrize(
    ("drifting", "seen", "found"),
    [
        ([0, 1, 1, 0], [1, 1, 1, 1], [(1, 2, True)]),
        ([0, 1, 0, 1], [1, 1, 0, 1], [(1, 3, False)]),  # a pause ends nothing
        ([1, 0, 1, 0], [1, 1, 1, 0], [(0, 0, True), (2, 2, False)]),
        ([0, 0], [1, 1], []),
    ],
)
def test_runs(drifting: list[int], seen: list[int], found: list) -> None:
    assert runs(np.array(drifting), np.array(seen)) == found


def test_scores_drift_by_the_rule_of_the_detector(tmp_path: Path) -> None:
    """Picture by picture the same begin and end as `DriftMonitor` finds."""
    rng = np.random.default_rng(3)
    usual = Usual(math.log(0.8), 0.1, 100)
    scores = np.exp(
        usual.centre
        + usual.spread * (rng.normal(0, 1, 200) + 3 * ((np.arange(200) > 80) & (np.arange(200) < 140)))
    )
    path = write_database(
        tmp_path / "v.sqlite", [at(n, n, multiple=float(s) / 2) for n, s in enumerate(scores)]
    )
    with reading(path) as database:
        (series,) = read_timeline(database, everything(path)).series
    (found,) = score_drifts(series, usual)
    monitor = DriftMonitor({SCORE: usual})
    inside = [n for n, score in enumerate(scores) if monitor.add(str(n), {SCORE: math.log(score)})]
    assert [(time - NOON_MS) // MINUTE_MS for time in (found.first_ms, found.last_ms)] == [
        inside[0],
        inside[-1],
    ]
    assert (found.is_over, found.change) == (True, "higher scores")
    low, high = warning_lines(series, usual) or (0, 0)
    assert [low * 2, high * 2] == pytest.approx(
        [math.exp(usual.centre + sign * usual.limit * usual.spread) for sign in (-1, 1)]
    )


def test_too_few_good_images_give_no_lines(tmp_path: Path) -> None:
    path = write_database(tmp_path / "v.sqlite", [at(n, n) for n in range(WINDOW + 5)])
    with reading(path) as database:
        (series,) = read_timeline(database, everything(path)).series
    few = usual_score([1.0, 1.1, 0.9])
    assert few is not None
    assert warning_lines(series, few) is None
    assert score_drifts(series, few) == []
    assert usual_score([]) is None


def test_medians_of_few_pictures_say_nothing() -> None:
    usual = Usual(math.log(0.5), 0.1, 100)
    model = ModelIdentity("widget", "ab" * 32, "widget")

    def found(pictures: int) -> list[SourceDrift]:
        times, medians = np.array([1000, 2000]), np.array([0.5, 0.9])
        return score_drifts(Series("left", model, 1.0, times, medians, np.array([WINDOW, pictures])), usual)

    assert found(WINDOW - 1) == []
    assert found(WINDOW) == [SourceDrift("left", 2000, 2000, False, change="higher scores")]


def test_what_was_told_is_not_said_twice() -> None:
    told = [SourceDrift("left", 100, 200, True, sentence="…")]
    shown = [
        SourceDrift("left", 150, 250, True),
        SourceDrift("left", 300, 400, False),
        SourceDrift("right", 150, 250, True),
    ]
    assert unreported(shown, told) == shown[1:]
