"""What a visitor says of a verdict, and the recalibration on the page, without a browser."""

from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest

from favae_demo.core.errors import ConfigError, FavaeError, ImageError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode
from favae_demo.data.library.feedback import DEFECT, GOOD, SAID, TAKEN_BACK, Feedback
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.components import feedback_panel, image_picker, recalibration_panel
from favae_demo.ui.components.feedback_panel import STATE, Shown
from favae_demo.ui.services import Services

pytest_plugins = ["trained_widget"]

EVERYTHING = dict.fromkeys(STATE)


@pytest.fixture
def own(widget_settings: Settings) -> Services:
    """Folders of this test alone, since marks change what a category holds."""
    return Services(widget_settings, Registry(widget_settings))


@pytest.fixture
def model(own: Services) -> str:
    return own.model_choices("widget")[0][1]


def shown(services: Services, model: str, number: int, kind: str = "good") -> Shown:
    sample = services.find("widget", f"test/{kind}/{number:03}.png")
    image = np.rint(decode(sample.path) * 0.95).astype(np.uint8)
    return Shown(image, f"new {number}.png", services.detect(model, image, 0.2), model)


def marks(services: Services) -> list[str]:
    return [mark.said for mark in Feedback(services.settings.marks_dir, "widget").marks()]


def values(services: Services, model: str, words: str = "") -> dict:
    return dict(zip(STATE, feedback_panel.state(services, model, words, EVERYTHING), strict=True))


def test_a_mark_moves_no_picture_out_of_sight_and_can_be_changed(own: Services, model: str) -> None:
    before = image_picker.samples(own, "widget", image_picker.ALL)
    key = "test/spot/001.png"
    for said in (GOOD, DEFECT, GOOD):
        sample = own.find("widget", key)
        found = own.detect(model, decode(sample.path), 0.2)
        feedback_panel.keep(own, said, Shown(sample.path, "001.png", found, model, sample), "ada")
        assert image_picker.samples(own, "widget", image_picker.ALL) == before
        assert marks(own) == [said]
    assert image_picker.neighbour(own, "widget", image_picker.ALL, key, 1) == "test/spot/002.png"
    assert len(own.category("widget").test) == len(before) - 1  # what is measured with follows the mark
    good = own.find("widget", "test/good/001.png")
    found = own.detect(model, decode(good.path), 0.2)
    feedback_panel.keep(own, DEFECT, Shown(good.path, "001.png", found, model, good), "ada")
    copied = own.category("widget").test[-1].key
    assert own.find("widget", copied).defect == "marked"  # Results opens it by this key


def test_what_is_said_is_kept_counted_and_taken_back(own: Services, model: str) -> None:
    said = feedback_panel.keep(own, GOOD, shown(own, model, 0), "ada")
    feedback_panel.keep(own, DEFECT, shown(own, model, 1, "spot"), "ada")
    assert said == text.feedback.SAID[GOOD].format(name="new 0.png")
    assert own.category("widget").counts["marked"] == 1
    now = values(own, model, said)
    assert said in now["said"]
    assert text.feedback.COUNTS.format(good=1, defect=1) in now["said"]
    assert "new 1.png" in now["log"]
    assert "× the limit" in now["log"]
    assert not now["recalibrate"].interactive
    assert now["recalibrate"].value == text.feedback.MORE_NEEDED.format(missing=4)
    assert feedback_panel.take_back(own, model, "bob") == text.feedback.TAKEN_BACK.format(name="new 1.png")
    assert marks(own) == [GOOD]
    assert "marked" not in own.category("widget").counts


def test_five_good_pictures_make_a_version_that_is_chosen(own: Services, model: str) -> None:
    for number in range(4):
        feedback_panel.keep(own, GOOD, shown(own, model, number), "ada")
    with pytest.raises(FavaeError, match="at least 5 are needed"):
        list(recalibration_panel.recalibrated(own, "widget", model, "ada"))
    feedback_panel.keep(own, GOOD, shown(own, model, 0, "scratch"), "ada")
    assert values(own, model)["recalibrate"].interactive
    *_, (chosen, html) = recalibration_panel.recalibrated(own, "widget", model, "ada")
    assert isinstance(chosen, gr.Dropdown)
    assert Path(chosen.value).stem == "widget-none-quick-v2"
    assert next(title for title, _ in own.model_choices("widget")).startswith("VAE (version 2)")
    assert "Version 2: recalibrated with 5 good pictures" in html
    for group in ("marked_good", "good", "defects"):
        assert text.feedback.GROUPS[group] in html
    assert text.feedback.GROUPS["marked_defects"] not in html
    undo = values(own, chosen.value)["undo"]
    assert (undo.visible, undo.value) == (True, text.feedback.UNDO.format(number=2))
    assert not values(own, model)["undo"].visible


@pytest.mark.parametrize("public", [True, False])
def test_where_strangers_visit_nothing_is_kept(own: Services, model: str, monkeypatch, public: bool) -> None:
    picture = shown(own, model, 0)
    if public:
        monkeypatch.setenv("FAVAE_PUBLIC", "1")
    else:
        own = replace(own, settings=replace(own.settings, training="limited"))
    calls = (
        lambda: feedback_panel.keep(own, GOOD, picture, "x"),
        lambda: feedback_panel.take_back(own, model, "x"),
        lambda: next(recalibration_panel.recalibrated(own, "widget", model, "x")),
    )
    for call in calls:
        with pytest.raises(ConfigError, match="no visitor changes what others see"):
            call()
    assert not own.settings.marks_dir.exists()
    with gr.Blocks():
        ui = feedback_panel.build(own)
    assert text.feedback.NOT_HERE.split(",")[0] in ui["said"].value
    assert not ui["was_good"].parent.visible


def test_without_a_picture_it_is_asked_for(own: Services) -> None:
    with pytest.raises(ImageError, match="Choose a picture"):
        feedback_panel.keep(own, GOOD, None, "ada")


def test_a_name_is_no_markup(own: Services, model: str) -> None:
    picture = replace(shown(own, model, 0), name="<u>x.png")
    said = feedback_panel.keep(own, GOOD, picture, "<u>y")
    now = values(own, model, said)
    assert "<u>" not in now["said"] + now["log"]


def test_every_answer_has_a_button_and_words() -> None:
    assert text.feedback.LOG_SAID.keys() == {*SAID, TAKEN_BACK}
    assert text.feedback.WAS.keys() == text.feedback.SAID.keys() == set(SAID)
