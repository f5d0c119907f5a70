"""Converts the core's errors to messages on screen."""

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError
from favae_demo.core.plain_text import escape_markup
from favae_demo.core.settings import is_public
from favae_demo.ui import text

# A path in quotes, which may contain spaces, or one without quotes and with several components; neither a URL nor `and/or` matches.
_QUOTED = re.compile(r"""(['"`])(?:[A-Za-z]:)?[\\/][^'"`]*?([^'"`\\/]*)[\\/]*\1""")
_BARE = re.compile(r"""(?<![\w:/\\.])(?:~|[A-Za-z]:)?[\\/](?:[^\\/\s'"`<>;,]+[\\/])+([^\\/\s'"`<>;,]*)""")


def show_errors(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps an event handler so that a `FavaeError` appears on the page as its message.

    Any other exception is a bug and passes through.

    Args:
        handler: A function or a generator function.
    """

    def as_message(error: FavaeError) -> gr.Error:
        return gr.Error(escape_markup(user_message(error)), title=text.page.FAILED, print_exception=False)

    @functools.wraps(handler)
    def plain(*values: Any) -> Any:
        try:
            return handler(*values)
        except FavaeError as error:
            raise as_message(error) from error

    @functools.wraps(handler)
    def stream(*values: Any) -> Iterator[Any]:
        try:
            yield from handler(*values)
        except FavaeError as error:
            raise as_message(error) from error

    return stream if inspect.isgeneratorfunction(handler) else plain


def user_message(error: object) -> str:
    """Returns the message of an error in the page's language; on a public host, each path in it is reduced to its last component."""
    return text.sentences.translate(without_folders(str(error)) if is_public() else str(error))


def without_folders(sentence: str) -> str:
    """Returns a sentence in which each path is reduced to its last component."""
    return _BARE.sub(r"\1", _QUOTED.sub(r"\1\2\1", sentence))
