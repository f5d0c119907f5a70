"""The language of the request that is being answered: chosen on the page, else the browser's, else English."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from gradio.context import LocalContext

LANGUAGES = {"en": "English", "it": "Italiano", "de": "Deutsch"}
DEFAULT = "en"
COOKIE = "favae-language"
"""Set by `page.js` when a visitor chooses a language."""
_answered: ContextVar[str] = ContextVar("language", default=DEFAULT)


def current() -> str:
    """Returns the code of the language in which to answer, a key of `LANGUAGES`; English where there is no request."""
    event = LocalContext.request.get(None)  # Gradio calls handlers in a task of its own
    return _answered.get() if event is None else asked(event)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answers in a language within the block."""
    token = _answered.set(code)
    try:
        yield
    finally:
        _answered.reset(token)


def asked(request: Any) -> str:
    """Returns the language that a request asks for.

    Args:
        request: Gradio's, or Starlette's.
    """
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language") or "")


@lru_cache(maxsize=256)
def preferred(header: str) -> str:
    """Returns the language that a browser likes best of those that are here.

    Args:
        header: Value of `Accept-Language`, as `de-CH,de;q=0.9,en;q=0.8`; what is not understood is passed over.
    """
    weights: dict[str, float] = {}
    for entry in header.split(","):
        tag, _, parameter = entry.partition(";")
        code = tag.strip().lower().partition("-")[0]
        if code in LANGUAGES:
            weights[code] = max(weights.get(code, 0.0), _weight(parameter))
    best = max(weights, key=weights.__getitem__, default=DEFAULT)
    return best if weights.get(best) else DEFAULT


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        weight = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0  # `nan` too fails both comparisons
