"""Arguments that the page's events share."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr

EACH_CLICK: dict[str, Any] = {"trigger_mode": "multiple"}
"""For a choice in a gallery: Gradio drops a second one that comes while the first is answered, or answers the first again."""
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For an event that is no endpoint and that shows no progress over its outputs."""
WAITING: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
"""For an event that may wait in the queue: its position there is shown, in one place of the page for all (`_keep_progress_in` in `app.py`)."""
WATCHING: dict[str, Any] = {"concurrency_limit": None}
"""For an event that may wait until generated parts are drawn. By Gradio's default one visitor at a time is answered, and the others would wait with this
one for parts that they do not look at. Gradio's threads are the limit then."""
PICK_ROW = """element.addEventListener('click', (event) => {
  const name = event.target.closest('[data-number]');
  if (!name) return;
  element.querySelectorAll('[aria-current]').forEach((row) => row.removeAttribute('aria-current'));
  name.closest('tr').setAttribute('aria-current', 'true');
  trigger('select', {number: Number(name.dataset.number)});
});"""
"""Script of a table in which a click on a button in a row opens the row: it marks the row and triggers `select` with its number."""

# By list, what changes where something else is chosen in it.
_told: WeakKeyDictionary[gr.Dropdown, gr.Textbox] = WeakKeyDictionary()


def choice_of(field: gr.Dropdown) -> Callable:
    """Returns the event that says that a visitor has chosen something else in a list.

    Gradio's `input` comes twice with each choice by the mouse, and again whenever a list is left as it is; `select` does not come with the keyboard.
    """
    told = _told.get(field)
    if told is None:
        told = _told[field] = gr.Textbox(visible="hidden", label="choice")
        field.focus(None, field, None, js=f"(value) => favae.know({field._id}, value)", **QUIET)
        field.input(None, field, told, js=f"(value) => favae.choose({field._id}, value)", **QUIET)
    return told.change
