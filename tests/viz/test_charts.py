import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from favae_demo.core.settings import PROJECT
from favae_demo.viz import charts

CURVES = {"VAE": ([0, 0.5, 1], [0, 0.6, 1], 0.55), "VAE + VGG16": ([0, 0.1, 1], [0, 0.9, 1], None)}


def legend_texts(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def every_figure():
    return [
        charts.roc_figure(CURVES, (0.1, 0.9)),
        charts.pr_figure(CURVES),
        charts.histogram_figure(np.arange(10.0), np.arange(5.0, 20.0), 8.0),
    ]


def test_roc_names_areas_and_marks_the_threshold():
    figure = charts.roc_figure(CURVES, (0.1, 0.9))
    assert legend_texts(figure) == ["VAE, AUROC 0.550", "VAE + VGG16", "Limit in use"]
    assert [0.1, 0.9] in figure.axes[0].lines[-1].get_xydata().tolist()


def test_lines_differ_by_more_than_colour():
    lines = charts.pr_figure({str(row): ([0, 1], [1, 0], None) for row in range(10)}).axes[0].lines
    assert len({line.get_linestyle() + str(line._dash_pattern) for line in lines[:5]}) == 5
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 10


def test_histogram_counts_every_image():
    figure = charts.histogram_figure(np.arange(10.0), np.arange(5.0, 20.0), 8.0)
    good, defect = figure.axes[0].containers
    assert sum(bar.get_height() for bar in good) == 10
    assert sum(bar.get_height() for bar in defect) == 15
    assert legend_texts(figure) == ["Good (10)", "Defect (15)", "Limit"]


def test_histogram_without_defects():
    assert "Defect (0)" in legend_texts(charts.histogram_figure(np.ones(4), np.array([])))


@pytest.mark.parametrize(
    "figure",
    [
        charts.roc_figure({}),
        charts.pr_figure({}),
        charts.histogram_figure([], [], 1.0),
    ],
)
def test_empty_chart_says_so(figure):
    assert [text.get_text() for text in figure.axes[0].texts] == ["No figures yet"]
    assert charts.figure_image(figure).any()


@pytest.mark.parametrize(("palette", "page"), [(charts.LIGHT, "#ffffff"), (charts.DARK, "#0b0f19")])
def test_colours_are_readable_on_their_page(palette, page):
    def luminance(colour):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], parts)

    for colour in (palette.ink, palette.good, palette.defect, *palette.lines):
        dark, light = sorted([luminance(colour), luminance(page)])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_background_is_transparent():
    for figure in every_figure():
        image = charts.figure_image(figure)
        assert image.shape[-1] == 4
        assert image[0, 0, 3] == 0
        assert image[..., 3].max() == 255


def test_threads_draw_at_once_and_alike():
    alone = charts.figure_image(charts.roc_figure(CURVES))
    with ThreadPoolExecutor(4) as pool:
        for image in pool.map(lambda _: charts.figure_image(charts.roc_figure(CURVES)), range(4)):
            assert (image == alone).all()


def test_pyplot_is_never_loaded():
    code = "import sys, favae_demo.viz.charts, favae_demo.viz.panel; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_each_curve_has_its_ring_and_all_rings_one_entry() -> None:
    curves = {"VAE": ([0, 0.5, 1], [0, 0.6, 1], 0.55), "VAE + VGG16": ([0, 0.1, 1], [0, 0.9, 1], 0.9)}
    figure = charts.roc_figure(curves, operating_points={"VAE + VGG16": (0.1, 0.9), "VAE": (0.5, 0.6)})
    rings = [line for line in figure.axes[0].lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [line.get_xydata().tolist() for line in rings] == [[[0.1, 0.9]], [[0.5, 0.6]]]
    assert [line.get_color() for line in rings] == [charts.LIGHT.lines[1], charts.LIGHT.lines[0]]
    entries = [entry.get_text() for entry in figure.axes[0].get_legend().get_texts()]
    assert entries == ["VAE, AUROC 0.550", "VAE + VGG16, AUROC 0.900", "Limits in use"]


def test_an_svg_is_a_document_without_fonts_or_ground() -> None:
    svg = charts.figure_svg(charts.roc_figure({"VAE": ([0, 1], [0, 1], 0.5)}))
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not root.findall(".//{http://www.w3.org/2000/svg}text")
    assert "fill: #ffffff" not in svg
