"""HTML of the Train tab: the header of a run, its loss curves, its table of metrics."""

import base64
import html
from collections.abc import Mapping, Sequence

from favae_demo.ui.components.html import svg_address
from favae_demo.viz.chart_marks import ThemedSvg


def run_card_html(name: str, state: tuple[str, str, str], bar: str, facts: Mapping[str, str]) -> str:
    """Returns the header of a run: its name, its state as icon and word, its progress bar, and some facts.

    Args:
        name: Readable name.
        state: Class of the style sheet, icon, word.
        bar: HTML of the progress bar, as from `run_bar_html`.
        facts: Values by their label.
    """
    style, icon, word = state
    rows = "".join(
        f"<div><dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd></div>" for key, value in facts.items()
    )
    return (
        f'<section class="run-card"><header><h2>{html.escape(name)}</h2><span class="run-state {style}">'
        f'<span aria-hidden="true">{icon}</span> {html.escape(word)}</span></header>{bar}<dl>{rows}</dl></section>'
    )


def run_bar_html(share: float, sentence: str, label: str, announcement: str) -> str:
    """Returns a progress bar with its percentage and a sentence.

    Args:
        share: Share that is done, in [0, 1].
        sentence: Shown below; it changes often, so screen readers do not announce it.
        label: What the bar measures, for screen readers.
        announcement: What screen readers announce when it changes.
    """
    percent = int(100 * share)
    return (
        f'<div class="run-bar"><div role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" aria-label="{html.escape(label)}" class="bar"><div style="width:{percent}%"></div></div>'
        f'<strong aria-hidden="true">{percent} %</strong></div><p>{html.escape(sentence)}</p>'
        f'<p class="only-read" role="status">{html.escape(announcement)}</p>'
    )


def curves_html(
    title: str, name: str, alt: str, drawn: ThemedSvg, over: str, csv: str, save: Mapping[str, str]
) -> str:
    """Returns a chart that tells the pointer its values, with buttons that save it.

    Args:
        title: Shown above.
        name: Stem of the files.
        alt: Text alternative for screen readers.
        drawn: The chart.
        over: SVG element that lies over the chart.
        csv: Its data.
        save: Labels of the buttons by format: `png` and `svg`, which `page.js` saves, and `csv`.
    """
    images = "".join(
        f'<img class="{css_class}" decoding="sync" alt="{html.escape(alt)}" src="{svg_address(svg)}">'
        for css_class, svg in (("on-light", drawn.light), ("on-dark", drawn.dark))
    )
    buttons = "".join(
        f'<button type="button" data-save="{kind}" aria-label="{html.escape(f"{label}: {title}")}">{html.escape(label)}</button>'
        for kind, label in save.items()
        if kind != "csv"
    )
    data = base64.b64encode(csv.encode()).decode()
    label = html.escape(save["csv"])
    link = f'<a download="{name}.csv" href="data:text/csv;base64,{data}" aria-label="{label}: {html.escape(title)}">{label}</a>'
    return (
        f'<figure class="chart" data-name="{name}"><figcaption>{html.escape(title)}</figcaption><div class="with-values">{images}{over}</div>'
        f'<div class="chart-foot"><span>{buttons}{link}</span></div></figure>'
    )


def metrics_table_html(title: str, rows: Sequence[tuple[str, str, str]], note: str) -> str:
    """Returns a table of metrics.

    Args:
        title: Heading.
        rows: For each metric its meaning in plain language, its technical name, and its value.
        note: A sentence below the heading.
    """
    body = "".join(
        f'<tr><th scope="row">{html.escape(meaning)}<small>{html.escape(term)}</small></th><td>{html.escape(value)}</td></tr>'
        for meaning, term, value in rows
    )
    table = f"<table>{body}</table>" if rows else ""
    return f'<section class="run-figures"><h3>{html.escape(title)}</h3><p>{html.escape(note)}</p>{table}</section>'
