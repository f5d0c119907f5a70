"""Strips of captioned images as HTML, in which no file has to be served."""

import base64
import html
import io
from collections.abc import Sequence
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
    return f'<section class="strip-section"><h3>{html.escape(title)}</h3>{paragraphs}{row}</section>'


def _captioned_html(image: CaptionedImage) -> str:
    caption, note = html.escape(image.caption), html.escape(image.note)
    small = f"<small>{note}</small>" if note else ""
    alt = ", ".join(filter(None, (caption, note)))
    return (
        f'<figure class="{image.style}"><img src="{image.source}" alt="{alt}">'
        f"<figcaption>{caption}{small}</figcaption></figure>"
    )
