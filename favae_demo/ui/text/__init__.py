"""All wording of the app: a module for each tab, one for the page, and `formatting` for values."""

from favae_demo.ui.text import (
    batch,
    compare,
    data,
    draw,
    export,
    feedback,
    formatting,
    guard,
    history,
    live,
    page,
    report,
    results,
    train,
)

__all__ = [
    "batch",
    "compare",
    "data",
    "draw",
    "export",
    "feedback",
    "formatting",
    "guard",
    "history",
    "live",
    "page",
    "report",
    "results",
    "train",
]
