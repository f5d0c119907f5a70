"""HTML of the Train tab: strips of images, the header of a run, its table of metrics."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class CaptionedImage:
    """An image of a strip.

    Attributes:
        source: Address for an `img` element, as from `image_data_url`.
        caption: Shown below the image, and read aloud in its place.
        note: A second line below, or an empty string.
        style: A class of the style sheet, or an empty string.
    """

    source: str
    caption: str
    note: str = ""
    style: str = ""


def image_data_url(image: np.ndarray | Path) -> str:
    """Returns an image as a `data:` URL, so that no file has to be served.

    Args:
        image: H×W×3 uint8 RGB, which is encoded as WebP, or a WebP file, which is taken as it is.
    """
    if isinstance(image, Path):
        data = image.read_bytes()
    else:
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, format="WEBP", quality=85)
        data = stream.getvalue()
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def strip_html(
    title: str, images: Sequence[CaptionedImage], notes: Sequence[str] = (), style: str = ""
) -> str:
    """Returns a titled row of images that wraps on narrow screens.

    Args:
        title: Heading.
        images: The images.
        notes: Sentences between heading and images; empty ones are left out.
        style: A class of the style sheet for the row.
    """
    items = "".join(_captioned_html(image) for image in images)
    paragraphs = "".join(f"<p>{html.escape(note)}</p>" for note in notes if note)
    row = f'<div class="strip {style}">{items}</div>' if items else ""
    return f'<section class="strip-section"><h4>{html.escape(title)}</h4>{paragraphs}{row}</section>'


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
        f'<section class="run-card"><header><h3>{html.escape(name)}</h3><span class="run-state {style}">'
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
    return f'<section class="run-figures"><h4>{html.escape(title)}</h4><p>{html.escape(note)}</p>{table}</section>'


def _captioned_html(image: CaptionedImage) -> str:
    caption, note = html.escape(image.caption), html.escape(image.note)
    small = f"<small>{note}</small>" if note else ""
    alt = ", ".join(filter(None, (caption, note)))
    return (
        f'<figure class="{image.style}"><img src="{image.source}" alt="{alt}">'
        f"<figcaption>{caption}{small}</figcaption></figure>"
    )
