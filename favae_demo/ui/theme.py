"""Looks: theme, style sheet, and the few pieces of HTML."""

import html

import gradio as gr

from favae_demo.detection.types import Detection
from favae_demo.ui.text import margin

THEME = gr.themes.Default(
    primary_hue=gr.themes.colors.teal,
    neutral_hue=gr.themes.colors.slate,
    font=[gr.themes.Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "sans-serif")],
    font_mono=[gr.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")],
).set(button_primary_background_fill="*primary_700", button_primary_background_fill_hover="*primary_800")

CSS = """
.verdict {border-radius: 10px; padding: 14px 18px; border: 2px solid; display: flex; gap: 16px; align-items: center; flex-wrap: wrap}
.verdict .word {font-size: 1.6rem; font-weight: 700}
.verdict.defect {border-color: #b3261e; background: #fdecea; color: #6b120d}
.verdict.good {border-color: #1b6e3c; background: #e8f5ec; color: #0f4123}
.verdict.none {border-color: #64748b; background: transparent}
.dark .verdict.defect {background: #3b1512; color: #ffd9d4; border-color: #f2897f}
.dark .verdict.good {background: #10301d; color: #cdf3d9; border-color: #63c48a}
.gauge {flex: 1 1 200px; min-width: 160px; height: 14px; border-radius: 7px; position: relative; background: rgba(128,128,128,.3)}
.gauge .fill {position: absolute; inset: 0 auto 0 0; border-radius: 7px; background: currentColor}
.gauge .limit {position: absolute; top: -5px; bottom: -5px; left: 50%; width: 3px; background: currentColor; outline: 1px solid white}
.bar {height: 18px; border-radius: 9px; background: rgba(128,128,128,.25); overflow: hidden}
.bar > div {height: 100%; background: #0f766e}
.gradio-container {max-width: 1280px !important}
@media (max-width: 600px) {.gradio-container {padding: 8px !important}}
"""


def verdict_html(found: Detection | None, note: str = "") -> str:
    """The verdict as word, icon, score against limit (mid-gauge is the limit) and margin in words."""
    if found is None:
        return f'<div class="verdict none" role="status" aria-live="polite">{html.escape(note)}</div>'
    word, icon = ("Defect", "⚠") if found.is_defect else ("Good part", "✓")
    share = min(found.score / max(found.threshold, 1e-12) / 2, 1.0)
    return (
        f'<div class="verdict {found.verdict}" role="status" aria-live="polite">'
        f'<span class="word"><span aria-hidden="true">{icon}</span> {word}</span>'
        f"<span>score {found.score:.2f}, limit {found.threshold:.2f}: {margin(found.score, found.threshold)}</span>"
        f'<span class="gauge" aria-hidden="true"><span class="fill" style="width:{share:.0%}"></span>'
        f'<span class="limit"></span></span><span>{html.escape(note)}</span></div>'
    )


def progress_html(share: float, text: str) -> str:
    """A progress bar with its text."""
    percent = round(100 * share)
    return (
        f'<div role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
        f'aria-label="Training progress" class="bar"><div style="width:{percent}%"></div></div>'
        f'<p role="status">{html.escape(text)}</p>'
    )
