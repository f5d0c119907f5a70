"""Turns the core's errors into messages on screen."""

import functools
import inspect
import re
from collections.abc import Callable

import gradio as gr

from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import is_public

# A path in quotes, which may hold spaces, or one of several parts without; no address of the web, no `and/or`.
_QUOTED = re.compile(r"""(['"`])(?:[A-Za-z]:)?[\\/][^'"`]*?([^'"`\\/]*)[\\/]*\1""")
_BARE = re.compile(r"""(?<![\w:/\\.])(?:~|[A-Za-z]:)?[\\/](?:[^\\/\s'"`<>;,]+[\\/])+([^\\/\s'"`<>;,]*)""")


def shown(handler: Callable) -> Callable:
    """Wraps a handler (plain or generator) so that a `FavaeError` appears as its sentence; others stay bugs."""

    def as_message(error: FavaeError) -> gr.Error:
        return gr.Error(sentence(error), title="That did not work", print_exception=False)

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


def sentence(error: object) -> str:
    """What a visitor is told: an error's sentence, on a public host with the last part of each path only."""
    return without_folders(str(error)) if is_public() else str(error)


def without_folders(text: str) -> str:
    """A text in which each path is cut to its last part."""
    return _BARE.sub(r"\1", _QUOTED.sub(r"\1\2\1", text))
