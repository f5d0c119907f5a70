"""All wording of the page, in the language of the request: `text.ROOM.NAME`.

`en/`, `it/` and `de/` hold the same rooms, a module for each tab and for what several share; a room's names are the same in every language.
`formatting` makes texts of values, and `sentences` translates those of the core.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from favae_demo.ui import language

if TYPE_CHECKING:  # the names that there are
    from favae_demo.ui.text.en import (
        batch,
        compare,
        data,
        draw,
        export,
        feedback,
        gradio,
        guard,
        history,
        live,
        page,
        report,
        results,
        settings,
        train,
        values,
    )

ROOMS = (
    "batch", "compare", "data", "draw", "export", "feedback", "gradio", "guard", "history", "live", "page", "report", "results", "settings",
    "train", "values",
)  # fmt: skip


class Room:
    """A room whose names are looked up in the language of the request, each time anew."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(f"{__name__}.{language.current()}.{self._name}"), name)


globals().update({name: Room(name) for name in ROOMS})

from favae_demo.ui.text import formatting, sentences  # noqa: E402 - they use the rooms

__all__ = [
    "ROOMS",
    "Room",
    "batch",
    "compare",
    "data",
    "draw",
    "export",
    "feedback",
    "formatting",
    "gradio",
    "guard",
    "history",
    "live",
    "page",
    "report",
    "results",
    "sentences",
    "settings",
    "train",
    "values",
]
