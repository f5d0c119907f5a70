"""Drawing a defect: the drawing's steps, and what the model is said to have found; without a browser."""

import cv2
import numpy as np
import pytest

from favae_demo.core.errors import DataError
from favae_demo.scoring.detection import Detection
from favae_demo.scoring.multiples import format_multiple
from favae_demo.scoring.regions import find_regions
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.draw import tab as draw_tab
from favae_demo.ui.tabs.draw.view import (
    MOST_STEPS,
    clear,
    location_text,
    new_drawing,
    painted_mask,
    strokes,
    undo,
    with_mark,
    with_strokes,
)

pytest_plugins = ["trained_widget"]


@pytest.fixture
def drawing(services: Services):
    return new_drawing(services, "widget")


def layer(drawing, radius: int = 12) -> np.ndarray:
    """A dot in the middle, as the editor gives it."""
    height, width = drawing.original.shape[:2]
    empty = np.zeros((height, width, 4), np.uint8)
    return cv2.circle(empty, (width // 2, height // 2), radius, (255, 250, 230, 255), cv2.FILLED)


def detection(*boxes: tuple[int, int, int, int]) -> Detection:
    """An answer whose regions are the boxes (x0, y0, x1, y1) of a 128-pixel map."""
    score_map = np.zeros((128, 128), np.float32)
    for x0, y0, x1, y1 in boxes:
        score_map[y0:y1, x0:x1] = 2.0
    image = np.zeros((128, 128, 3), np.uint8)
    regions = find_regions(score_map, 1.0)
    return Detection(image, image, {"combined": score_map}, np.ones((128, 128), bool), 1, 1, 1.0, regions)


def mask(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    return detection(*boxes).map > 1


def test_a_good_image_is_painted_on_and_the_next_one_follows(services: Services, drawing) -> None:
    assert drawing.key == "test/good/000.png"
    assert not painted_mask(drawing.original, drawing.now).any()
    assert [new_drawing(services, "widget", drawing.key, step).key[-7:] for step in (1, 4)] == [
        "001.png",
        "000.png",
    ]
    with pytest.raises(DataError, match="no pictures of good parts"):
        new_drawing(services, "nothing")


def test_strokes_come_from_the_editors_layers(drawing) -> None:
    dot = layer(drawing)
    empty = np.zeros_like(dot)
    assert strokes(None) == strokes({"layers": None}) == strokes({"layers": [empty]}) == []
    assert with_strokes(drawing, []) is drawing
    changed = with_strokes(drawing, strokes({"layers": [empty, dot]}))
    assert (painted_mask(drawing.original, changed.now) == (dot[..., 3] > 0)).mean() > 0.999
    assert with_strokes(changed, [dot]) is changed  # told twice, judged once
    smaller = with_strokes(drawing, [cv2.resize(dot, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)])
    assert painted_mask(drawing.original, smaller.now).sum() > 300


def test_every_step_can_be_undone(drawing) -> None:
    first = with_strokes(drawing, [layer(drawing)])
    second = with_mark(first, "widget", "scratch", 1)
    third = clear(second)
    assert (third.now == drawing.original).all()
    for expected in (second, first, drawing, drawing):
        third = undo(third)
        assert (third.now == expected.now).all()
        assert (third.base == third.now).all()  # the editor's layers are emptied
    many = drawing
    for seed in range(2 * MOST_STEPS):
        many = with_mark(many, "widget", "blob", seed)
    assert len(many.steps) == MOST_STEPS


@pytest.mark.parametrize(
    ("found", "painted", "said"),
    [
        ([(20, 20, 40, 40)], [(30, 30, 45, 45)], text.draw.FOUND["all"]),
        ([(20, 20, 40, 40)], [(42, 20, 50, 40)], text.draw.FOUND["all"]),  # beside it, within reach
        ([(20, 20, 40, 40)], [(80, 80, 90, 90)], f"{text.draw.FOUND['none']} {text.draw.ELSEWHERE[1]}"),
        ([], [(80, 80, 90, 90)], text.draw.NOTHING_FOUND),
        (
            [(20, 20, 40, 40)],
            [(25, 25, 35, 35), (90, 90, 99, 99)],
            text.draw.FOUND["some"].format(found=1, count=2),
        ),
        (
            [(20, 20, 40, 40), (90, 20, 110, 40), (90, 90, 110, 110)],
            [(25, 25, 35, 35)],
            f"{text.draw.FOUND['all']} {text.draw.ELSEWHERE[2].format(count=2)}",
        ),
    ],
)
def test_whether_it_was_found_is_said(found: list, painted: list, said: str) -> None:
    assert location_text(detection(*found), mask(*painted)) == said


def test_the_answer_is_the_detectors_before_and_after(services: Services, drawing) -> None:
    model = str(services.registry.newest("widget", "none").path)
    quiet = dict(zip(draw_tab.ANSWER, draw_tab.judge(services, drawing, model, 20), strict=True))
    assert text.draw.UNTOUCHED in quiet["verdict"]
    assert text.draw.LEGEND not in quiet["legend"]
    changed = with_strokes(drawing, [layer(drawing, radius=60)])
    loud = dict(zip(draw_tab.ANSWER, draw_tab.judge(services, changed, model, 20), strict=True))
    own = services.detect(model, changed.now, 0.2)
    assert own.is_defect
    assert text.draw.FOUND["all"] in loud["verdict"]
    assert format_multiple(own.multiple) in loud["table"]
    assert text.draw.LEGEND in loud["legend"]
    assert (loud["result"] != quiet["result"]).any()


def test_the_tab_opens_with_an_answer_or_a_sentence(services: Services) -> None:
    opened = dict(zip(draw_tab.OPENING, draw_tab.opening(services, "widget"), strict=True))
    assert "× the limit" in opened["verdict"]
    assert (opened["editor"]["background"] == opened["drawing"].original).all()
    for category in ("nothing", None):
        assert (
            text.draw.NO_GOOD
            in dict(zip(draw_tab.OPENING, draw_tab.opening(services, category), strict=True))["verdict"]
        )
