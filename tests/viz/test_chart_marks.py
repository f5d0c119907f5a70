import re
from xml.etree import ElementTree

import numpy as np
import pytest

from favae_demo.viz.chart_marks import render_chart
from favae_demo.viz.charts import DARK, LIGHT, histogram_figure, roc_figure

SVG = "{http://www.w3.org/2000/svg}"


def chart():
    x = np.linspace(0, 1, 50)
    return render_chart(roc_figure({"VAE": (x, np.sqrt(x), 0.667)}))


def threshold(svg: str):
    return ElementTree.fromstring(svg).find(".//*[@id='limit']")


def test_a_ring_lies_where_matplotlib_itself_puts_it():
    x = np.linspace(0, 1, 50)
    curves = {"VAE": (x, np.sqrt(x), 0.667)}
    with_ring = render_chart(roc_figure(curves, (0.25, 0.5))).light
    use, _in_legend = re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)" style="fill-opacity: 0;', with_ring)
    ring = threshold(chart().with_mark(point=(0.25, 0.5)).light)
    assert ring.tag == f"{SVG}circle"
    assert (float(ring.get("cx")), float(ring.get("cy"))) == pytest.approx(tuple(map(float, use)), abs=0.01)


def test_a_line_spans_the_plot_at_its_value():
    plot = render_chart(histogram_figure(np.array([1.0, 2.0, 3.0]), np.array([4.0, 9.0])))
    low, high = (threshold(plot.with_mark(line=value).light) for value in (1.0, 9.0))
    assert float(low.get("x1")) < float(high.get("x1")) == float(high.get("x2"))
    assert float(low.get("y1")) == pytest.approx(plot.top, abs=0.01)
    assert 0 < plot.top < plot.bottom


def test_the_dark_look_is_the_same_drawing_in_the_other_palette():
    looks = chart().with_mark(point=(0.1, 0.9))
    assert LIGHT.ink in looks.light
    assert DARK.ink not in looks.light
    assert not [colour for colour in (LIGHT.ink, LIGHT.grid, *LIGHT.lines) if colour in looks.dark]
    assert threshold(looks.dark).get("stroke") == DARK.ink
    assert threshold(looks.dark).get("cx") == threshold(looks.light).get("cx")


def test_without_a_mark_there_is_none():
    assert threshold(chart().with_mark().light) is None
