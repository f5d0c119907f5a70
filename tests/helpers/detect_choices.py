"""Choices of a visitor in the Detect tab, and what it shows of them, without a page."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import astuple
from functools import partial
from pathlib import Path

import gradio as gr
import pytest

from favae_demo.ui.components.turns import Turns
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect import answers
from favae_demo.ui.tabs.detect.answers import OPENING, drawn_or_why_not, in_turn, large_image_first
from favae_demo.ui.tabs.detect.opening import opening
from favae_demo.ui.tabs.detect.view import DetectOptions, judge_own_image, judge_test_image

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


def own_choice(services: Services, turns: Turns, model: str, path: Path) -> list:
    """What the page does with a visitor's own image: state and parts."""

    @in_turn
    def judge(turns: Turns, category: str, model: str, *_: object) -> tuple:
        return drawn_or_why_not(services, turns, partial(judge_own_image, services, model, str(path)))

    return judge(turns, "widget", model, *CONTROLS)


def own_steps(services: Services, turns: Turns, model: str, path: Path) -> Iterator[list]:
    """What the page shows, one after another, of a visitor's own image that was uploaded: gallery, key, state and parts."""

    @in_turn
    def judge(turns: Turns, category: str, model: str, *_: object) -> Generator[tuple, None, tuple]:
        return (yield from large_image_first(services, turns, model, [str(path)], str(path)))

    return judge(turns, "widget", model, *CONTROLS)
