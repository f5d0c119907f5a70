"""Scores over time, for each source and model: medians and ranges, or single pictures where there are few."""

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from favae_demo.detection.drift import WINDOW
from favae_demo.line.history.reader import HOUR_MS, MINUTE_MS, Filter, Span, cells_table
from favae_demo.line.tallies import BINS, NO_SCORE, TOP
from favae_demo.line.verdict_record import ModelIdentity
from favae_demo.scoring.detection import DEFECT, GOOD

MOST_STEPS = 300
MOST_DOTS = 2000  # pictures that are shown one by one
RANGE = (0.05, 0.95)  # quantiles of the scores
SECOND_MS, DAY_MS = 1000, 24 * HOUR_MS
STEPS_MS = (
    *(SECOND_MS * n for n in (1, 2, 5, 10, 30)),
    *(MINUTE_MS * n for n in (1, 2, 5, 15, 30)),
    *(HOUR_MS * n for n in (1, 2, 3, 6, 12)),
    *(DAY_MS * n for n in (1, 2, 7, 14, 28)),
)
JUDGED = (GOOD, DEFECT)
NONE = np.empty(0)


@dataclass(frozen=True)
class Series:
    """Scores that one model gave the pictures of one source, as multiples of the threshold. Arrays of one line have the same length.

    Attributes:
        source: Name of the source.
        model: Which model judged.
        threshold: The last threshold on the model's scale; None where nothing was judged.
        times: Milliseconds since 1970 in UTC: the middle of each step with pictures, or the time of each picture.
        median: Moving median of the last `window` steps, or of the last `WINDOW` pictures.
        pictures: Number of pictures behind each median.
        window: Number of steps behind a median; 0 where pictures are shown one by one.
        low: 5 % quantile of the same steps; empty where pictures are shown one by one.
        high: 95 % quantile, likewise.
        dot_times: Times of single pictures; empty where steps are shown.
        dots: Their scores.
        dot_defects: Whether each is a defect.
    """

    source: str
    model: ModelIdentity
    threshold: float | None
    times: np.ndarray
    median: np.ndarray
    pictures: np.ndarray
    window: int = 0
    low: np.ndarray = field(default_factory=lambda: NONE)
    high: np.ndarray = field(default_factory=lambda: NONE)
    dot_times: np.ndarray = field(default_factory=lambda: NONE)
    dots: np.ndarray = field(default_factory=lambda: NONE)
    dot_defects: np.ndarray = field(default_factory=lambda: NONE)


@dataclass(frozen=True)
class Timeline:
    """What a span of time brought.

    Attributes:
        span: The span of the steps.
        step_ms: Length of a step.
        series: Scores of each source and model, in the order of their begin.
        counts: Number of verdicts by kind.
        judged: Good ones and defects by step, from the begin of the span.
        defects: Defects by step.
        drifting: Pictures by step in which the line reported drift, by source.
        seen: Pictures by step, by source.
    """

    span: Span
    step_ms: int
    series: tuple[Series, ...]
    counts: Mapping[str, int]
    judged: np.ndarray
    defects: np.ndarray
    drifting: Mapping[str, np.ndarray]
    seen: Mapping[str, np.ndarray]

    @property
    def pictures(self) -> int:
        """Number of verdicts."""
        return sum(self.counts.values())


def step_of(span: Span) -> int:
    """Returns the length of the steps that a span is divided into, in milliseconds."""
    return next((step for step in STEPS_MS if span.length_ms <= step * MOST_STEPS), STEPS_MS[-1])


def read_timeline(database: sqlite3.Connection, asked: Filter) -> Timeline:
    """Returns the scores over time."""
    step = step_of(asked.span)
    table = cells_table(database, asked, step)
    query = f"""SELECT (start_ms - :start) / :step AS step, source, model, verdict, bin, sum(pictures), sum(drifting) FROM {table}
    WHERE {asked.cell_condition} GROUP BY 1, 2, 3, 4, 5"""
    cells = database.execute(query, asked.values | {"step": step}).fetchall()
    length = max(1, -(-asked.span.length_ms // step))
    counts: Counter[str] = Counter()
    judged, defects = np.zeros(length, int), np.zeros(length, int)
    seen, drifting = (defaultdict[str, np.ndarray](partial(np.zeros, length, int)) for _ in range(2))
    scores = defaultdict[tuple[str, int], np.ndarray](partial(np.zeros, (length, BINS * TOP + 1), int))
    for place, source, model, verdict, bin_, pictures, drifted in cells:
        counts[verdict] += pictures
        seen[source][place] += pictures
        drifting[source][place] += drifted
        if verdict in JUDGED and bin_ != NO_SCORE:
            judged[place] += pictures
            defects[place] += pictures if verdict == DEFECT else 0
            scores[source, model][place, bin_] += pictures
    singly = sum(counts.values()) <= MOST_DOTS
    dots = _dots(database, asked) if singly else {}
    series = [
        _single(database, asked, key, dots[key])
        if key in dots
        else _stepwise(database, asked, key, medians, step)
        for key, medians in scores.items()
    ]
    return Timeline(asked.span, step, tuple(series), dict(counts), judged, defects, drifting, seen)


def quantile(counts: np.ndarray, share: float) -> np.ndarray:
    """Returns a quantile of each row of a histogram, as a multiple of the threshold; interpolated within a bin.

    Args:
        counts: N×bins, at least one picture in each row.
        share: In (0, 1).
    """
    reached = counts.cumsum(axis=1)
    wanted = share * reached[:, -1]
    at = (reached < wanted[:, None]).sum(axis=1)
    rows = np.arange(len(counts))
    within = (wanted - (reached[rows, at] - counts[rows, at])) / counts[rows, at]
    return (at + within) / BINS


def moving_sum(counts: np.ndarray, window: int) -> np.ndarray:
    """Returns for each row the sum of itself and of the rows before, `window` in all; fewer at the begin."""
    reached = counts.cumsum(axis=0)
    return reached - np.vstack([np.zeros_like(reached[:window]), reached[:-window]])[: len(reached)]


def moving_median(scores: np.ndarray) -> np.ndarray:
    """Returns the median of each `WINDOW` scores in a row, by their logarithms as in `detection.drift`; empty for fewer."""
    if len(scores) < WINDOW:
        return NONE
    windows = np.lib.stride_tricks.sliding_window_view(np.log(np.maximum(scores, 1e-12)), WINDOW)
    return np.exp(np.median(windows, axis=1))


def _stepwise(
    database: sqlite3.Connection, asked: Filter, key: tuple[str, int], counts: np.ndarray, step: int
) -> Series:
    pictures = counts.sum(axis=1)
    filled = np.flatnonzero(pictures)
    window = math.ceil(WINDOW / np.median(pictures[filled]))
    recent = moving_sum(counts, window)[filled]
    times = asked.span.start_ms + filled * step + step // 2
    low, median, high = (quantile(recent, share) for share in (RANGE[0], 0.5, RANGE[1]))
    return Series(key[0], *_judge(database, asked, key), times, median, recent.sum(axis=1), window, low, high)


def _single(
    database: sqlite3.Connection, asked: Filter, key: tuple[str, int], dots: list[tuple[int, str, float]]
) -> Series:
    times, scores = np.array([dot[0] for dot in dots]), np.array([dot[2] for dot in dots])
    median = moving_median(scores)
    return Series(
        key[0], *_judge(database, asked, key), times[len(times) - len(median) :], median, np.full(len(median), WINDOW),
        dot_times=times, dots=scores, dot_defects=np.array([dot[1] == DEFECT for dot in dots]),
    )  # fmt: skip


def _dots(database: sqlite3.Connection, asked: Filter) -> dict[tuple[str, int], list[tuple[int, str, float]]]:
    """Returns time, verdict and score of each judged picture in order, by source and model."""
    query = f"""SELECT source, model, time_ms, verdict, multiple FROM verdicts
    WHERE {asked.condition} AND multiple IS NOT NULL AND verdict IN {JUDGED} ORDER BY time_ms, number"""
    dots: dict[tuple[str, int], list[tuple[int, str, float]]] = {}
    for source, model, *dot in database.execute(query, asked.values):
        dots.setdefault((source, model), []).append(tuple(dot))
    return dots


def _judge(
    database: sqlite3.Connection, asked: Filter, key: tuple[str, int]
) -> tuple[ModelIdentity, float | None]:
    """Returns the model of a series, and its last threshold."""
    model = database.execute(
        "SELECT name, fingerprint, category FROM models WHERE number = ?", (key[1],)
    ).fetchone()
    query = f"""SELECT threshold FROM verdicts WHERE {asked.condition} AND source = :name AND model = :model
    AND threshold IS NOT NULL ORDER BY time_ms DESC LIMIT 1"""
    row = database.execute(query, asked.values | {"name": key[0], "model": key[1]}).fetchone()
    return ModelIdentity(*model), row[0] if row else None
