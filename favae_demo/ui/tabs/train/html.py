"""Pieces of HTML of the Train tab: strips of pictures, the card of a run, a list of figures."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Figure:
    """A picture with words.

    Attributes:
        source: Address for an `img` element, see `picture_source`.
        caption: Shown below it and read aloud in its place.
        note: A second line below, or an empty string.
        style: A class of the style sheet, or an empty string.
    """

    source: str
    caption: str
    note: str = ""
    style: str = ""


def image_source(image: np.ndarray | Path) -> str:
    """A `data:` address of an H×W×3 uint8 picture, or of a WebP file as it is; so no file has to be served."""
    if isinstance(image, Path):
        data = image.read_bytes()
    else:
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, format="WEBP", quality=85)
        data = stream.getvalue()
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def strip_html(title: str, figures: Sequence[Figure], notes: Sequence[str] = (), style: str = "") -> str:
    """A titled row of pictures that wraps on narrow screens.

    Args:
        title: Heading.
        figures: The pictures.
        notes: Sentences between heading and pictures; empty ones are left out.
        style: A class of the style sheet for the row.
    """
    items = "".join(_figure_html(figure) for figure in figures)
    said = "".join(f"<p>{html.escape(note)}</p>" for note in notes if note)
    row = f'<div class="strip {style}">{items}</div>' if items else ""
    return f'<section class="strip-section"><h4>{html.escape(title)}</h4>{said}{row}</section>'


def card_html(name: str, state: tuple[str, str, str], bar: str, facts: Mapping[str, str]) -> str:
    """The head of a run: its name, its state as icon and word, its bar, and some facts.

    Args:
        name: Readable name.
        state: Class of the style sheet, icon, word.
        bar: HTML of the progress bar with its sentence.
        facts: Values by what they are.
    """
    style, icon, word = state
    listed = "".join(
        f"<div><dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd></div>" for key, value in facts.items()
    )
    return (
        f'<section class="run-card"><header><h3>{html.escape(name)}</h3><span class="run-state {style}">'
        f'<span aria-hidden="true">{icon}</span> {html.escape(word)}</span></header>{bar}<dl>{listed}</dl></section>'
    )


def bar_html(share: float, sentence: str, label: str, spoken: str) -> str:
    """A progress bar with its percentage and a sentence.

    Args:
        share: How much is done, in [0, 1].
        sentence: Shown below; it changes often, so it is not read aloud.
        label: What the bar measures, for screen readers.
        spoken: What is read aloud when it changes.
    """
    percent = int(100 * share)
    return (
        f'<div class="run-bar"><div role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" aria-label="{html.escape(label)}" class="bar"><div style="width:{percent}%"></div></div>'
        f'<strong aria-hidden="true">{percent} %</strong></div><p>{html.escape(sentence)}</p>'
        f'<p class="only-read" role="status">{html.escape(spoken)}</p>'
    )


def figures_html(title: str, rows: Sequence[tuple[str, str, str]], note: str) -> str:
    """A table of figures: what it says in plain words, the technical name, the value."""
    body = "".join(
        f'<tr><th scope="row">{html.escape(words)}<small>{html.escape(term)}</small></th><td>{html.escape(value)}</td></tr>'
        for words, term, value in rows
    )
    table = f"<table>{body}</table>" if rows else ""
    return f'<section class="run-figures"><h4>{html.escape(title)}</h4><p>{html.escape(note)}</p>{table}</section>'


def _figure_html(figure: Figure) -> str:
    caption, note = html.escape(figure.caption), html.escape(figure.note)
    small = f"<small>{note}</small>" if note else ""
    alt = ", ".join(filter(None, (caption, note)))
    return (
        f'<figure class="{figure.style}"><img src="{figure.source}" alt="{alt}">'
        f"<figcaption>{caption}{small}</figcaption></figure>"
    )
