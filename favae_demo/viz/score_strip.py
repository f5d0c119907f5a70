"""A strip chart of recent scores and the threshold, as a small SVG with the colours of the page."""

import html
from collections.abc import Sequence

from favae_demo.scoring.multiples import multiple, scale_share

WIDTH, HEIGHT = 640, 120


def strip_svg(
    points: Sequence[tuple[float, float]], threshold: float, seconds: float, now: float, label: str
) -> str:
    """Draws scores over time on the scale of the gauge: from a tenth of the threshold to ten times it, the threshold at half height.

    Scores above the threshold are marked. The newest score is at the right.

    Args:
        points: (seconds, score), oldest first.
        threshold: The current threshold.
        seconds: Duration that the strip covers.
        now: Time at its right end, on the clock of the points.
        label: Text alternative for screen readers.

    Returns:
        An `<svg>` element with the classes `strip-line`, `strip-limit` and `strip-defect` for the style sheet.
    """
    places = [
        (_x(when, seconds, now), _y(score, threshold)) for when, score in points if when >= now - seconds
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    middle = HEIGHT / 2
    marks = "".join(_mark("strip-defect", x, y) for x, y in places if y < middle)
    newest = _mark("strip-now", *places[-1]) if places else ""
    return (
        f'<svg class="strip-chart" role="img" aria-label="{html.escape(label)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><line class="strip-limit" x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}"/>'
        f'<polyline class="strip-line" points="{line}"/>{marks}{newest}</svg>'
    )


def _mark(kind: str, x: float, y: float) -> str:
    # A line of no length with round ends stays round when the chart is stretched, unlike a circle.
    return f'<path class="{kind}" d="M{x:.1f} {y:.1f}h0.01"/>'


def _x(when: float, seconds: float, now: float) -> float:
    return (WIDTH - 8) * (1 - (now - when) / seconds)


def _y(score: float, threshold: float) -> float:
    return HEIGHT - 5 - scale_share(multiple(score, threshold)) * (HEIGHT - 10)
