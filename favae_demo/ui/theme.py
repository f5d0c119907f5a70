"""The theme, light and dark, with the style sheet and the scripts of the page."""

import json
from pathlib import Path

import gradio as gr

from favae_demo.data.io.formats import ACCEPTED
from favae_demo.ui import language, text

STATIC = Path(__file__).with_name("static")

# The system's own fonts: nothing is fetched from outside, and the page looks at home on every machine.
_SANS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")


def _theme() -> gr.themes.Base:
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=[gr.themes.Font(name) for name in _SANS],
        font_mono=[gr.themes.Font(name) for name in _MONO],
    )
    return base.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        # Gradio's own subdued texts fall short of a contrast of 4.5.
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_700",
        block_label_background_fill="white",
        block_label_background_fill_dark="*neutral_900",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
        block_title_text_weight="600",
        block_shadow="none",
        input_background_fill="white",
        input_background_fill_dark="*neutral_800",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_600",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
        slider_color="*primary_700",
        slider_color_dark="*primary_400",
        color_accent="*primary_700",
        link_text_color="*primary_800",
        link_text_color_dark="*primary_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="*neutral_100",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_100",
        button_cancel_background_fill="#b3261e",
        button_cancel_background_fill_hover="#8c1d17",
        button_cancel_text_color="white",
    )


def head() -> str:
    """Returns what stands in the page's head, with its language and the sentences of the scripts."""
    # In the head instead of through Gradio's `css`, which would tie every rule within @media to a part of the page.
    style, *scripts = (
        (STATIC / name).read_text(encoding="utf-8")
        for name in ("style.css", "page.js", "takeaway.js", "training.js", "viewer.js")
    )
    scripts += [
        f"favae.said = {json.dumps(text.page.SAID | {'queue': text.gradio.WORDS['status.queue_position'], 'formats': ','.join(ACCEPTED)})}",
        f"favae.messages = {json.dumps(text.gradio.MESSAGES)}",
        f'favae.keepLanguage("{language.current()}")',
    ]
    if language.current() != language.DEFAULT:
        scripts.append(f"favae.nameParts({json.dumps(text.gradio.NAMES)})")
    return f"<style>{style}</style>" + "".join(f"<script>{script}</script>" for script in scripts)


THEME = _theme()
HEAD = head()
