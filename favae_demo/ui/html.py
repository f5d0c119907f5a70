"""The few pieces of HTML that Gradio has no component for."""

import html
from collections.abc import Sequence

from favae_demo.detection.types import Detection
from favae_demo.ui import text as words
from favae_demo.ui.text import margin
from favae_demo.viz.heatmap import css_gradient

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


def table_html(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> str:
    """A plain table of texts; without rows the sentence `empty` stands in its place."""
    if not rows:
        return f'<p class="table-caption">{html.escape(empty)}</p>'
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<table class="plain"><caption class="table-caption">{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def legend_html(colour_map: str, has_truth: bool) -> str:
    """What the lines and colours of the pictures mean.

    Args:
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        has_truth: Whether known defects are outlined.
    """
    truth = f'<span><i class="line truth"></i> {words.LEGEND_TRUTH}</span>' if has_truth else ""
    return (
        f'<div class="legend"><span><i class="line found"></i> {words.LEGEND_FOUND}</span>{truth}'
        f'<span class="scale"><span>{words.LEGEND_CALM}</span><i style="background:{css_gradient(colour_map)}">'
        f"<b>{words.LEGEND_LIMIT}</b></i><span>{words.LEGEND_HIGH}</span></span></div>"
    )


def status_html(device: str, model: str, milliseconds: float) -> str:
    """The status line: where the model runs, which one, how long the last picture took."""
    line = words.STATUS.format(device=device, model=model, milliseconds=milliseconds)
    return f'<div class="status">{html.escape(line)}</div>'
