"""Answers of the Detect tab: what is drawn of an image that was chosen, and which of a visitor's choices counts."""

import inspect
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError, WeightsPendingError
from favae_demo.ui import text
from favae_demo.ui.components import image_picker
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.components.updates import row
from favae_demo.ui.errors import user_message
from favae_demo.ui.services import MANY_PIXELS, Services
from favae_demo.ui.tabs.detect.view import (
    CONTROLS,
    PARTS,
    SIDE,
    DetectOptions,
    JudgedImage,
    judge_own_image,
    judge_test_image,
    judge_with_model,
    make_view,
    render,
)
from favae_demo.viz.overlay import display_image

LISTS = ("category", "model", "about", "sources", "kind", "gallery")
OPENING = (*LISTS, "picked", "shown", *PARTS)


def in_turn(judge: Callable[..., tuple | Generator[tuple, None, tuple]]) -> Callable[..., Any]:
    """Wraps a handler that judges another image, so that its answer counts only while nothing else has been chosen.

    Args:
        judge: Takes the visitor's turns, category and model first, and the controls' values last; returns values of the
            last of the `OPENING` components. A generator function may yield such values before; it costs each answer more, as Gradio sends
            the last values of a generator twice, and the page draws them twice.
    """

    def begun(turns: Turns, category: str | None, model: str | None, values: Sequence[Any]) -> int:
        turn = turns.take((category, model))
        turns.options = DetectOptions(*values[-len(CONTROLS) :])
        return turn

    @wraps(judge)
    def answer(turns: Turns, category: str | None, model: str | None, *values: Any) -> list:
        turn = begun(turns, category, model, values)
        try:
            answered = judge(turns, category, model, *values)
        finally:
            turns.end(turn)
        assert isinstance(answered, tuple)
        names = OPENING[-len(answered) :]
        return row(turns.give(turn, dict(zip(names, answered, strict=True))), names)

    @wraps(judge)
    def stream(turns: Turns, category: str | None, model: str | None, *values: Any) -> Iterator[list]:
        turn = begun(turns, category, model, values)
        try:
            made = judge(turns, category, model, *values)
            assert isinstance(made, Generator)
            answered = yield from _steps(turns, turn, made)
        finally:
            turns.end(turn)
        if answered is not None:
            yield from sent(turns, turn, OPENING[-len(answered) :], answered)

    return stream if inspect.isgeneratorfunction(judge) else answer


def _steps(
    turns: Turns, turn: int, steps: Generator[tuple, None, tuple]
) -> Generator[list, None, tuple | None]:
    """Yields what a handler shows before its answer, and returns the answer; None where something else has been chosen since."""
    while True:
        try:
            values = next(steps)
        except StopIteration as end:
            return end.value
        yield from sent(turns, turn, OPENING[-len(values) :], values)
        if not turns.is_latest(turn):
            return None


def judged_anew(services: Services, turns: Turns, model: str | None, state: JudgedImage | None) -> tuple:
    """Returns what is drawn of the image that is shown, by another model; without a state it is a visitor's that could not be read so far."""
    if state is None:
        return drawn_or_why_not(services, turns, partial(judge_own_image, services, model, turns.own))
    return drawn_or_why_not(services, turns, partial(judge_with_model, services, state, model))


def latest_by(
    services: Services,
    turns: Turns,
    category: str,
    model: str | None,
    state: JudgedImage | None,
    kind: str,
    key: str,
) -> tuple:
    """Returns what is drawn of the image that was chosen last, by another model.

    Args:
        services: The core.
        turns: The visitor's choices. The image may not be on the page yet: its answer, by the model before, is still on its way, and will be dropped.
        category: The kind of part.
        model: Path of the checkpoint.
        state: The image that is on the page.
        kind: Which images the gallery shows.
        key: Key of the test image that is on the page; empty for an own one.

    Returns:
        Values of the gallery, of the key, and of what is drawn.
    """
    model = model or services.first_model(category)  # the list of models may still be on its way
    newest = turns.key or key
    if turns.own:
        current = state if state is not None and str(state.path) == turns.own else None
    elif state is None or newest != key:
        place = image_picker.position(image_picker.samples(services, category, kind), newest)
        drawn = drawn_test_image(services, turns, category, model, newest)
        return gr.Gallery(selected_index=place), newest, *drawn
    else:
        current = state
    return gr.skip(), gr.skip(), *judged_anew(services, turns, model, current)


def drawn_test_image(services: Services, turns: Turns, category: str, model: str | None, key: str) -> tuple:
    """Returns what is drawn of a test image, see `drawn_or_why_not`."""
    turns.look_at(key=key)
    by = model or services.first_model(category)
    return drawn_or_why_not(services, turns, partial(judge_test_image, services, category, by, key))


def drawn_or_why_not(
    services: Services, turns: Turns, judge: Callable[[DetectOptions], JudgedImage]
) -> tuple:
    """Returns what is drawn of another image; one that cannot be judged clears the answer of the image before, and says why in its place."""
    try:
        return _drawn_now(services, turns, judge(turns.options))
    except FavaeError as error:
        return _blank(user_message(error))


def large_image_first(
    services: Services, turns: Turns, model: str | None, own: Sequence[str], path: str
) -> Generator[tuple, None, tuple]:
    """Returns what is drawn of one of the visitor's own images, see `drawn_or_why_not`; a large one is shown by itself before it is judged.

    Args:
        services: The core.
        turns: The visitor's choices, with the controls' values.
        model: Path of the checkpoint.
        own: Paths of all images of the visitor.
        path: The one to judge.

    Returns:
        Values of the gallery, in which no image is chosen any more, of the key, and of what is drawn.
    """
    chosen = (gr.Gallery(selected_index=None), "")
    turns.look_at(own=path)
    try:
        seen, image = services.first_look(path, SIDE), None
        if seen is None:
            image = services.read(path, model)
            seen = image.pixels if image.pixels.size > 3 * MANY_PIXELS else None
        if seen is not None:
            yield *chosen, *_blank(text.page.JUDGING, picture=display_image(seen, SIDE))
        judged = judge_own_image(
            services, model, path, turns.options, image, image_picker.own_note(own, path)
        )
        return *chosen, *_drawn_now(services, turns, judged)
    except FavaeError as error:
        return *chosen, *_blank(user_message(error))


def redrawn(
    services: Services,
    turns: Turns,
    state: JudgedImage | None,
    options: DetectOptions,
    names: tuple[str, ...],
) -> Iterator[list]:
    """Yields the parts of an image that a control changes, at the controls' new values.

    They stay as they are where another image is about to come, which will be drawn with these values.
    """
    turns.options, turn = options, turns.count
    if state is None or turns.pending:
        yield row({}, names)
    else:
        yield from sent(turns, turn, names, render(make_view(services, state, options), names))


def sent(turns: Turns, turn: int, names: tuple[str, ...], answered: Sequence[Any]) -> Iterator[list]:
    """Yields values of some components, see `Turns.send`; at least once, as an event needs."""
    if not turns.is_latest(turn):
        yield row({}, names)
    for values in turns.send(turn, dict(zip(names, answered, strict=True))):
        yield row(values, names)


def _drawn_now(services: Services, turns: Turns, state: JudgedImage) -> tuple:
    """Draws an image with the controls' values of the moment when this is done: they may change meanwhile."""
    options, drawn = None, []
    while options is not turns.options:
        options = turns.options
        drawn = render(make_view(services, state, options))
    return state, *drawn


def drawn_or_meanwhile(
    services: Services, turns: Turns, category: str | None, model: str | None, key: str
) -> tuple:
    """Returns what is drawn of a test image; by a model that is ready, if there is one, while the weights for the chosen one are downloaded."""
    if category is None or not key:
        return _blank(text.page.NO_PICTURES_HERE if category else text.page.CHOOSE_PICTURE)
    try:
        return _drawn_now(services, turns, judge_test_image(services, category, model, key, turns.options))
    except WeightsPendingError as error:
        pending = user_message(error)
    except FavaeError as error:  # the rest of the page still works
        return _blank(user_message(error))
    choices = (path for _, path in services.model_choices(category))
    ready = next((path for path in choices if services.registry.is_ready(Path(path))), None)
    if ready is None:
        return _blank(pending)
    state = judge_test_image(services, category, ready, key, turns.options)
    note = f"{pending} {text.page.FETCH_MEANWHILE.format(model=state.title)} {state.truth_note}"
    return _drawn_now(services, turns, replace(state, truth_note=note))


def _blank(note: str, **parts: Any) -> tuple:
    empty = dict.fromkeys(PARTS) | {"verdict": verdict_html(None, note), "map": gr.skip()} | parts
    return None, *empty.values()
