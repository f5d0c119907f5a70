"""Values for components by name, and the updates that Gradio takes."""

from typing import Any

import gradio as gr

Values = dict[Any, Any]


def row(values: Values, names: tuple) -> list:
    """Returns the values in the order of `names`; components without a value stay as they are."""
    return [values.get(name, gr.skip()) for name in names]
