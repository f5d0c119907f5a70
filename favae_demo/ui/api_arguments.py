"""Checks what programs send, before anything is done with it."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr
from gradio_client.utils import is_file_obj, is_file_obj_with_meta, traverse

from favae_demo.config.presets import PRESETS
from favae_demo.config.variants import VARIANT_TITLES
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import display_name
from favae_demo.core.plain_text import escape_markup
from favae_demo.scoring.thresholds import check_rate
from favae_demo.ui import text
from favae_demo.ui.errors import MessageBlocks, failures_as
from favae_demo.ui.services import Services

MOST_NAMES = 20  # in one sentence
NO_CHOICE = "is not in the list of choices"  # as Gradio words it
LONGEST = 100  # letters of a wrong value in a sentence


class NumberInput(gr.Number):
    """As `gr.Number`, but without Gradio's own checks: a value that is no number gets a sentence, not an empty error."""

    is_template = True  # to the page it is a plain Number

    def preprocess(self, payload: Any) -> Any:
        """Returns what was given."""
        return payload


class CheckedBlocks(MessageBlocks):
    """Blocks that say so where the values of an event cannot be read: the page sends no such ones, but programs do."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *rest: Any, **options: Any) -> Any:
        """Returns the values of an event for its handler; see Gradio."""
        with failures_as(text.page.NOT_UNDERSTOOD, logging.INFO):
            traverse(inputs, _check_file, is_file_obj)
            try:
                return await super().preprocess_data(block_fn, inputs, *rest, **options)
            except gr.Error as error:  # it may repeat a value, and messages are shown as HTML
                is_choice = NO_CHOICE in error.message  # all choices follow, which may be places on the disk
                error.message = text.page.NO_CHOICE if is_choice else escape_markup(error.message)
                raise


def _check_file(value: Any) -> None:
    """Refuses a file that is not described as the page describes its uploads."""
    if not is_file_obj_with_meta(value):
        raise ValueError("a file that is not described as an upload")


def checked(services: Services) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that checks the arguments of a handler by their names.

    A value that fails raises a ConfigError with a sentence on what is expected.

    Args:
        services: The core.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        names = tuple(inspect.signature(handler).parameters)

        @functools.wraps(handler)
        def with_checks(*values: Any) -> Any:
            for name, value in zip(names, values, strict=True):
                if name in CHECKS:
                    CHECKS[name](value, services)
            return handler(*values)

        return with_checks

    return decorate


def _check_choice(name: str, value: Any, choices: Iterable[str]) -> None:
    known = list(choices)
    if value in known:
        return
    listed = ", ".join(known[:MOST_NAMES]) + (" …" if len(known) > MOST_NAMES else "")
    raise ConfigError(f"The {name} must be one of {listed or '(none are here)'}, not {_shown(value)}.")


def _check_rate(value: Any, services: Services) -> None:
    if not _is_number(value):
        raise ConfigError(
            f"The false-alarm rate must be a number between 0 and 1, as in 0.05, not {_shown(value)}."
        )
    check_rate(value)


def _check_seed(value: Any, services: Services) -> None:
    if not _is_number(value) or value != value // 1:
        raise ConfigError(f"The seed must be a whole number, not {_shown(value)}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return repr(display_name(value, LONGEST)) if value and isinstance(value, str) else repr(value)[:LONGEST]


CHECKS: dict[str, Callable[[Any, Services], None]] = {
    "category": lambda value, services: _check_choice("category", value, services.categories()),
    "teacher": lambda value, services: _check_choice("teacher", value, VARIANT_TITLES),
    "preset": lambda value, services: _check_choice("preset", value, PRESETS),
    "rate": _check_rate,
    "seed": _check_seed,
}
"""Checks by the name of an argument; pictures and files are checked where they are read."""
