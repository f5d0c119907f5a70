"""The Compare tab's handlers on one image, without a page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from compare_models import RATE, both, choice, given, of_variant, shows, state, without

from favae_demo.core.errors import DataError, ImageError
from favae_demo.data.io.images import save_png
from favae_demo.data.library.feedback import GOOD, Feedback
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare import image_view
from favae_demo.ui.tabs.compare import tab as compare_tab
from favae_demo.ui.tabs.compare.answers import first_look, show_selected, while_latest
from favae_demo.ui.tabs.compare.api import compare_variants
from favae_demo.ui.tabs.compare.choice import compared_models, offered_models
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    Comparison,
    ModelAnswer,
    column_values,
    compare_at_rate,
    compare_image,
)
from favae_demo.ui.tabs.compare.values import (
    OPENING,
    PICTURE,
    Choice,
    gallery_image_values,
    image_values,
    loading_then_opening,
    opening,
    own_image_values,
)

pytest_plugins = ["trained_widget", "compare_models"]


def first_values(services: Services, category: str | None, key: str = "") -> dict:
    """Values of the opened tab, by name."""
    chosen = Choice(category, compared_models(services, category, ()), key)
    return dict(zip(OPENING, next(first_look(services, Turns(), chosen)), strict=True))


def test_models_answer_one_after_another(two_models: Services, spot_image: ComparedImage) -> None:
    steps = list(compare_image(two_models, both(two_models), spot_image, RATE))
    plain, other = both(two_models)
    assert [list(step.answers) for step in steps] == [[], [plain], [plain, other]]
    last = steps[-1].answers
    assert last[plain].found is not None
    assert last[other].found.is_defect
    assert re.search(r"Took \d+ ms", last[plain].note)


def test_each_answer_is_the_one_of_its_model_alone(two_models: Services, spot_image: ComparedImage) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    for path in both(two_models):
        alone = two_models.detect(path, two_models.image(spot_image.path), RATE)
        assert last.answers[path].found.score == pytest.approx(alone.score, rel=1e-6)
        assert last.answers[path].found.threshold == alone.threshold


def test_a_deleted_model_is_said_in_its_column_and_stops_no_other(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(two_models, "none", monkeypatch)
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    assert "deleted meanwhile" in column_values(last.answers[of_variant(two_models, "none")], last)[0]
    assert last.answers[of_variant(two_models, "vgg16")].found is not None


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_another_rate_judges_as_a_new_run_would_but_runs_no_model(
    rate: float, two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    *_, expected = compare_image(two_models, both(two_models), spot_image, rate)
    monkeypatch.setattr(Services, "detect", None)
    again = compare_at_rate(two_models, last, rate)
    for path in both(two_models):
        found, other = again.answers[path].found, expected.answers[path].found
        assert (found.score, found.threshold, found.pixel_threshold) == pytest.approx(
            (other.score, other.threshold, other.pixel_threshold), rel=1e-6
        )
        np.testing.assert_array_equal(found.foreground, other.foreground)


def test_a_model_deleted_before_the_rate_changes_is_said(
    two_models: Services, spot_image: ComparedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    without(two_models, "vgg16", monkeypatch)
    again = compare_at_rate(two_models, last, 0.1)
    assert "deleted meanwhile" in again.answers[of_variant(two_models, "vgg16")].note
    assert again.answers[of_variant(two_models, "none")].found is not None


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
    *_, last = compare_image(two_models, both(two_models), source, RATE)
    assert rights[True] in column_values(last.answers[of_variant(two_models, "vgg16")], last)[0]
    nervous = last.answers[of_variant(two_models, "vgg16")]
    quiet = replace(nervous, found=replace(nervous.found, threshold=1e9))
    assert rights[False] in column_values(quiet, last)[0]


def test_what_was_said_of_an_image_is_its_truth(two_models: Services, tmp_path: Path) -> None:
    own = replace(two_models, settings=replace(two_models.settings, checkpoint_dir=tmp_path))
    compared = choice(own, key="test/spot/000.png")
    Feedback(own.settings.marks_dir, "widget").mark(own.find("widget", "spot/000.png").path, GOOD, "ada")
    *_, values = (one for one in opening(own, compared, RATE) if one.get("comparison"))
    assert values["comparison"].source.defective is False
    assert values["comparison"].source.known.endswith(text.feedback.MARKED[GOOD])


def test_a_uploaded_image_is_neither_right_nor_wrong(two_models: Services, blot: Path) -> None:
    *_, last = compare_image(
        two_models, both(two_models), ComparedImage.of_visitor(str(blot), text.page.NO_TRUTH), RATE
    )
    words, *panes = column_values(last.answers[of_variant(two_models, "none")], last)
    assert "Defect" in words
    assert not re.search("Right|Wrong", words)
    assert all(pane["value"].dtype == np.uint8 and pane["value"].shape[2] == 3 for pane in panes)
    assert [pane["alt_text"] for pane in panes] == [f"VAE: {text.compare.PANES[name]}" for name in PANES]
    assert len(panes) == len(PANES)


def test_the_known_defect_is_drawn_on_the_result(two_models: Services, spot_image: ComparedImage) -> None:
    results = []
    for source in (spot_image, replace(spot_image, truth=None)):
        *_, last = compare_image(two_models, both(two_models), source, RATE)
        results.append(
            column_values(last.answers[of_variant(two_models, "none")], last)[1 + PANES.index("result")][
                "value"
            ]
        )
    assert (results[0] != results[1]).any()


def test_a_title_holds_the_models_measured_figures(two_models: Services) -> None:
    plain, other = both(two_models).values()
    words = column_values(ModelAnswer(plain, ""))[0]
    assert "<h2>VAE</h2>" in words
    assert f"Pixel AUROC {plain.model.card.metrics['pixel_auroc']:.3f}" in words
    assert "Pixel AUROC – · image AUROC –" in column_values(ModelAnswer(other, ""))[0]


def test_something_that_is_no_image_is_a_sentence(two_models: Services, no_image: Path) -> None:
    with pytest.raises(ImageError, match="is not a PNG"):
        list(
            image_values(
                two_models,
                choice(two_models, source=ComparedImage.of_visitor(str(no_image), text.page.NO_TRUTH)),
                RATE,
            )
        )


def test_a_place_without_an_image_is_a_sentence(two_models: Services) -> None:
    for index in (-1, 1):
        with pytest.raises(ImageError, match="Choose a picture"):
            list(
                gallery_image_values(
                    two_models, choice(two_models), "all", ["test/good/000.png"], index, RATE
                )
            )
    with pytest.raises(DataError, match="no picture"):
        list(gallery_image_values(two_models, choice(two_models), "all", ["test/good/999.png"], 0, RATE))


def test_an_image_of_another_kind_turns_the_gallery_to_all_kinds(two_models: Services) -> None:
    key = "test/spot/001.png"
    first, *_ = gallery_image_values(two_models, choice(two_models), "good", [key], 0, RATE)
    assert given(first["kind"])["value"] == "all"
    assert given(first["gallery"])["selected_index"] == 9
    first, *rest = gallery_image_values(two_models, choice(two_models), "spot", [key], 0, RATE)
    assert "kind" not in first
    assert given(first["gallery"])["selected_index"] == 1
    assert first["picked"] == key
    assert all("gallery" not in values for values in rest)


def test_the_tab_opens_with_a_finished_example(two_models: Services) -> None:
    values = first_values(two_models, "widget")
    assert "scratch 000" in values["which"]
    assert "Known: this part has a defect" in values["which"]
    for place in (0, 1):
        assert all(values[pane, place]["value"] is not None for pane in PANES)
    assert [state(values, place) for place in range(4)] == ["answered", "answered", "", ""]
    assert [path for _, path in given(values["models"])["choices"]] == list(
        offered_models(two_models, "widget")
    )
    assert values["advice"] == ""
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
    assert text.compare.NO_MODELS in values["advice"]
    assert [state(values, place) for place in range(4)] == [""] * 4
    assert not shows(values["measure"])
    assert values["counts"] == ""
    assert "bent 000" in values["which"]


@pytest.mark.parametrize("category", [None, "gadget"])
def test_without_images_the_tab_says_so(category: str | None, two_models: Services) -> None:
    values = first_values(two_models, category)
    assert values["about_all"] == text.compare.NO_TESTS
    assert values["comparison"] is None
    assert (values["picture"], values["which"]) == (None, "")
    assert [values["verdict", place] for place in range(4)] == [""] * 4


def test_a_damaged_example_leaves_the_rest_of_the_tab(
    two_models: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise ImageError("This picture is damaged.")

    monkeypatch.setattr(image_view, "read_image", damaged)
    values = first_values(two_models, "widget")
    assert "This picture is damaged." in values["verdict", 0]
    assert [state(values, place) for place in range(3)] == ["unanswered", "unanswered", ""]
    assert len(given(values["gallery"])["value"]) == 12


def test_an_upload_that_cannot_be_read_is_said_in_place_of_the_verdicts(
    two_models: Services, no_image: Path
) -> None:
    chosen = choice(two_models, source=ComparedImage.of_visitor(str(no_image), text.page.NO_TRUTH))
    (values,) = own_image_values(two_models, chosen, RATE)
    assert [state(values, place) for place in range(3)] == ["unanswered", "unanswered", ""]
    assert "letter.png" in values["verdict", 0]
    assert (values["comparison"], values["picture"]) == (None, None)


def test_the_models_of_another_part_are_taken_away_before_anything_is_read(two_models: Services) -> None:
    turns, chosen = Turns(), choice(two_models)
    steps = first_look(two_models, turns, chosen, anew=True)
    first = dict(zip(OPENING, next(steps), strict=True))
    assert [state(first, place) for place in range(3)] == ["loading", "loading", ""]
    assert first["which"] == ""  # which hides the picture
    assert all(first[name, 0] == gr.skip() for name in PANES)  # lest Gradio forget what follows
    assert first["advice"] == ""
    assert first["gallery"] == gr.skip()  # its small pictures may have to be made
    read, *_, last = (dict(zip(OPENING, step, strict=True)) for step in steps)
    assert [state(read, place) for place in range(3)] == ["loading", "loading", ""]
    assert last["about_all"] == text.compare.ALL_INFO.format(count=12, good=4, defect=8)


def test_the_tab_knows_whether_it_shows_other_models(two_models: Services) -> None:
    models = list(both(two_models))

    def steps(page: Selection, comparison: Comparison | None, listed: list[str] = models) -> list:
        return list(show_selected(two_models, page, "gone", listed, "", Turns(), comparison, RATE))

    whole = Selection("widget")
    assert len(steps(whole, None)) == 1  # those that stand there from the beginning
    assert len(steps(whole, None, [])) > 2
    source = ComparedImage.of_test(two_models, two_models.find("widget", "spot/000.png"))
    elsewhere = Comparison(
        source, two_models.image(source.path), {"gone": next(iter(both(two_models).values()))}, {}
    )
    assert len(steps(whole, elsewhere)) > 2


def test_answers_leave_the_list_of_models_to_who_takes_one_out_meanwhile(two_models: Services) -> None:
    first, *later = loading_then_opening(two_models, choice(two_models), RATE)
    assert given(first["models"])["value"] == list(both(two_models))
    assert ["value" in given(values["models"]) for values in later if "models" in values] == [False] * 3


def test_who_takes_a_model_out_before_the_tab_is_filled_gets_its_lists_only(two_models: Services) -> None:
    turns, models = Turns(), list(both(two_models))
    turns.take(choice(two_models))

    def steps(page: Selection) -> list[dict]:
        found = show_selected(two_models, page, "widget", models, "", turns, None, RATE)
        return [dict(zip(OPENING, step, strict=True)) for step in found]

    (values,) = steps(Selection("widget"))
    assert all(values[name] == gr.skip() for name in PICTURE)
    assert len(values["gallery"].value) == 12
    assert steps(Selection("widget"))[-1]["picture"] is not None  # later the page's choice counts


@pytest.mark.parametrize(("training", "offered"), [("on", True), ("off", False)])
def test_where_training_is_off_none_is_offered(training: str, offered: bool, two_models: Services) -> None:
    services = Services(replace(two_models.settings, training=training), two_models.registry)
    with gr.Blocks():
        ui = compare_tab.build(services)
    assert ui["train"].visible == offered


def test_values_stay_in_step_with_the_components(two_models: Services) -> None:
    with gr.Blocks():
        ui = compare_tab.build(two_models)
        compare_tab.wire(ui, two_models)
    assert len(ui["opening_outputs"]) == len(next(first_look(two_models, Turns(), choice(two_models))))
    for values in opening(two_models, choice(two_models), RATE):
        assert values.keys() <= set(OPENING)
    assert all(ui[name].info for name in ("category", "models", "rate", "kind"))


def test_programs_get_every_variant_that_is_there(two_models: Services, spot_image: ComparedImage) -> None:
    answers = compare_variants(two_models, "widget", two_models.image(spot_image.path), RATE)
    assert list(answers) == ["none", "vgg16"]
    *_, last = compare_image(two_models, both(two_models), spot_image, RATE)
    for teacher, answer in answers.items():
        found = last.answers[of_variant(two_models, teacher)].found
        assert answer["score"] == pytest.approx(found.score, rel=1e-6)
        assert (answer["threshold"], answer["verdict"]) == (found.threshold, found.verdict)


def test_a_choice_made_meanwhile_ends_the_answer_to_the_one_before(
    two_models: Services, spot_image: ComparedImage
) -> None:
    turns = Turns()
    chosen = choice(two_models, source=spot_image)
    answers = while_latest(two_models, turns, chosen, RATE, image_values(two_models, chosen, RATE))
    assert next(answers)["picked"] == spot_image.key
    assert turns.pending
    turn = turns.take(chosen)
    assert list(answers) == []
    turns.end(turn)
    assert not turns.pending


def test_a_rate_changed_meanwhile_counts(two_models: Services, spot_image: ComparedImage) -> None:
    turns = Turns()
    chosen = choice(two_models, source=spot_image)
    answers = while_latest(two_models, turns, chosen, RATE, image_values(two_models, chosen, RATE))
    next(answers)
    turns.options = 0.2
    *_, last = answers
    *_, expected = compare_image(two_models, both(two_models), spot_image, 0.2)
    plain = of_variant(two_models, "none")
    found = last["comparison"].answers[plain].found
    assert found.threshold == pytest.approx(expected.answers[plain].found.threshold, rel=1e-6)


def test_what_is_chosen_while_the_tab_opens_stays(
    two_models: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*values: object) -> Iterator[dict]:
        for part in opening(*values):
            turns.take(choice(two_models))
            yield part

    turns = Turns()
    (step,) = first_look(two_models, turns, choice(two_models))
    assert dict(zip(OPENING, step, strict=True))["picture"] is not None
    monkeypatch.setattr("favae_demo.ui.tabs.compare.answers.opening", overtaken)
    (step,) = first_look(two_models, turns, choice(two_models))
    values = dict(zip(OPENING, step, strict=True))
    assert all(values[name] == gr.skip() for name in PICTURE)
    assert len(values["gallery"].value) == 12
