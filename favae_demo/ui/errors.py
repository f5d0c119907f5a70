"""Converts errors to messages on screen."""

import functools
import inspect
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError
from favae_demo.core.plain_text import escape_markup
from favae_demo.core.settings import is_public
from favae_demo.ui import text

# A path in quotes, which may contain spaces, or one without quotes and with several components; neither a URL nor `and/or` matches.
_QUOTED = re.compile(r"""(['"`])(?:[A-Za-z]:)?[\\/][^'"`]*?([^'"`\\/]*)[\\/]*\1""")
_BARE = re.compile(r"""(?<![\w:/\\.])(?:~|[A-Za-z]:)?[\\/](?:[^\\/\s'"`<>;,]+[\\/])+([^\\/\s'"`<>;,]*)""")


_log = logging.getLogger(__name__)


class MessageBlocks(gr.Blocks):
    """Blocks where every event that fails has a message: Gradio sends an empty one for all errors but its own.

    Such an error is a bug, and goes to the log.
    """

    async def process_api(self, *values: Any, **options: Any) -> Any:
        """Returns the answer to an event; see Gradio."""
        with failures_as(text.page.FAULT, logging.ERROR):
            return await super().process_api(*values, **options)


@contextmanager
def failures_as(sentence: str, level: int) -> Iterator[None]:
    """Raises errors that are not Gradio's as a message with a sentence, and logs them at a level, from ERROR on with the traceback."""
    try:
        yield
    except gr.Error as error:  # it is said on the page
        error.print_exception = False
        raise
    except Exception as error:
        _log.log(level, "An event failed: %s", error, exc_info=level >= logging.ERROR)
        raise gr.Error(sentence, title=text.page.FAILED, print_exception=False) from error


def show_errors(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps an event handler so that a `FavaeError` appears on the page as its message.

    Any other exception is a bug and passes through, to `MessageBlocks`. A generator that yields nothing, as one whose answer nobody
    waits for any longer, leaves the page as it is: Gradio would empty all its outputs.

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
        silent = True
        try:
            for answer in handler(*values):
                silent = False
                yield answer
        except FavaeError as error:
            raise as_message(error) from error
        if silent:
            yield gr.skip()

    return stream if inspect.isgeneratorfunction(handler) else plain


def user_message(error: object) -> str:
    """Returns the message of an error in the page's language; on a public host, each path in it is reduced to its last component."""
    return text.sentences.translate(without_folders(str(error)) if is_public() else str(error))


def without_folders(sentence: str) -> str:
    """Returns a sentence in which each path is reduced to its last component."""
    return _BARE.sub(r"\1", _QUOTED.sub(r"\1\2\1", sentence))
