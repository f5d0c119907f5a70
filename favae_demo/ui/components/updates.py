"""Values for components by name, and the updates that Gradio takes."""

from typing import Any

import gradio as gr

Values = dict[Any, Any]


def row(values: Values, names: tuple) -> list:
    """Values in the order of `names`; what has none stays as it is."""
    return [values.get(name, gr.skip()) for name in names]
