"""Answers of the Detect tab: what is drawn of a choice, and which of several choices counts, without a page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from detect_choices import CONTROLS, SPOT, all_skipped, opened, own_choice, own_steps
from PIL import Image

from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect import answers
from favae_demo.ui.tabs.detect.answers import (
    LISTS,
    OPENING,
    drawn_test_image,
    in_turn,
    latest_by,
    redrawn,
)
from favae_demo.ui.tabs.detect.opening import opening
from favae_demo.ui.tabs.detect.view import PARTS, DetectOptions, judge_own_image, make_view

pytest_plugins = ["trained_widget", "detect_choices"]


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
    there, here = (
        text.formatting.multiple(make_view(services, values["shown"], options).found.multiple)
        for options in (DetectOptions(rate=20), DetectOptions())
    )
    assert all_skipped(redraws[0])  # of the image that is about to go
    assert (there in values["verdict"], there == here) == (True, False)


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


@pytest.fixture(params=["jpeg", "png"])
def large(request: pytest.FixtureRequest, blot: Path, tmp_path: Path) -> Path:
    """The same picture with nine million pixels, in a format that can be read reduced, and in one that cannot."""
    path = tmp_path / f"large.{request.param}"
    with Image.open(blot) as image:
        image.convert("RGB").resize((3000, 3000)).save(path)
    return path


def answered(services: Services, turns: Turns, model: str, path: Path) -> Iterator[dict]:
    """What the page does with a visitor's own image, step by step."""
    for step in own_steps(services, turns, model, path):
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
