"""When the pictures of a source drifted: what the line reported, and what the scores show by the same rule."""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from favae_demo.detection.drift import END, SCORE, TINY, WINDOW, WORDS, Usual, drift_sentence
from favae_demo.line.history.reader import Filter
from favae_demo.line.history.timeline import Series, Timeline

MOST_REPORTED = 20  # drifts that are looked up, the newest


@dataclass(frozen=True)
class SourceDrift:
    """A span of time in which the pictures of a source differed from the good ones.

    Attributes:
        source: Name of the source.
        first_ms: Its begin, in milliseconds since 1970 in UTC, to the step of the timeline.
        last_ms: Its end so far.
        is_over: Whether later pictures were as usual again.
        sentence: What the line reported; empty for a drift that only the scores show.
        change: In words what the scores show; empty for one that was reported.
    """

    source: str
    first_ms: int
    last_ms: int
    is_over: bool
    sentence: str = ""
    change: str = ""


def reported_drifts(database: sqlite3.Connection, asked: Filter, timeline: Timeline) -> list[SourceDrift]:
    """Returns the drifts that the line reported, the newest last; at most `MOST_REPORTED`."""
    spans = [
        SourceDrift(source, asked.span.start_ms + first * timeline.step_ms, asked.span.start_ms + (last + 1) * timeline.step_ms, is_over)
        for source, drifting in timeline.drifting.items()
        for first, last, is_over in runs(drifting, timeline.seen[source])
    ]  # fmt: skip
    newest = sorted(spans, key=lambda one: one.first_ms)[-MOST_REPORTED:]
    return [replace(one, sentence=_sentence(database, one)) for one in newest]


def runs(drifting: np.ndarray, seen: np.ndarray) -> list[tuple[int, int, bool]]:
    """Returns the first and the last step of each drift, and whether it is over; steps without pictures do not end one.

    Args:
        drifting: Pictures by step in which the line reported drift.
        seen: All pictures by step.
    """
    spans: list[tuple[int, int, bool]] = []
    for step in np.flatnonzero(seen):
        if drifting[step]:
            goes_on = bool(spans) and not spans[-1][2]
            spans.append((spans.pop()[0] if goes_on else int(step), int(step), False))
        elif spans:
            spans.append((*spans.pop()[:2], True))
    return spans


def score_drifts(series: Series, usual: Usual) -> list[SourceDrift]:
    """Returns where the median score lies farther from that of the good images than `detection.drift` allows.

    Medians of fewer than its window of pictures do not count.

    Args:
        series: Scores of one source by one model.
        usual: Scores of the good images of the model, from `usual_score`.
    """
    drifts: list[SourceDrift] = []
    threshold = series.threshold or 0.0
    for time, median, pictures in zip(series.times, series.median, series.pictures, strict=True):
        if pictures < WINDOW:
            continue
        distance = usual.distance(math.log(float(median) * threshold + TINY))
        current = drifts[-1] if drifts and not drifts[-1].is_over else None
        if current is None:
            if abs(distance) > usual.limit:
                words = WORDS[SCORE][distance > 0]
                drifts.append(SourceDrift(series.source, int(time), int(time), False, change=words))
        elif abs(distance) > END * usual.limit:
            drifts[-1] = replace(current, last_ms=int(time))
        else:
            drifts[-1] = replace(current, is_over=True)
    return drifts


def warning_lines(series: Series, usual: Usual) -> tuple[float, float] | None:
    """Returns the multiples of the threshold below and above which a median is a drift; None where too few good images say so."""
    if not series.threshold or math.isinf(usual.limit):
        return None
    low, high = (math.exp(usual.centre + sign * usual.limit * usual.spread) for sign in (-1, 1))
    return low / series.threshold, high / series.threshold


def unreported(drifts: Sequence[SourceDrift], reported: Sequence[SourceDrift]) -> list[SourceDrift]:
    """Returns the drifts during which the line reported none."""
    return [one for one in drifts if not any(_overlap(one, other) for other in reported)]


def _overlap(one: SourceDrift, other: SourceDrift) -> bool:
    return one.source == other.source and one.first_ms <= other.last_ms and other.first_ms <= one.last_ms


def _sentence(database: sqlite3.Connection, drift: SourceDrift) -> str:
    """Returns what was reported at the end of a drift, when most had changed."""
    query = """SELECT remark FROM verdicts WHERE source = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC"""
    remarks = database.execute(query, (drift.source, drift.first_ms, drift.last_ms))
    return next(filter(None, (drift_sentence(remark) for (remark,) in remarks)), "")
