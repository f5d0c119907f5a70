from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image, ImageDraw
from viz_images import make_detection

from favae_demo.viz import panel as module
from favae_demo.viz import result_words
from favae_demo.viz.overlay import display_image, overlay
from favae_demo.viz.panel import panel

DEFECT_COLOUR, GOOD_COLOUR = (np.array(module.COLOURS[verdict]) for verdict in ("defect", "good"))


def has_colour(image, colour):
    return (image == colour).all(axis=-1).any()


def test_verdict_is_shown(detection, good_detection):
    header = slice(0, module.HEADER)
    assert has_colour(panel(detection)[header], DEFECT_COLOUR)
    assert not has_colour(panel(detection)[header], GOOD_COLOUR)
    assert has_colour(panel(good_detection)[header], GOOD_COLOUR)
    assert not has_colour(panel(good_detection)[header], DEFECT_COLOUR)


@pytest.mark.parametrize(("height", "width"), [(300, 300), (200, 400), (400, 200), (1000, 1024)])
def test_holds_picture_and_result(height, width, truth):
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


def words_of(*args, **options):
    """What is written on the sheet."""
    with patch.object(
        ImageDraw.ImageDraw, "text", autospec=True, side_effect=ImageDraw.ImageDraw.text
    ) as text:
        panel(*args, **options)
    return [call.args[2] for call in text.call_args_list]


@pytest.mark.parametrize(
    ("spot", "defective", "said"),
    [
        (True, True, "✓ correct"),
        (True, False, "✗ false alarm"),
        (False, True, "✗ missed defect"),
        (False, False, "✓ correct"),
    ],
)
def test_part_model_and_whether_the_verdict_is_correct_are_named(spot, defective, said):
    detection = make_detection(spot=spot)
    written = words_of(detection, title="Bottle · VAE", defective=defective)
    word, icon = result_words.VERDICTS[detection.verdict]
    assert {f"{icon} {word}", said, "Bottle · VAE · part.png"} <= set(written)
    unknown = words_of(detection, title="Bottle · VAE")
    assert not {f"{sign} {outcome}" for sign, outcome in result_words.OUTCOMES.values()} & set(unknown)


def test_the_words_are_those_of_the_page(detection, truth):
    written = words_of(detection, truth)
    assert {*result_words.PANES.values(), result_words.LEGEND_TRUTH} <= set(written)
    assert not any("score" in one for one in written)


def test_a_model_that_rebuilds_nothing_shows_three_images(detection):
    assert result_words.PANES["rebuilt"] not in words_of(detection, rebuilt=False)
    assert panel(detection, rebuilt=False).shape[1] == panel(detection).shape[1] - module.TILE - module.GAP


@pytest.mark.parametrize(("word", "anchor"), [("normal", "lm"), ("twice the limit or more", "rm")])
def test_the_words_beside_the_colour_bar_are_not_covered(word, anchor, detection):
    sheet = panel(detection)
    top = sheet.shape[0] - module.FOOTER - module.MARGIN
    left = module.MARGIN + 2 * (module.TILE + module.GAP)
    alone = Image.new("RGB", sheet.shape[1::-1], module.PAPER)
    place = (left if anchor == "lm" else left + module.TILE, top + module.LINE)
    draw = ImageDraw.Draw(alone)
    draw.text(place, word, module.GREY, module._font(module.SMALL), anchor=anchor)
    x0, y0, x1, y1 = (
        round(one) for one in draw.textbbox(place, word, module._font(module.SMALL), anchor=anchor)
    )
    assert (sheet[y0:y1, x0:x1] == np.asarray(alone)[y0:y1, x0:x1]).all()
