"""What the Detect tab opens with, and what stays of a choice that was made before, without a page."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from detect_choices import SPOT, all_skipped, opened, own_choice, own_steps

from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.answers import OPENING
from favae_demo.ui.tabs.detect.opening import opening_again, opening_steps, show_selected
from favae_demo.ui.tabs.detect.view import PARTS

pytest_plugins = ["trained_widget", "few_samples", "detect_choices"]


def test_the_page_opens_with_a_finished_example(services: Services, turns: Turns, model: str) -> None:
    values = opened(services, turns)
    assert values["picked"] == "test/scratch/000.png"
    assert values["shown"].model == model
    assert "score" in values["verdict"]
    assert values["gallery"].selected_index == 4


def test_what_is_missing_takes_the_verdicts_place(services: Services, turns: Turns) -> None:
    assert "no picture" in opened(services, turns, "widget", "test/spot/999.png")["verdict"]
    assert text.page.CHOOSE_PICTURE in opened(services, turns, None)["verdict"]


def test_what_is_chosen_while_the_page_opens_stays(
    services: Services, turns: Turns, model: str, blot: Path, meanwhile: Callable
) -> None:
    answered: list[list] = []
    meanwhile(lambda: answered.append(own_choice(services, turns, model, blot)))
    values = opened(services, turns)
    assert answered[0][0].path == blot
    assert all_skipped(tuple(values[name] for name in ("picked", "shown", *PARTS)))
    assert (values["category"].value, values["model"].value) == ("widget", model)
    assert len(values["gallery"].value) == 12


@pytest.fixture
def undrawn(services: Services, tmp_path: Path, few_samples: None) -> Services:
    """Services whose generated categories are still to be drawn."""
    settings = replace(services.settings, cache_dir=tmp_path / "cache", checkpoint_dir=tmp_path / "models")
    return Services(settings, Registry(settings))


def test_where_parts_are_still_drawn_an_example_comes_first(undrawn: Services, turns: Turns) -> None:
    steps = [
        dict(zip(OPENING, step, strict=True)) for step in opening_steps(undrawn, turns, "sample_bottle", "")
    ]
    first, *between, last = steps
    assert (first["picked"], last["picked"]) == ("test/broken_lip/000.png",) * 2
    assert "this part has a defect (broken lip)" in first["verdict"]
    assert first["verdict"] == last["verdict"]
    assert first["kind"].info.endswith("0 of 10 …")
    assert all("of 10 …" in step["kind"].info and all_skipped((step["shown"],)) for step in between)
    assert last["kind"].info == text.page.KIND_INFO
    assert len(last["gallery"].value) == 6
    assert len(list(opening_steps(undrawn, turns, "sample_bottle", ""))) == 1  # all is there


def test_what_is_chosen_while_parts_are_drawn_stays(undrawn: Services, turns: Turns, blot: Path) -> None:
    steps = opening_steps(undrawn, turns, "sample_bottle", "")
    model = next(steps)[1].value
    own_choice(undrawn, turns, model, blot)
    *_, last = (dict(zip(OPENING, step, strict=True)) for step in steps)
    assert all_skipped(tuple(last[name] for name in ("picked", "shown", *PARTS)))
    assert (last["category"].value, len(last["gallery"].value)) == ("widget", 12)


def test_what_is_chosen_before_the_page_is_filled_stays(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    own_choice(services, turns, model, blot)
    page = Selection("widget")
    (step,) = show_selected(services, page, "widget", None, "", turns, None)
    first = dict(zip(OPENING, step, strict=True))
    assert all_skipped(tuple(first[name] for name in ("picked", "shown", *PARTS)))
    assert (first["model"].value, len(first["gallery"].value)) == (model, 12)
    (step,) = show_selected(services, page, "widget", None, "", turns, None)
    assert dict(zip(OPENING, step, strict=True))["shown"] is not None


def test_an_address_without_an_image_leaves_the_visitor_s_own_one(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    """Its marks and its neighbours would else be those of a test image, also where it cannot be read."""
    unreadable = blot.with_name("unreadable.png")
    unreadable.write_bytes(b"no picture")
    turns.filled = True
    for path in (blot, unreadable):
        *_, (_, key, state, *_) = [step for step in own_steps(services, turns, model, path) if step[1] == ""]
        assert (state is None) == (path == unreadable)
        (step,) = show_selected(services, Selection("widget"), "widget", model, key, turns, state)
        first = dict(zip(OPENING, step, strict=True))
        assert all_skipped(tuple(first[name] for name in ("picked", "shown", *PARTS)))
        assert turns.own == str(path)
    *_, step = show_selected(services, Selection("widget", image=SPOT), "widget", model, "", turns, None)
    assert (turns.own, dict(zip(OPENING, step, strict=True))["picked"]) == ("", SPOT)


def test_an_address_with_another_model_judges_the_visitor_s_own_image_by_it(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    turns.filled = True
    *_, (_, key, state, *_) = own_steps(services, turns, model, blot)
    page = Selection("widget", model=model)
    (step,) = show_selected(services, page, "widget", "another.safetensors", key, turns, state)
    first = dict(zip(OPENING, step, strict=True))
    assert (first["model"].value, first["shown"].model, first["shown"].path) == (model, model, blot)


def test_weights_that_arrive_before_the_tab_is_opened_choose_nothing(
    services: Services, turns: Turns
) -> None:
    (step,) = opening_again(services, turns)
    assert all_skipped(step)
    assert (turns.count, turns.filled) == (0, False)


def test_once_its_weights_are_here_the_image_that_was_asked_for_is_judged(
    services: Services, turns: Turns, model: str
) -> None:
    turns.take(("widget", model))  # it still waits for its answer
    turns.look_at(key=SPOT)
    (step,) = opening_again(services, turns)
    shown = dict(zip(OPENING, step, strict=True))
    assert (shown["picked"], shown["shown"].model) == (SPOT, model)


def test_once_its_weights_are_here_the_visitor_s_own_image_is_judged(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    turns.take(("widget", model))
    turns.look_at(own=str(blot))
    (step,) = opening_again(services, turns)
    shown = dict(zip(OPENING, step, strict=True))
    assert (shown["shown"].path, shown["shown"].model) == (blot, model)
    assert all_skipped([shown["picked"], shown["gallery"]])
