"""Turns the core's errors into messages on screen."""

import functools
import inspect
from collections.abc import Callable

import gradio as gr

from favae_demo.errors import FavaeError


def shown(handler: Callable) -> Callable:
    """Wraps a handler (plain or generator) so that a `FavaeError` appears as its sentence; others stay bugs."""

    def as_message(error: FavaeError) -> gr.Error:
        return gr.Error(str(error), title="That did not work", print_exception=False)

    @functools.wraps(handler)
    def plain(*values):
        try:
            return handler(*values)
        except FavaeError as error:
            raise as_message(error) from error

    @functools.wraps(handler)
    def stream(*values):
        try:
            yield from handler(*values)
        except FavaeError as error:
            raise as_message(error) from error

    return stream if inspect.isgeneratorfunction(handler) else plain
