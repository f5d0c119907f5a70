"""Answers of the Detect tab: what is drawn of a choice, and which of several choices counts, without a page."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import astuple, replace
from functools import partial
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect import answers
from favae_demo.ui.tabs.detect.answers import (
    LISTS,
    OPENING,
    drawn_or_why_not,
    drawn_test_image,
    in_turn,
    large_image_first,
    latest_by,
    redrawn,
)
from favae_demo.ui.tabs.detect.opening import opening, opening_again, opening_steps, show_selected
from favae_demo.ui.tabs.detect.view import PARTS, DetectOptions, judge_own_image, judge_test_image, make_view

pytest_plugins = ["trained_widget", "few_samples"]

SPOT = "test/spot/003.png"
CONTROLS = astuple(DetectOptions())


@pytest.fixture
def turns() -> Turns:
    return Turns(options=DetectOptions())


@pytest.fixture
def model(services: Services) -> str:
    return services.model_choices("widget")[0][1]


def opened(services: Services, turns: Turns, category: str | None = "widget", key: str = "") -> dict:
    (step,) = opening(services, turns, category, key)
    return dict(zip(OPENING, step, strict=True))


def all_skipped(values: Iterable) -> bool:
    return all(isinstance(value, dict) and value == gr.skip() for value in values)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Lets something happen once the next image has been judged and before it is drawn."""

    def set_up(happens: Callable[[], object]) -> None:
        def judged(*values: object, **named: object) -> object:
            state = judge_test_image(*values, **named)
            monkeypatch.setattr(answers, "judge_test_image", judge_test_image)
            happens()
            return state

        monkeypatch.setattr(answers, "judge_test_image", judged)

    return set_up


def own_steps(services: Services, turns: Turns, model: str, path: Path) -> list[list]:
    """What the page shows, one after another, of a visitor's own image that was uploaded: gallery, key, state and parts."""

    @in_turn
    def judge(turns: Turns, category: str, model: str, *_: object) -> Generator[tuple, None, tuple]:
        return (yield from large_image_first(services, turns, model, [str(path)], str(path)))

    return list(judge(turns, "widget", model, *CONTROLS))


def own_choice(services: Services, turns: Turns, model: str, path: Path) -> list:
    """What the page does with a visitor's own image: state and parts."""

    @in_turn
    def judge(turns: Turns, category: str, model: str, *_: object) -> tuple:
        return drawn_or_why_not(services, turns, partial(judge_own_image, services, model, str(path)))

    return judge(turns, "widget", model, *CONTROLS)


def test_the_page_opens_with_a_finished_example(services: Services, turns: Turns, model: str) -> None:
    values = opened(services, turns)
    assert values["picked"] == "test/scratch/000.png"
    assert values["shown"].model == model
    assert "score" in values["verdict"]
    assert values["gallery"].selected_index == 4


def test_what_is_missing_takes_the_verdicts_place(services: Services, turns: Turns) -> None:
    assert "no picture" in opened(services, turns, "widget", "test/spot/999.png")["verdict"]
    assert text.page.CHOOSE_PICTURE in opened(services, turns, None)["verdict"]


def test_an_image_that_cannot_be_read_clears_the_answer_before_and_says_why(
    services: Services, turns: Turns, model: str, tmp_path: Path
) -> None:
    (tmp_path / "note.png").write_bytes(b"Dear reader")
    state, *drawn = own_choice(services, turns, model, tmp_path / "note.png")
    parts = dict(zip(PARTS, drawn, strict=True))
    assert "picture" in parts.pop("verdict")
    assert all_skipped((parts.pop("map"),))  # a list, which stays
    assert state is None
    assert set(parts.values()) == {None}
    assert not turns.pending


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


def test_the_answer_to_an_earlier_choice_is_dropped(
    services: Services, turns: Turns, model: str, blot: Path, meanwhile: Callable
) -> None:
    @in_turn
    def pick(turns: Turns, category: str, model: str, *_: object) -> tuple:
        return drawn_test_image(services, turns, category, model, SPOT)

    meanwhile(lambda: own_choice(services, turns, model, blot))
    assert all_skipped(pick(turns, "widget", model, *CONTROLS))
    state, *_ = pick(turns, "widget", model, *CONTROLS)
    assert state.path.name == "003.png"


def test_an_answer_that_overtook_an_earlier_one_on_its_way_is_given_once_more(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    late = opening(services, turns, "widget", "")
    assert next(late)[OPENING.index("shown")].path.name == "000.png"  # now on its way
    mine = own_choice(services, turns, model, blot)
    (step,) = late
    again = dict(zip(OPENING, step, strict=True))
    assert again["shown"] is mine[0]
    assert again["verdict"] == mine[1 + list(PARTS).index("verdict")]
    assert all_skipped(again[name] for name in LISTS)
    assert turns.latest == {}  # nothing is kept


def test_a_control_that_changes_meanwhile_counts(
    services: Services, turns: Turns, model: str, meanwhile: Callable
) -> None:
    redraws: list = []

    def move() -> None:
        redraws.extend(redrawn(services, turns, before, DetectOptions(rate=20), ("verdict",)))

    before, _, *_ = drawn_test_image(services, turns, "widget", model, SPOT)
    meanwhile(move)
    values = opened(services, turns, key=SPOT)
    there = make_view(services, values["shown"], DetectOptions(rate=20)).found.threshold
    here = make_view(services, values["shown"], DetectOptions()).found.threshold
    assert all_skipped(redraws[0])  # of the image that is about to go
    assert (f"limit {there:.4g}" in values["verdict"], there == here) == (True, False)


def test_a_redraw_that_is_overtaken_by_a_choice_is_dropped(
    services: Services, turns: Turns, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = drawn_test_image(services, turns, "widget", model, SPOT)[0]
    assert "limit" in next(redrawn(services, turns, state, DetectOptions(rate=20), ("verdict",)))[0]
    monkeypatch.setattr(answers, "render", lambda *_: [turns.take()])
    assert all_skipped(*redrawn(services, turns, state, DetectOptions(), ("verdict",)))


def test_nothing_is_redrawn_where_nothing_is_shown(services: Services, turns: Turns) -> None:
    assert all_skipped(*redrawn(services, turns, None, DetectOptions(rate=2), ("verdict", "result")))
    assert turns.options.rate == 2


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


@pytest.fixture(params=["jpeg", "png"])
def large(request: pytest.FixtureRequest, blot: Path, tmp_path: Path) -> Path:
    """The same picture with nine million pixels, in a format that can be read reduced, and in one that cannot."""
    path = tmp_path / f"large.{request.param}"
    with Image.open(blot) as image:
        image.convert("RGB").resize((3000, 3000)).save(path)
    return path


def answered(services: Services, turns: Turns, model: str, path: Path) -> Iterator[dict]:
    """What the page does with a visitor's own image, step by step."""

    @in_turn
    def judge(turns: Turns, category: str, model: str, *_: object) -> Generator[tuple, None, tuple]:
        return (yield from large_image_first(services, turns, model, [str(path)], str(path)))

    for step in judge(turns, "widget", model, *CONTROLS):
        yield dict(zip(OPENING[-len(step) :], step, strict=True))


def test_a_large_image_is_seen_before_it_is_judged_and_decoded_once(
    services: Services, turns: Turns, model: str, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    for name in ("read", "detect"):
        real = getattr(Services, name)

        def counted(*values: object, name: str = name, real: Callable = real) -> object:
            ran.append(name)
            return real(*values)

        monkeypatch.setattr(Services, name, counted)
    steps = answered(services, turns, model, large)
    first = next(steps)
    assert "detect" not in ran
    assert turns.pending
    assert text.page.JUDGING in first["verdict"]
    assert (first["shown"], first["result"], first["regions"]) == (None, None, None)
    (last,) = steps
    assert ran == ["read", "detect"]
    assert not turns.pending
    alone = judge_own_image(services, model, str(large), DetectOptions())
    assert last["shown"].detection.score == alone.detection.score
    assert first["picture"].shape == last["picture"].shape
    assert np.abs(first["picture"].astype(int) - last["picture"]).mean() < 2


def test_a_small_image_is_judged_at_once(services: Services, turns: Turns, model: str, blot: Path) -> None:
    (only,) = answered(services, turns, model, blot)
    assert only["shown"] is not None


def test_what_is_chosen_while_a_large_image_is_seen_ends_its_answer(
    services: Services, turns: Turns, model: str, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = answered(services, turns, model, large)
    next(steps)
    turns.take(("widget", model))
    monkeypatch.setattr(Services, "detect", None)
    assert list(steps) == []


def test_a_large_image_that_is_damaged_is_said_in_place_of_the_verdict(
    services: Services, turns: Turns, model: str, large: Path
) -> None:
    large.write_bytes(large.read_bytes()[:-5000])
    *_, last = answered(services, turns, model, large)
    assert "large." in last["verdict"]
    assert "damaged" in last["verdict"]
    assert last["picture"] is None


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
    services: Services, turns: Turns, model: str, large: Path
) -> None:
    turns.take(("widget", model))
    turns.look_at(own=str(large))
    (step,) = opening_again(services, turns)
    shown = dict(zip(OPENING, step, strict=True))
    assert (shown["shown"].path, shown["shown"].model) == (large, model)
    assert all_skipped([shown["picked"], shown["gallery"]])


def test_another_model_judges_the_image_whose_answer_is_still_on_its_way(
    services: Services, turns: Turns, model: str
) -> None:
    values = opened(services, turns)
    turns.look_at(key=SPOT)  # its answer will be dropped
    marked, key, state, *_ = latest_by(
        services, turns, "widget", model, values["shown"], "all", values["picked"]
    )
    assert (key, state.path.name) == (SPOT, "003.png")
    assert image_picker.samples(services, "widget", "all")[marked.selected_index].key == SPOT
    marked, key, again, *_ = latest_by(services, turns, "widget", model, state, "all", SPOT)
    assert all_skipped([marked, key])
    assert again.path == state.path


def test_another_model_judges_the_own_image_that_was_chosen_last(
    services: Services, turns: Turns, model: str, blot: Path
) -> None:
    before = opened(services, turns)["shown"]
    turns.look_at(own=str(blot))
    assert latest_by(services, turns, "widget", model, before, "all", "")[2].path == blot
