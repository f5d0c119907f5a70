"""The few pieces of HTML that Gradio has no component for."""

import html

from favae_demo.detection.types import Detection
from favae_demo.ui.text import margin

VERDICTS = {"defect": ("Defect", "⚠"), "good": ("Good part", "✓")}


def verdict_html(found: Detection | None, note: str = "") -> str:
    """The verdict as word, icon, score against limit (mid-gauge is the limit) and margin in words.

    Args:
        found: What was found; None shows the note alone.
        note: A remark below.
    """
    if found is None:
        return f'<div class="verdict none" role="status" aria-live="polite">{html.escape(note)}</div>'
    word, icon = VERDICTS[found.verdict]
    share = min(found.score / max(found.threshold, 1e-12) / 2, 1.0)
    return (
        f'<div class="verdict {found.verdict}" role="status" aria-live="polite">'
        f'<span class="word"><span aria-hidden="true">{icon}</span> {word}</span>'
        f"<span>score {found.score:.4g}, limit {found.threshold:.4g}: {margin(found.score, found.threshold)}</span>"
        f'<span class="gauge" aria-hidden="true"><span class="fill" style="width:{share:.0%}"></span>'
        f'<span class="limit"></span></span><span class="note">{html.escape(note)}</span></div>'
    )


def progress_html(share: float, text: str, label: str = "Training progress") -> str:
    """A progress bar with its text.

    Args:
        share: How much is done, in [0, 1].
        text: Shown below the bar.
        label: What the bar measures, for screen readers.
    """
    percent = round(100 * share)
    return (
        f'<div role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
        f'aria-label="{html.escape(label)}" class="bar"><div style="width:{percent}%"></div></div>'
        f'<p role="status">{html.escape(text)}</p>'
    )
