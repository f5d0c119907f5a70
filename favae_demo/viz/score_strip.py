"""A strip chart of the last scores against the threshold, as a small SVG that takes its colours from the page."""

import html
from collections.abc import Sequence

WIDTH, HEIGHT = 640, 120
TOP = 2.0  # times the threshold: the top of the scale, as on the gauge and in the heat map


def strip_svg(
    points: Sequence[tuple[float, float]], threshold: float, seconds: float, now: float, words: str
) -> str:
    """Scores over time; the threshold is mid-height, and what lies above twice the threshold is drawn at the top.

    Scores above the threshold carry a mark besides their place. The newest score is at the right.

    Args:
        points: (seconds, score), oldest first.
        threshold: The threshold now.
        seconds: How far back the strip reaches.
        now: The moment at its right end, on the points' clock.
        words: What the chart says, for who cannot see it.

    Returns:
        An `<svg>` element with the classes `strip-line`, `strip-threshold` and `strip-defect` for the style sheet.
    """
    places = [
        (_x(when, seconds, now), _y(score, threshold)) for when, score in points if when >= now - seconds
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    middle = HEIGHT / 2
    marks = "".join(_mark("strip-defect", x, y) for x, y in places if y < middle)
    newest = _mark("strip-now", *places[-1]) if places else ""
    return (
        f'<svg class="strip-chart" role="img" aria-label="{html.escape(words)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><line class="strip-limit" x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}"/>'
        f'<polyline class="strip-line" points="{line}"/>{marks}{newest}</svg>'
    )


def _mark(kind: str, x: float, y: float) -> str:
    # A line without length and with round ends: unlike a circle it stays round when the chart is stretched.
    return f'<path class="{kind}" d="M{x:.1f} {y:.1f}h0.01"/>'


def _x(when: float, seconds: float, now: float) -> float:
    return (WIDTH - 8) * (1 - (now - when) / seconds)


def _y(score: float, threshold: float) -> float:
    share = min(max(score / max(threshold, 1e-12), 0.0) / TOP, 1.0)
    return HEIGHT - 5 - share * (HEIGHT - 10)
