"""Export of a model to other formats: the end of the Results tab."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import CheckpointError
from favae_demo.detection.engines import ENGINES
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services


def build(services: Services) -> dict[str, Any]:
    """Builds the panel; returns its components by name."""
    here = [name for name in text.export.FORMATS if not ENGINES[name].missing()]
    ui: dict[str, Any] = {}
    with gr.Column(elem_classes="settings"):
        gr.Markdown(f"## {text.export.TITLE}\n{text.export.INTRO if here else text.export.MISSING}")
        with gr.Column(visible=bool(here)):
            ui["format"] = gr.Radio(
                [(text.export.FORMATS[name], name) for name in here], value=next(iter(here), None),
                label=text.export.FORMAT, info=text.export.FORMAT_INFO,
            )  # fmt: skip
            ui["make"] = gr.Button(text.export.MAKE)
            ui["said"] = gr.HTML(elem_classes="flush")
            ui["save"] = gr.DownloadButton(text.export.SAVE, visible=False)
    return ui


def wire(ui: dict[str, Any], services: Services, model: Any) -> None:
    """Connects the button; `model` is the component that holds the chosen model's path."""

    @show_errors
    def make(path: str | None, to: str) -> Iterator[list]:
        if not path:
            raise CheckpointError(text.export.CHOOSE)
        yield [
            notice_html([text.export.WORKING]),
            gr.Button(interactive=False),
            gr.DownloadButton(visible=False),
        ]
        archive, error = pack(services, Path(path), to)
        said = notice_html([text.export.DONE.format(error=error)])
        yield [said, gr.Button(interactive=True), gr.DownloadButton(value=str(archive), visible=True)]

    outputs = [ui[name] for name in ("said", "make", "save")]
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    started = ui["make"].click(make, [model, ui["format"]], outputs, trigger_mode="once", **quiet)
    started.failure(lambda: ["", gr.Button(interactive=True)], None, outputs[:2], **quiet)


def pack(services: Services, model: Path, to: str) -> tuple[Path, float]:
    """Exports a model; returns the path of a ZIP and the largest relative error of its check.

    Raises:
        FavaeError: The model is gone, or cannot be converted.
    """
    from favae_demo.detection.export import export  # imported here: torch loads only when it is needed

    services.registry.await_weights(model)
    name = f"{model.parent.name if model.stem == 'model' else model.stem}-{to}"
    folder = services.new_download_folder()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        about = export(
            services.registry.torch_detector(model),
            to,
            Path(scratch) / name,
            licence=read_card(model).licence,
        )
        archive = shutil.make_archive(str(folder / name), "zip", scratch, name)
    return Path(archive), about["largest_relative_error"]
