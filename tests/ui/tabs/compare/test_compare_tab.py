"""The tab Compare as it opens, and what a choice does while another one is answered."""

from collections.abc import Iterator
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
from compare_models import RATE, both, choice, given, of_variant, shows, state

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import save_png
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare import image_view
from favae_demo.ui.tabs.compare import tab as compare_tab
from favae_demo.ui.tabs.compare.answers import first_look, show_selected, while_latest
from favae_demo.ui.tabs.compare.choice import compared_models, offered_models
from favae_demo.ui.tabs.compare.image_view import (
    PANES,
    ComparedImage,
    Comparison,
    compare_image,
)
from favae_demo.ui.tabs.compare.values import (
    OPENING,
    PICTURE,
    Choice,
    image_values,
    loading_then_opening,
    opening,
)

pytest_plugins = ["trained_widget", "compare_models"]


def first_values(services: Services, category: str | None, key: str = "") -> dict:
    """Values of the opened tab, by name."""
    chosen = Choice(category, compared_models(services, category, ()), key)
    return dict(zip(OPENING, next(first_look(services, Turns(), chosen)), strict=True))


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
        return list(show_selected(two_models, page, "gone", listed, "", Turns(), comparison))

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
        found = show_selected(two_models, page, "widget", models, "", turns, None)
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
