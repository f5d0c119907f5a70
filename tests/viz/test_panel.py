import numpy as np
import pytest
from viz_images import make_detection

from favae_demo.viz import panel as module
from favae_demo.viz.overlay import display_image, overlay
from favae_demo.viz.panel import panel

DEFECT_COLOUR, GOOD_COLOUR = (np.array(module.VERDICTS[verdict][1]) for verdict in ("defect", "good"))


def has_colour(image, colour):
    return (image == colour).all(axis=-1).any()


def test_verdict_is_shown(detection, good_detection):
    header = slice(0, module.HEADER)
    assert has_colour(panel(detection)[header], DEFECT_COLOUR)
    assert not has_colour(panel(detection)[header], GOOD_COLOUR)
    assert has_colour(panel(good_detection)[header], GOOD_COLOUR)
    assert not has_colour(panel(good_detection)[header], DEFECT_COLOUR)


@pytest.mark.parametrize(("height", "width"), [(300, 300), (200, 400), (400, 200), (1000, 1024)])
def test_holds_input_and_overlay(height, width, truth):
    detection = make_detection(height, width)
    sheet = panel(detection, truth)
    top = module.HEADER + module.CAPTION
    for column, expected in (
        (0, display_image(detection.image, module.TILE)),
        (3, overlay(detection, truth, max_side=module.TILE)),
    ):
        left = module.MARGIN + column * (module.TILE + module.GAP)
        shown = sheet[top : top + expected.shape[0], left : left + expected.shape[1]]
        assert (shown == expected).all()
    assert sheet.dtype == np.uint8
    assert sheet.flags.writeable


def test_title_file_name_and_legend_change_the_sheet(detection, truth):
    plain = panel(detection)
    assert (panel(detection, title="Bottle") != plain).any()
    assert (panel(make_detection(name="other.png")) != plain).any()
    footer = slice(-(module.FOOTER + module.MARGIN), None)
    assert (panel(detection, truth)[footer] != plain[footer]).any()


def test_a_long_name_stays_inside_the_margin(detection):
    sheet = panel(make_detection(name="very-long-name-" * 60 + ".png"), title="Bottle")
    assert (sheet[: module.HEADER, -module.MARGIN :] == 255).all()
    assert sheet.shape == panel(detection).shape


def test_a_small_image_does_not_break_the_layout():
    sheet = panel(make_detection(8, 8))
    assert sheet.shape[1] == 2 * module.MARGIN + 4 * module.TILE + 3 * module.GAP
