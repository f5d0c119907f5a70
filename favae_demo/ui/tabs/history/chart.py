"""The control chart of the History tab: scores over time with what drifted, and the share of defects below."""

import html
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from favae_demo.detection.drift import Usual
from favae_demo.line.history.drifts import SourceDrift, warning_lines
from favae_demo.line.history.timeline import NONE, STEPS_MS, Series, Timeline
from favae_demo.ui import text
from favae_demo.ui.tabs.history.controls import Zone, ticks
from favae_demo.viz.time_chart import (
    Axis,
    Hover,
    ScoreLine,
    height_share,
    line_class,
    score_chart,
    share_strip,
)

MOST_TICKS = 6
LEVELS = (2.0, 1.5, 1.0, 0.5, 0.0)
FEWEST = 30  # pictures that most bars of the strip have at least
LARGEST_SHARE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # tops of the strip
STEP_UNITS = {"day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1000}
"""Lengths in milliseconds."""
T = text.history


def chart_html(
    timeline: Timeline,
    drifts: Sequence[SourceDrift],
    usual: Mapping[int, Usual],
    zone: Zone,
    one_source: bool,
) -> str:
    """Returns the control chart with the strip of defects below it, its axes and its legend.

    Args:
        timeline: Scores over time.
        drifts: From `all_drifts`; they are shaded.
        usual: From there.
        zone: Time zone of the axis.
        one_source: Whether only one source is shown, which then gets its warning lines.
    """
    span = timeline.span
    axis = Axis(span.start_ms, span.end_ms, _gap(timeline))
    warnings = (
        {row: warning_lines(timeline.series[row], signals) for row, signals in usual.items()}
        if one_source
        else {}
    )
    # The ranges of several sources would hide each other.
    lines = [_score_line(series, warnings.get(row), one_source) for row, series in enumerate(timeline.series)]
    hovers = _hovers(timeline.judged, timeline.defects, span.start_ms, timeline.step_ms, zone)
    shaded = [(one.first_ms, one.last_ms) for one in drifts]
    labels = "".join(
        f'<span style="left:{100 * (time - span.start_ms) / span.length_ms:.2f}%">{html.escape(label)}</span>'
        for time, label in ticks(span, zone, MOST_TICKS)
    )
    levels = "".join(
        f'<span style="top:{100 * height_share(score):.0f}%">{html.escape(label)}</span>'
        for score, label in ((score, _level_label(score)) for score in LEVELS)
    )
    alt = T.CHART_ALT.format(
        lines=" ".join(_line_alt(series) for series in timeline.series if len(series.median))
    )
    return (
        f'<figure class="chart history-chart"><figcaption>{html.escape(T.CHART)}</figcaption>'
        f'<div class="time-chart"><div class="levels" aria-hidden="true">{levels}</div>'
        f"{score_chart(lines, axis, shaded, hovers, alt.strip())}</div>"
        f"{_strip(timeline, axis, zone)}"
        f'<div class="time-axis" aria-hidden="true">{labels}</div>'
        f"{_legend(timeline, bool(shaded), any(warnings.values()), one_source)}{_warning_note(timeline, usual, warnings, one_source)}</figure>"
    )


def step_words(step_ms: int) -> str:
    """Returns a length of time in words, as `3 hours`."""
    unit, size = next(((unit, size) for unit, size in STEP_UNITS.items() if step_ms % size == 0))
    number = step_ms // size
    one, several = T.STEP_UNITS[unit]
    return f"{number} {one if number == 1 else several}"


def _level_label(score: float) -> str:
    return {2.0: T.ABOVE_TOP, 1.0: T.LIMIT}.get(score, f"{score:g}")


def _score_line(series: Series, warning: tuple[float, float] | None, with_range: bool) -> ScoreLine:
    low, high = (series.low, series.high) if with_range else (NONE, NONE)
    dots = (series.dot_times, series.dots, series.dot_defects)
    return ScoreLine(series.times, series.median, low, high, *dots, warning)


def _gap(timeline: Timeline) -> float:
    """Returns the longest time that a line bridges: a pause of the line is seen as one."""
    singly = any(len(series.dots) for series in timeline.series)
    return max(timeline.span.length_ms / 20 if singly else 0, 1.5 * timeline.step_ms)


def steps_for_shares(judged: np.ndarray, step_ms: int) -> int:
    """Returns how many steps share a bar, so that most bars stand for enough pictures to have a share.

    Args:
        judged: Judged pictures by step.
        step_ms: Length of a step, one of `STEPS_MS`.
    """
    groups = [
        length // step_ms for length in STEPS_MS if length % step_ms == 0 and length < len(judged) * step_ms
    ]
    for group in groups:
        counts = _grouped(judged, group)
        if not counts.any() or np.median(counts[counts > 0]) >= FEWEST:
            return group
    return groups[-1] if groups else 1


def _strip(timeline: Timeline, axis: Axis, zone: Zone) -> str:
    """Returns the shares of defects over time, with their title."""
    group = steps_for_shares(timeline.judged, timeline.step_ms)
    step = group * timeline.step_ms
    judged, defects = (_grouped(counts, group) for counts in (timeline.judged, timeline.defects))
    shares = np.divide(defects, judged, out=np.full(len(judged), np.nan), where=judged > 0)
    highest = float(np.nanmax(shares)) if judged.any() else 0.0
    top = next(top for top in LARGEST_SHARE if highest <= top)
    title = T.DEFECTS_CHART.format(top=text.formatting.percent(top), step=step_words(step))
    alt = T.DEFECTS_ALT.format(top=text.formatting.percent(highest, 1), step=step_words(step))
    drawn = share_strip(
        shares, axis, step, top, _hovers(judged, defects, timeline.span.start_ms, step, zone), alt
    )
    return (
        f'<p class="strip-title">{html.escape(title)}</p>'
        f'<div class="time-chart"><div class="levels"></div>{drawn}</div>'
    )


def _grouped(counts: np.ndarray, group: int) -> np.ndarray:
    return np.add.reduceat(counts, np.arange(0, len(counts), group))


def _hovers(
    judged: np.ndarray, defects: np.ndarray, start_ms: int, step_ms: int, zone: Zone
) -> Iterator[Hover]:
    for step in np.flatnonzero(judged):
        start = start_ms + int(step) * step_ms
        share = text.formatting.share(int(defects[step]), int(judged[step]))
        words = T.HOVER.format(
            time=zone.words_of(start),
            pictures=text.formatting.grouped(judged[step]),
            defects=text.formatting.grouped(defects[step]),
            share=share,
        )
        yield Hover(start, start + step_ms, words)


def _title(series: Series, timeline: Timeline) -> str:
    """Returns the name of a series: its source, with the model where a source has several."""
    several = sum(one.source == series.source for one in timeline.series) > 1
    return f"{series.source} · {series.model.name}" if several else series.source


def _median_words(series: Series, step_ms: int) -> str:
    return (
        T.MEDIAN_OF_STEP.format(step=step_words(series.window * step_ms))
        if series.window
        else T.MEDIAN_OF_PICTURES
    )


def _line_alt(series: Series) -> str:
    median = series.median
    return T.LINE_ALT.format(
        title=series.source, first=median[0], last=median[-1], low=median.min(), high=median.max()
    )


def _legend(timeline: Timeline, shaded: bool, warned: bool, one_source: bool) -> str:
    singly = any(len(series.dots) for series in timeline.series)
    lines = [
        (f"line {line_class(row)}", f"{_title(series, timeline)}: {_median_words(series, timeline.step_ms)}")
        for row, series in enumerate(timeline.series)
    ]
    others = (
        (singly, "dot", T.LEGEND_DOT),
        (singly, "dot defect", T.LEGEND_DEFECT),
        (one_source and not singly, "band line-0", T.LEGEND_BAND),
        (True, "line limit", T.LEGEND_LIMIT),
        (warned, "line warning line-0", T.LEGEND_WARNING),
        (shaded, "drift", T.LEGEND_DRIFT),
    )
    entries = [*lines, *((kind, words) for is_shown, kind, words in others if is_shown)]
    items = "".join(f'<li><i class="{kind}"></i> {html.escape(words)}</li>' for kind, words in entries)
    return f'<ul class="chart-legend">{items}</ul>'


def _warning_note(
    timeline: Timeline, usual: Mapping[int, Usual], warnings: Mapping[int, object], one_source: bool
) -> str:
    """Returns why there are no warning lines, if there are none."""
    if not timeline.series or any(warnings.values()):
        return ""
    model = timeline.series[-1].model.name
    note = T.NO_WARNING_FEW if usual else T.NO_WARNING_MODEL
    sentence = note.format(model=model) if one_source else T.NO_WARNING_MANY
    return f'<p class="remark">{html.escape(sentence)}</p>'
