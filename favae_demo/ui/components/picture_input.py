"""An upload field whose file reaches the core as it came."""

from typing import Any

import gradio as gr


class PictureInput(gr.Image):
    """As `gr.Image`, but without Gradio's own decoding: damaged and oversized files get our sentence, not a trace."""

    is_template = True  # to the page it is a plain Image

    # No __init__ of its own: Gradio reads from its signature what to send to the page.

    def preprocess(self, payload: Any) -> str | None:
        """The path of the uploaded file, unread."""
        return payload.path if payload else None
