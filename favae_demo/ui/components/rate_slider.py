"""The slider of the false-alarm rate: each tab that judges has one, and all show that of the page."""

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.choices import RATES, RECOMMENDED_RATE


def build(label: str | None = None, info: str | None = None) -> gr.Slider:
    """Builds the slider, in percent."""
    return gr.Slider(
        RATES[0],
        RATES[-1],
        RECOMMENDED_RATE,
        step=RATES[1] - RATES[0],
        label=label or text.page.RATE,
        info=info or text.page.RATE_INFO,
        interactive=True,
        elem_classes="rate",
    )
