"""Choosing a picture: test pictures grouped by kind, one before or after, or the visitor's own."""

from typing import Any, Literal

import gradio as gr

from favae_demo.data.mvtec import Sample
from favae_demo.ui import text
from favae_demo.ui.components.picture_input import PictureInput
from favae_demo.ui.services import Services

ALL = "all"
SOURCES: list[Literal["upload", "webcam", "clipboard"]] = ["upload", "clipboard", "webcam"]


def build(columns: int, height: int) -> dict[str, Any]:
    """The components, by name; they are filled by `fill`.

    `picked` holds the key of the chosen test picture, or an empty string for the visitor's own.

    Args:
        columns: Thumbnails side by side.
        height: Of the gallery, in pixels.
    """
    ui: dict[str, Any] = {"picked": gr.Textbox("", visible="hidden", label="picked")}
    with gr.Tabs():
        with gr.Tab(text.page.TEST_PICTURES):
            ui["kind"] = gr.Dropdown(
                [], label=text.page.KIND_LABEL, info=text.page.KIND_INFO, interactive=True, filterable=False
            )
            ui["gallery"] = gr.Gallery(
                [], label=text.page.TEST_PICTURES, show_label=False, columns=columns, height=height,
                allow_preview=False, object_fit="cover", interactive=False, buttons=[],
            )  # fmt: skip
        with gr.Tab(text.page.OWN_PICTURE):
            ui["upload"] = PictureInput(
                label=text.page.OWN_PICTURE_LABEL, sources=SOURCES, height=height + 60
            )
            gr.Markdown(text.page.OWN_PICTURE_INFO)
    return ui


def kinds(services: Services, category: str | None) -> list[tuple[str, str]]:
    """Kinds of test pictures as (words with their number, folder name), all of them first."""
    data = services.category(category) if category else None
    if data is None:
        return [(text.formatting.all_kinds(0), ALL)]
    named = [(f"{text.formatting.kind(kind)} ({count})", kind) for kind, count in data.counts.items()]
    return [(text.formatting.all_kinds(len(data.test)), ALL), *named]


def samples(services: Services, category: str | None, kind: str | None) -> list[Sample]:
    """Test pictures of one kind, in the order of the gallery."""
    data = services.category(category) if category else None
    return [one for one in data.test if kind in (ALL, None, one.defect)] if data else []


def fill(services: Services, category: str | None, kind: str = ALL, key: str = "") -> tuple[Any, Any]:
    """Updates of kind and gallery for a category, with the picture of `key` marked."""
    choices = kinds(services, category)
    known = kind if kind in {name for _, name in choices} else ALL
    return gr.Dropdown(choices=choices, value=known), gallery(services, category, known, key)


def gallery(services: Services, category: str | None, kind: str | None, key: str = "") -> Any:
    """Update of the gallery: its thumbnails, with the picture of `key` marked."""
    shown = samples(services, category, kind)
    return gr.Gallery(services.thumbnails(shown), selected_index=place(shown, key))


def place(shown: list[Sample], key: str) -> int | None:
    """Where in the gallery the picture of a key is, or None."""
    return next((i for i, sample in enumerate(shown) if sample.key == key), None)


def neighbour(services: Services, category: str, kind: str, key: str, step: int) -> str | None:
    """Key of the picture `step` places further, going round at the ends; None where there are no pictures."""
    shown = samples(services, category, kind)
    if not shown:
        return None
    here = place(shown, key)
    start = here if here is not None else (-1 if step > 0 else 0)
    return shown[(start + step) % len(shown)].key


def first_key(services: Services, category: str | None) -> str:
    """Key of the picture to show first: the first with a defect, else the first; empty where there is none."""
    shown = samples(services, category, ALL)
    return next((one.key for one in shown if not one.is_good), shown[0].key if shown else "")
