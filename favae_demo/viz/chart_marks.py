"""Marks of the threshold on a rendered chart.

Rendering a chart takes about 0.2 s, which is too slow for a threshold that the user moves. A chart is therefore rendered to SVG once, and the line or
ring of the threshold is added to the SVG text. The version for a dark page is the same drawing with the colours of the other palette.
"""

from dataclasses import dataclass

from matplotlib.figure import Figure

from favae_demo.viz.charts import DARK, LIGHT, figure_svg

POINTS = 72  # SVG units per inch in matplotlib
_END = "</svg>"
_COLOURS = {
    LIGHT.ink: DARK.ink,
    LIGHT.grid: DARK.grid,
    LIGHT.good: DARK.good,
    LIGHT.defect: DARK.defect,
    **dict(zip(LIGHT.lines, DARK.lines, strict=True)),
}


@dataclass(frozen=True)
class RenderedChart:
    """A chart with linear axes, with the transformation from data to SVG coordinates.

    Attributes:
        light: SVG in the light palette.
        x: (offset, slope) from values of the x axis to SVG coordinates.
        y: The same for the y axis.
        top: Upper edge of the plotting area, in SVG coordinates.
        bottom: Lower edge.
    """

    light: str
    x: tuple[float, float]
    y: tuple[float, float]
    top: float
    bottom: float

    def with_mark(
        self, *, point: tuple[float, float] | None = None, line: float | None = None
    ) -> "ThemedSvg":
        """Returns the chart with a ring at a point, or a vertical line at a value of the x axis, or both.

        Args:
            point: (x, y) in data coordinates, or None.
            line: Value on the x axis, or None.
        """
        marks = "" if point is None else self._ring(*point)
        marks += "" if line is None else self._line(line)
        light = self.light.replace(_END, marks + _END)
        return ThemedSvg(light, to_dark_palette(light))

    def _ring(self, x: float, y: float) -> str:
        cx, cy = self.x[0] + self.x[1] * x, self.y[0] + self.y[1] * y
        return (
            f'<circle id="limit" cx="{cx:.2f}" cy="{cy:.2f}" r="6" fill="none" stroke="{LIGHT.ink}" '
            f'stroke-width="2.4"/>'
        )

    def _line(self, value: float) -> str:
        x = self.x[0] + self.x[1] * value
        return (
            f'<line id="limit" x1="{x:.2f}" x2="{x:.2f}" y1="{self.top:.2f}" y2="{self.bottom:.2f}" '
            f'stroke="{LIGHT.ink}" stroke-width="2.4" stroke-dasharray="7 3"/>'
        )


@dataclass(frozen=True)
class ThemedSvg:
    """One chart as SVG for a light and for a dark page."""

    light: str
    dark: str


def render_chart(figure: Figure) -> RenderedChart:
    """Renders a figure of `charts` in the light palette, which must have one pair of linear axes."""
    figure.set_dpi(POINTS)  # so that the coordinates below are those of the SVG
    svg = figure_svg(figure)
    axes, height = figure.axes[0], figure.bbox.height
    box = axes.get_window_extent()
    (x0, y0), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)])
    return RenderedChart(svg, (x0, x1 - x0), (height - y0, y0 - y1), height - box.y1, height - box.y0)


def to_dark_palette(svg: str) -> str:
    """Returns the same drawing in the colours of the dark palette."""
    for light, dark in _COLOURS.items():
        svg = svg.replace(light, dark)
    return svg
