"""The control chart draws each score at its place, and bridges no pause."""

import re

import numpy as np
import pytest

from favae_demo.viz.time_chart import (
    HEIGHT,
    LINES,
    STRIP_HEIGHT,
    WIDTH,
    Axis,
    Hover,
    ScoreLine,
    height_share,
    line_class,
    score_chart,
    share_strip,
)

AXIS = Axis(0.0, 100.0, 12.0)
NONE = np.empty(0)


def line(times, median, **changes) -> ScoreLine:
    values = dict.fromkeys(("low", "high", "dot_times", "dots", "dot_defects"), NONE) | changes
    return ScoreLine(np.array(times), np.array(median), **values)


def paths(svg: str, kind: str) -> list[str]:
    return re.findall(rf'<path class="{kind}" d="([^"]*)"', svg)


def test_scores_stand_at_their_places() -> None:
    svg = score_chart([line([0, 10, 20], [0.5, 1.0, 3.0])], AXIS, [], [], "Scores")
    assert paths(svg, "median line-0") == [f"M0.0 225.0L100.0 {HEIGHT / 2}L200.0 0.0"]
    assert paths(svg, "limit") == [f"M0 {HEIGHT / 2}H{WIDTH}"]
    assert [height_share(score) for score in (0, 1, 2, 9)] == [1, 0.5, 0, 0]


def test_a_pause_parts_the_line_and_its_band() -> None:
    edges = {"low": np.array([0.4, 0.4, 0.4]), "high": np.array([0.6, 0.6, 0.6])}
    svg = score_chart([line([0, 10, 50], [0.5, 0.5, 0.5], **edges)], AXIS, [], [], "Scores")
    assert paths(svg, "median line-0")[0].count("M") == 2
    (band,) = paths(svg, "band line-0")
    assert band.startswith("M0.0 210.0L100.0 210.0L100.0 240.0L0.0 240.0z")
    assert band.count("z") == 2


def test_single_pictures_and_defects_are_told_apart() -> None:
    dots = {
        "dot_times": np.array([1, 2, 3]),
        "dots": np.array([0.5, 1.5, 0.6]),
        "dot_defects": np.array([False, True, False]),
    }
    svg = score_chart([line([], [], **dots)], AXIS, [], [], "Scores")
    assert paths(svg, "dot line-0") == ["M10.0 225.0h0.01M30.0 210.0h0.01"]
    assert paths(svg, "dot defect line-0") == ["M20.0 75.0h0.01"]


def test_warnings_and_drift() -> None:
    svg = score_chart([line([], []), line([], [], warning=(0.5, 1.5))], AXIS, [(50, 300)], [], "Scores")
    assert paths(svg, "warning line-1") == [f"M0 225.0H{WIDTH}", f"M0 75.0H{WIDTH}"]
    assert f'<rect class="drift" x="500.0" y="0" width="500.0" height="{HEIGHT}"/>' in svg


def test_shares_are_bars() -> None:
    svg = share_strip(np.array([0.05, np.nan, 0.0, 0.2]), AXIS, 10.0, 0.1, [], "Shares")
    (bars,) = paths(svg, "share")
    assert bars == f"M0.0 {STRIP_HEIGHT}v-35.0h85.00v35.0zM300.0 {STRIP_HEIGHT}v-70.0h85.00v70.0z"


def test_words_are_no_markup() -> None:
    svg = score_chart([], AXIS, [], [Hover(0, 10, "<u>x")], 'a "label"')
    assert "<title>&lt;u&gt;x</title>" in svg
    assert 'aria-label="a &quot;label&quot;"' in svg


@pytest.mark.parametrize(
    ("row", "name"), [(0, "line-0"), (LINES - 1, f"line-{LINES - 1}"), (LINES, "line-0 again")]
)
def test_lines_beyond_the_colours_have_other_dashes(row: int, name: str) -> None:
    assert line_class(row) == name
