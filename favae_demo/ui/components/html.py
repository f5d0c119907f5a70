"""HTML for what Gradio has no component for."""

import base64
import html
from collections.abc import Mapping, Sequence

from favae_demo.scoring.detection import DEFECT, NOT_JUDGED, Detection
from favae_demo.scoring.explanation import reason
from favae_demo.scoring.multiples import TICKS, scale_share
from favae_demo.ui import text
from favae_demo.ui.errors import user_message
from favae_demo.viz.heatmap import css_gradient


def verdict_html(found: Detection | None, note: str = "", defective: bool | None = None) -> str:
    """Returns the verdict as word and icon, the score as a multiple of the threshold, a gauge whose middle is the threshold, and the reasons in one line.

    Args:
        found: The detection; None shows the note alone.
        note: A remark below.
        defective: Whether the part is known to have a defect; None where that is not known.
    """
    note = text.sentences.translate(note)
    if found is None:
        return f'<div class="verdict none" role="status" aria-live="polite">{html.escape(note)}</div>'
    word, icon = text.page.VERDICTS[found.verdict]
    return (
        f'<div class="verdict {css_class(found)}" role="status" aria-live="polite">'
        f'<span class="word"><span aria-hidden="true">{icon}</span> {word}</span>{outcome_html(found, defective)}'
        f'<span class="numbers">{multiple_html(found)}</span>{gauge_html(scale_share(found.multiple))}{support_html(found)}'
        f'<span class="why">{html.escape(text.sentences.translate(reason(found)))}</span><span class="note">{html.escape(note)}</span></div>'
    )


def multiple_html(found: Detection) -> str:
    """Returns the score as a multiple of the threshold."""
    return f"<strong>{text.formatting.multiple(found.multiple)}</strong>"


def gauge_html(share: float) -> str:
    """Returns the gauge of a score: a logarithmic scale from a tenth of the threshold to ten times it, with its ticks.

    Args:
        share: From `scale_share`: how far the gauge is filled.
    """
    ticks = "".join(
        f'<i style="left:{scale_share(tick):.1%}">{text.page.GAUGE_LIMIT if tick == 1 else f"{tick:g}"}</i>'
        for tick in TICKS
    )
    return (
        f'<span class="gauge" aria-hidden="true"><span class="track"><span class="fill" style="width:{share:.1%}"></span></span>'
        f'<span class="limit"></span><span class="ticks">{ticks}</span></span>'
    )


def outcome_html(found: Detection, defective: bool | None) -> str:
    """Returns whether a verdict is correct, as word and sign; empty where the truth is not known or nothing was judged."""
    if defective is None or found.verdict == NOT_JUDGED:
        return ""
    sign, word = text.page.OUTCOMES[defective, found.verdict]
    kind = "right" if (found.verdict == DEFECT) == defective else "wrong"
    return f'<span class="outcome {kind}"><span aria-hidden="true">{sign}</span> {word}</span>'


def css_class(found: Detection) -> str:
    """Returns the class of a verdict in the style sheet."""
    return found.verdict.replace(" ", "-")


def support_html(found: Detection) -> str:
    """Returns the mark beside the gauge of a limit that too few good images support; empty for others."""
    if found.support.is_enough:
        return ""
    return f'<span class="unsupported" title="{text.page.UNSUPPORTED_INFO}"><span aria-hidden="true">?</span> {text.page.UNSUPPORTED}</span>'


def facts_html(sentences: Sequence[str]) -> str:
    """Returns sentences on what a verdict is worth, as a list; an empty string where there are none."""
    lines = "".join(f"<li>{html.escape(text.sentences.translate(one))}</li>" for one in sentences if one)
    return f'<ul class="facts">{lines}</ul>' if lines else ""


def progress_html(share: float, message: str, label: str) -> str:
    """Returns a progress bar with its text.

    Args:
        share: How much is done, in [0, 1].
        message: Shown below the bar.
        label: What the bar measures, for screen readers.
    """
    percent = round(100 * share)
    return (
        f'<div role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
        f'aria-label="{html.escape(label)}" class="bar"><div style="width:{percent}%"></div></div>'
        f'<p role="status">{html.escape(message)}</p>'
    )


def table_html(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> str:
    """Returns a plain table of texts, or the sentence `empty` where there are no rows."""
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


def legend_html(colour_map: str, has_truth: bool, truth: str = "") -> str:
    """Returns the legend of the outlines and colours of the images.

    Args:
        colour_map: One of the values of `heatmap.COLOUR_MAPS`.
        has_truth: Whether known defects are outlined.
        truth: What their outlines mean; by default that they are known.
    """
    truth = truth or text.page.LEGEND_TRUTH
    known = f'<span><i class="line truth"></i> {html.escape(truth)}</span>' if has_truth else ""
    return (
        f'<div class="legend"><span><i class="line found"></i> {text.page.LEGEND_FOUND}</span>{known}'
        f'<span class="scale"><span>{text.page.LEGEND_CALM}</span><i style="background:{css_gradient(colour_map)}">'
        f"<b>{text.page.LEGEND_LIMIT}</b></i><span>{text.page.LEGEND_HIGH}</span></span></div>"
    )


def notice_html(sentences: Sequence[str]) -> str:
    """Returns sentences that stay on screen, such as errors; an empty string where there are none."""
    lines = "".join(f"<p>{html.escape(user_message(one))}</p>" for one in sentences)
    return f'<div class="notice" role="status">{lines}</div>' if lines else ""


def figure_html(
    light: str,
    dark: str,
    title: str,
    alt: str,
    *,
    below: str = "",
    name: str = "",
    save: Mapping[str, str] | None = None,
) -> str:
    """Returns a rendered chart with its title.

    Args:
        light: SVG for a light page.
        dark: SVG for a dark page.
        title: Shown above.
        alt: Text alternative for screen readers.
        below: A remark.
        name: Stem of the files that are saved, the same in every language.
        save: Labels of the buttons that save the chart, by format (`png`, `svg`); `page.js` does it.
    """
    images = "".join(
        f'<img class="{css_class}" decoding="sync" alt="{html.escape(alt)}" src="{svg_address(svg)}">'
        for css_class, svg in (("on-light", light), ("on-dark", dark))
    )
    buttons = "".join(
        f'<button type="button" data-save="{kind}" aria-label="{html.escape(f"{label}: {title}")}">{html.escape(label)}</button>'
        for kind, label in (save or {}).items()
    )
    note = f"<p>{html.escape(below)}</p>" if below else ""
    foot = f'<div class="chart-foot">{note}<span>{buttons}</span></div>' if buttons or note else ""
    return f'<figure class="chart" data-name="{name}"><figcaption>{html.escape(title)}</figcaption>{images}{foot}</figure>'


def svg_address(svg: str) -> str:
    """Returns an SVG document as a data URL."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def status_html(device: str, model: str, milliseconds: float) -> str:
    """Returns the status line: device, model, and milliseconds of the last image."""
    line = text.page.STATUS.format(
        device=text.sentences.translate(device), model=model, milliseconds=milliseconds
    )
    return f'<div class="status">{html.escape(line)}</div>'
