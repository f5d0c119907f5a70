"""An upload component that passes the file on undecoded."""

from typing import Any

import gradio as gr


class PictureInput(gr.Image):
    """As `gr.Image`, but without Gradio's own decoding: damaged and oversized files get an error message of the core, not a stack trace."""

    is_template = True  # to the page it is a plain Image

    # No __init__ of its own: Gradio reads from its signature what to send to the page.

    def preprocess(self, payload: Any) -> str | None:
        """Returns the path of the uploaded file, unread."""
        return payload.path if payload else None
