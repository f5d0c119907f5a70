"""The Compare tab's handlers on one image, without a page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from compare_models import RATE, given, shows, state, without

from favae_demo.config.variants import REPORT_TEACHERS
from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.images import save_png
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services, newest_variants
from favae_demo.ui.tabs.compare import image_view
from favae_demo.ui.tabs.compare import tab as compare_tab
from favae_demo.ui.tabs.compare.api import compare_variants
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    VariantAnswer,
    column_values,
    compare_at_rate,
    compare_image,
)
from favae_demo.ui.tabs.compare.tab import first_look
from favae_demo.ui.tabs.compare.values import (
    OPENING,
    PICTURE,
    gallery_image_values,
    image_values,
    opening,
    while_latest,
)

pytest_plugins = ["trained_widget", "compare_models"]


def first_values(services: Services, category: str | None, key: str = "") -> dict:
    """Values of the opened tab, by name."""
    return dict(zip(OPENING, next(first_look(services, Turns(), category, key)), strict=True))


def test_models_answer_one_after_another(two_models: Services, spot_image: ComparedImage) -> None:
    steps = list(compare_image(two_models, "widget", spot_image, RATE))
    order = list(text.page.VARIANTS)
    assert [list(step.answers) for step in steps] == [order[:count] for count in range(len(order) + 1)]
    last = steps[-1].answers
    assert last["none"].found is not None
    assert last["vgg16"].found.is_defect
    assert (last["vgg19"].model, last["vgg19"].found, last["vgg19"].note) == (None, None, text.page.NO_MODEL)
    assert re.search(r"Took \d+ ms", last["none"].note)


def test_each_answer_is_the_one_of_its_model_alone(two_models: Services, spot_image: ComparedImage) -> None:
    *_, last = compare_image(two_models, "widget", spot_image, RATE)
    for teacher, model in newest_variants(two_models, "widget").items():
        alone = two_models.detect(model.path, two_models.image(spot_image.path), RATE)
        assert last.answers[teacher].found.score == pytest.approx(alone.score, rel=1e-6)
        assert last.answers[teacher].found.threshold == alone.threshold


def test_a_deleted_model_is_said_in_its_column_and_stops_no_other(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(two_models, "none", monkeypatch)
    *_, last = compare_image(two_models, "widget", spot_image, RATE)
    assert "deleted meanwhile" in column_values("none", last.answers["none"], last)[0]
    assert last.answers["vgg16"].found is not None


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_another_rate_judges_as_a_new_run_would_but_runs_no_model(
    rate: float, two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, "widget", spot_image, RATE)
    *_, expected = compare_image(two_models, "widget", spot_image, rate)
    monkeypatch.setattr(Services, "detect", None)
    again = compare_at_rate(two_models, last, rate)
    for teacher in ("none", "vgg16"):
        found, other = again.answers[teacher].found, expected.answers[teacher].found
        assert (found.score, found.threshold, found.pixel_threshold) == pytest.approx(
            (other.score, other.threshold, other.pixel_threshold), rel=1e-6
        )
        np.testing.assert_array_equal(found.foreground, other.foreground)
    assert again.answers["vgg19"] is last.answers["vgg19"]


def test_a_model_deleted_before_the_rate_changes_is_said(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, "widget", spot_image, RATE)
    without(two_models, "vgg16", monkeypatch)
    again = compare_at_rate(two_models, last, 0.1)
    assert "deleted meanwhile" in again.answers["vgg16"].note
    assert again.answers["none"].found is not None


@pytest.mark.parametrize(
    ("key", "rights"),
    [
        ("spot/000.png", {True: "correct", False: "missed defect"}),
        ("good/000.png", {True: "false alarm", False: "correct"}),
    ],
)
def test_a_verdict_on_a_known_image_is_called_right_or_wrong(
    key: str, rights: dict, two_models: Services
) -> None:
    source = ComparedImage.of_test(two_models, two_models.find("widget", key))
    *_, last = compare_image(two_models, "widget", source, RATE)
    assert rights[True] in column_values("vgg16", last.answers["vgg16"], last)[0]
    quiet = replace(last.answers["vgg16"], found=replace(last.answers["vgg16"].found, threshold=1e9))
    assert rights[False] in column_values("vgg16", quiet, last)[0]


def test_a_uploaded_image_is_neither_right_nor_wrong(two_models: Services, blot: Path) -> None:
    *_, last = compare_image(two_models, "widget", ComparedImage.of_visitor(str(blot)), RATE)
    words, *panes = column_values("none", last.answers["none"], last)
    assert "Defect" in words
    assert not re.search("Right|Wrong", words)
    assert all(pane.dtype == np.uint8 and pane.shape[2] == 3 for pane in panes)
    assert len(panes) == len(PANES)


def test_the_known_defect_is_drawn_on_the_result(two_models: Services, spot_image: ComparedImage) -> None:
    results = []
    for source in (spot_image, replace(spot_image, truth=None)):
        *_, last = compare_image(two_models, "widget", source, RATE)
        results.append(column_values("none", last.answers["none"], last)[1 + PANES.index("result")])
    assert (results[0] != results[1]).any()


def test_a_title_holds_the_models_measured_figures(two_models: Services) -> None:
    models = newest_variants(two_models, "widget")
    words = column_values("none", VariantAnswer(models["none"], ""))[0]
    assert "<h2>VAE</h2>" in words
    assert f"Pixel AUROC {models['none'].card.metrics['pixel_auroc']:.3f}" in words
    assert "Pixel AUROC – · image AUROC –" in column_values("vgg16", VariantAnswer(models["vgg16"], ""))[0]


def test_something_that_is_no_image_is_a_sentence(two_models: Services, no_image: Path) -> None:
    with pytest.raises(ImageError, match="is not a PNG"):
        list(image_values(two_models, "widget", ComparedImage.of_visitor(str(no_image)), RATE))


def test_a_place_without_an_image_is_a_sentence(two_models: Services) -> None:
    for index in (-1, 1):
        with pytest.raises(ImageError, match="Choose a picture"):
            list(gallery_image_values(two_models, "widget", "all", ["test/good/000.png"], index, RATE))
    with pytest.raises(DataError, match="no picture"):
        list(gallery_image_values(two_models, "widget", "all", ["test/good/999.png"], 0, RATE))


def test_an_image_of_another_kind_turns_the_gallery_to_all_kinds(two_models: Services) -> None:
    key = "test/spot/001.png"
    first, *_ = gallery_image_values(two_models, "widget", "good", [key], 0, RATE)
    assert given(first["kind"])["value"] == "all"
    assert given(first["gallery"])["selected_index"] == 9
    first, *rest = gallery_image_values(two_models, "widget", "spot", [key], 0, RATE)
    assert "kind" not in first
    assert given(first["gallery"])["selected_index"] == 1
    assert first["picked"] == key
    assert all("gallery" not in values for values in rest)


def test_the_tab_opens_with_a_finished_example(two_models: Services) -> None:
    values = first_values(two_models, "widget")
    assert "scratch 000" in values["which"]
    assert "Known: this part has a defect" in values["which"]
    for teacher in ("none", "vgg16"):
        assert all(values[pane, teacher] is not None for pane in PANES)
        assert state(values, teacher) == "answered"
    assert state(values, "vgg19") == "missing"
    assert len(given(values["gallery"])["value"]) == 12
    assert given(values["gallery"])["selected_index"] == 4


def test_an_address_may_name_the_image(two_models: Services) -> None:
    for key in ("test/spot/002.png", "spot/002.png"):
        assert "spot 002" in first_values(two_models, "widget", key)["which"]
    assert "scratch 000" in first_values(two_models, "widget", "test/spot/999.png")["which"]


def test_a_category_without_any_model_says_what_to_do(two_models: Services) -> None:
    save_png(
        two_models.settings.data_dir / "bolt" / "test" / "bent" / "000.png", np.zeros((32, 32, 3), np.uint8)
    )
    values = first_values(two_models, "bolt")
    assert values["about"] == text.compare.NO_MODELS
    states = {teacher: state(values, teacher) for teacher in text.page.VARIANTS}
    assert states == dict.fromkeys(REPORT_TEACHERS, "missing") | dict.fromkeys(
        text.page.OPTIONAL_VARIANTS, "absent"
    )
    assert not shows(values["measure"])
    assert values["counts"] == ""
    assert "bent 000" in values["which"]


@pytest.mark.parametrize("category", [None, "gadget"])
def test_without_images_the_tab_says_so(category: str | None, two_models: Services) -> None:
    values = first_values(two_models, category)
    assert values["about_all"] == text.compare.NO_TESTS
    assert values["comparison"] is None
    assert (values["picture"], values["which"]) == (None, "")
    assert all(text.page.NO_MODEL in values["verdict", teacher] for teacher in text.page.VARIANTS)


def test_a_damaged_example_leaves_the_rest_of_the_tab(
    two_models: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise ImageError("This picture is damaged.")

    monkeypatch.setattr(image_view, "read_image", damaged)
    values = first_values(two_models, "widget")
    assert "This picture is damaged." in values["verdict", "none"]
    assert state(values, "none") == "unanswered"
    assert text.page.NO_MODEL in values["verdict", "vgg19"]
    assert len(given(values["gallery"])["value"]) == 12


@pytest.mark.parametrize(("training", "offered"), [("on", True), ("off", False)])
def test_where_training_is_off_none_is_offered(training: str, offered: bool, two_models: Services) -> None:
    services = Services(replace(two_models.settings, training=training), two_models.registry)
    with gr.Blocks():
        ui = compare_tab.build(services)
    assert all(ui["train", teacher].visible == offered for teacher in text.page.VARIANTS)


def test_values_stay_in_step_with_the_components(two_models: Services) -> None:
    with gr.Blocks():
        ui = compare_tab.build(two_models)
        compare_tab.wire(ui, two_models)
    assert len(ui["opening_outputs"]) == len(next(first_look(two_models, Turns(), "widget")))
    for values in opening(two_models, "widget", "", RATE):
        assert values.keys() <= set(OPENING)
    assert {("train", teacher) for teacher in text.page.VARIANTS} <= ui.keys()
    assert all(ui[name].info for name in ("category", "rate", "kind"))


def test_programs_get_every_variant_that_is_there(two_models: Services, spot_image: ComparedImage) -> None:
    answers = compare_variants(two_models, "widget", two_models.image(spot_image.path), RATE)
    assert list(answers) == ["none", "vgg16"]
    *_, last = compare_image(two_models, "widget", spot_image, RATE)
    for teacher, answer in answers.items():
        found = last.answers[teacher].found
        assert answer["score"] == pytest.approx(found.score, rel=1e-6)
        assert (answer["threshold"], answer["verdict"]) == (found.threshold, found.verdict)


def test_a_choice_made_meanwhile_ends_the_answer_to_the_one_before(
    two_models: Services, spot_image: ComparedImage
) -> None:
    turns = Turns()
    answers = while_latest(
        two_models, turns, "widget", RATE, image_values(two_models, "widget", spot_image, RATE)
    )
    assert next(answers)["picked"] == spot_image.key
    assert turns.pending
    turn = turns.take("widget")
    assert list(answers) == []
    turns.end(turn)
    assert not turns.pending


def test_a_rate_changed_meanwhile_counts(two_models: Services, spot_image: ComparedImage) -> None:
    turns = Turns()
    answers = while_latest(
        two_models, turns, "widget", RATE, image_values(two_models, "widget", spot_image, RATE)
    )
    next(answers)
    turns.options = 0.2
    *_, last = answers
    *_, expected = compare_image(two_models, "widget", spot_image, 0.2)
    found = last["comparison"].answers["none"].found
    assert found.threshold == pytest.approx(expected.answers["none"].found.threshold, rel=1e-6)


def test_what_is_chosen_while_the_tab_opens_stays(
    two_models: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*values: object) -> Iterator[dict]:
        for part in opening(*values):
            turns.take("widget")
            yield part

    turns = Turns()
    (step,) = first_look(two_models, turns, "widget")
    assert dict(zip(OPENING, step, strict=True))["picture"] is not None
    monkeypatch.setattr("favae_demo.ui.tabs.compare.tab.opening", overtaken)
    (step,) = first_look(two_models, turns, "widget")
    values = dict(zip(OPENING, step, strict=True))
    assert all(values[name] == gr.skip() for name in PICTURE)
    assert len(values["gallery"].value) == 12
