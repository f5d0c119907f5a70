"""The Batch tab: runs detection on many images in the background; a table of the results grows meanwhile."""

import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import CheckpointError, ImageError
from favae_demo.data.io.archives import PICKER_ENDINGS
from favae_demo.data.io.formats import ACCEPTED
from favae_demo.detection.batch.jobs import Batch, BatchManager
from favae_demo.ui import text
from favae_demo.ui.choices import RATES, share, titled
from favae_demo.ui.components import feedback_panel, model_picker, rate_slider
from favae_demo.ui.components.events import PICK_ROW, QUIET, choice_of
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.server.local_paths import client_host, resolve_source
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import downloads
from favae_demo.ui.tabs.batch.view import TableControls, render_page, state_html

INTERVAL = 1.0  # seconds between two updates
CONTROLS = ("show", "order", "rate", "page", "picked")  # in the order of the fields of `TableControls`
RESULTS = ("state", "summary", "table", "page", "previous", "next", "drawn")
PICKED = ("picked", "verdict", "picture")
DOWNLOAD = "() => document.querySelector('#saved-batch')?.click()"
SCROLL_TO_DETAIL = (
    "() => document.querySelector('.batch-detail')?.scrollIntoView({block: 'nearest', behavior: 'smooth'})"
)


def build(services: Services) -> dict[str, Any]:
    """Returns the tab's components by name."""
    ui: dict[str, Any] = {"owner": gr.BrowserState("", storage_key="favae-batch")}
    ui |= {"page": gr.State(0), "picked": gr.State(0), "drawn": gr.State(())}
    gr.Markdown(text.batch.INTRO, elem_classes="settings")
    with gr.Row(elem_classes="settings batch-form"):
        with gr.Column(scale=3, min_width=300):
            ui["files"] = gr.File(
                label=text.batch.FILES,
                file_count="multiple",
                file_types=[*ACCEPTED, *PICKER_ENDINGS],
                height=180,
            )
            gr.Markdown(text.batch.FILES_INFO.format(mb=services.settings.max_upload_mb), elem_classes="help")
        with gr.Column(scale=2, min_width=300):
            _build_choice(ui, services)
    with gr.Column(elem_classes="batch-run"):
        ui["state"] = gr.HTML(elem_classes="flush")
        ui["stop"] = gr.Button(text.batch.STOP, size="sm", elem_classes="batch-stop")
    with gr.Column(elem_classes="batch-results"):
        _build_results(ui, services)
    ui["timer"] = gr.Timer(INTERVAL)
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"], "model": ui["model"]},
        [],
        [ui["category"], ui["model"]],
        ui["rate"],
    )
    return ui


def _build_choice(ui: dict[str, Any], services: Services) -> None:
    ui["category"] = model_picker.category(services, text.batch.CATEGORY_INFO)
    ui["model"] = model_picker.model(services, text.batch.MODEL_INFO)
    ui["place"] = gr.Textbox(
        label=text.batch.PATH,
        info=text.batch.PATH_INFO,
        max_lines=1,
        visible=services.settings.training == "on" and services.settings.local_paths != "off",
    )
    ui["start"] = gr.Button(text.batch.START, variant="primary")


def _build_results(ui: dict[str, Any], services: Services) -> None:
    ui["summary"] = gr.HTML(elem_classes="flush")
    with gr.Row(elem_classes="settings"):
        ui["show"] = gr.Dropdown(
            titled(text.batch.SHOWS), value="all", label=text.batch.SHOW, interactive=True, min_width=150
        )
        ui["order"] = gr.Dropdown(
            titled(text.batch.ORDERS),
            value="given",
            label=text.batch.ORDER,
            interactive=True,
            min_width=150,
        )
        ui["rate"] = rate_slider.build()
    with gr.Row(elem_classes="batch-both"):
        with gr.Column(scale=3, min_width=320):
            ui["table"] = gr.HTML(elem_classes="flush", js_on_load=PICK_ROW)
            with gr.Row(elem_classes="settings"):
                ui["previous"] = gr.Button(text.batch.PREVIOUS, size="sm", min_width=130)
                ui["next"] = gr.Button(text.batch.NEXT, size="sm", min_width=130)
        with gr.Column(scale=2, min_width=300, elem_classes="batch-detail"):
            ui["verdict"] = gr.HTML(verdict_html(None, text.batch.HINT))
            ui["picture"] = PictureOutput(
                label=text.batch.PICTURE, interactive=False, format="jpeg", buttons=["fullscreen"],
                alt_text=text.batch.PICTURE, elem_classes="batch-picture",
            )  # fmt: skip
            ui |= feedback_panel.build(services)
    with gr.Row(elem_classes="settings"):
        ui["csv"] = gr.Button(text.batch.CSV, min_width=200)
        ui["zip"] = gr.Button(text.batch.ZIP, min_width=200)
        ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-batch")
    ui["saving"] = gr.HTML(elem_classes="flush")


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    batches = BatchManager(services.registry, services.settings.cache_dir / "results")
    results, controls = [ui[name] for name in RESULTS], [ui[name] for name in CONTROLS]
    picked = [ui[name] for name in PICKED]

    @show_errors
    def start(
        owner: str,
        category: str | None,
        model: str | None,
        files: list[str] | None,
        place: str | None,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        sources = collect_sources(services, files, place, client_host(request))
        owner = owner or secrets.token_hex(16)
        start_batch(services, batches, owner, category, model, sources, request.session_hash or "")
        return owner, (), 0, gr.Timer(active=True), *_no_row()

    def tick(owner: str, drawn: tuple[str, ...], *values: Any) -> tuple[Any, ...]:
        batch = batches.of(owner)
        return gr.Timer(active=batch is not None and batch.running), *result_updates(
            batch, TableControls(*values), drawn
        )

    def redraw(owner: str, *values: Any) -> list[Any]:
        return result_updates(batches.of(owner), TableControls(*values), ())

    @show_errors
    def open_row(owner: str, rate: float, event: gr.EventData) -> tuple[Any, ...]:
        return event.number, *downloads.open_row(batches.of(owner), event.number, rate)

    @show_errors
    def reopen_row(owner: str, rate: float, number: int) -> tuple[Any, ...]:
        return downloads.open_row(batches.of(owner), number, rate) if number else (gr.skip(), gr.skip())

    @show_errors
    def save_csv(owner: str, rate: float) -> gr.DownloadButton:
        return gr.DownloadButton(value=str(downloads.write_batch_csv(batches.of(owner), rate)))

    @show_errors
    def save_zip(owner: str, rate: float) -> Iterator[tuple[str, Any]]:
        for html, path in downloads.write_batch_zip(batches.of(owner), rate):
            yield html, gr.DownloadButton(value=str(path)) if path else gr.skip()

    start_inputs = [ui[name] for name in ("owner", "category", "model", "files", "place")]
    start_outputs = [ui[name] for name in ("owner", "drawn", "page", "timer")]
    ui["start"].click(start, start_inputs, [*start_outputs, *picked], **QUIET)
    ui["stop"].click(lambda owner: _stop(batches.of(owner)), ui["owner"], None, **QUIET)
    watched = [ui["owner"], ui["drawn"], *controls]
    gr.on(  # the browser may read the visitor's key after the first look
        [ui["timer"].tick, ui["tab"].select, ui["owner"].change], tick, watched, [ui["timer"], *results],
        concurrency_limit=None, **QUIET,
    )  # fmt: skip
    choice_of(ui["category"])(
        lambda category: model_picker.models_now(services, category), ui["category"], ui["model"], **QUIET
    )
    latest = QUIET | {"trigger_mode": "always_last"}
    for chosen in (choice_of(ui["show"]), choice_of(ui["order"]), ui["rate"].change):
        chosen(
            lambda *values: (0, *redraw(*values)), [ui["owner"], *controls], [ui["page"], *results], **latest
        )
    ui["rate"].change(reopen_row, [ui["owner"], ui["rate"], ui["picked"]], picked[1:], **latest)
    for name, step in (("previous", -1), ("next", 1)):
        ui[name].click(
            lambda owner, show, order, rate, page, number, step=step: redraw(
                owner, show, order, rate, page + step, number
            ),
            [ui["owner"], *controls], results, **QUIET,
        )  # fmt: skip
    opened = ui["table"].select(open_row, [ui["owner"], ui["rate"]], picked, **QUIET)
    opened.success(None, js=SCROLL_TO_DETAIL)
    feedback_panel.wire(
        ui,
        services,
        lambda owner, rate, number: downloads.spoken_of(batches.of(owner), number, rate),
        [ui["owner"], ui["rate"], ui["picked"]],
    )
    ui["csv"].click(save_csv, [ui["owner"], ui["rate"]], ui["saved"], **QUIET).success(None, js=DOWNLOAD)
    zipped = ui["zip"].click(
        save_zip, [ui["owner"], ui["rate"]], [ui["saving"], ui["saved"]], concurrency_limit=2, **QUIET
    )
    zipped.success(None, js=DOWNLOAD)


def show_selected(services: Services, selection: Selection, category: str | None, model: str | None) -> list:
    """Returns values of the lists of categories and models for what the page shows."""
    chosen = model if selection.shows(category, model=model) else selection.model
    return [
        model_picker.categories_now(services, selection.category),
        model_picker.models_now(services, selection.category, chosen),
    ]


def collect_sources(
    services: Services, files: Sequence[str] | None, place: str | None, host: str
) -> list[Path]:
    """Returns the sources of a batch: uploaded files, and a path on this computer if the visitor may use one.

    Args:
        services: The app's services.
        files: Paths of the uploaded files.
        place: The path that was typed; None where the page has no field for it.
        host: Address of the visitor's computer, as from `client_host`.

    Raises:
        FavaeError: There are no sources, or the path does not exist or may not be used.
    """
    sources = [Path(file) for file in files or ()]
    if place and place.strip():
        policy = services.settings.local_paths if services.settings.training == "on" else "off"
        named = resolve_source(None, place, host, policy)
        if not named.exists():
            raise ImageError(text.batch.NO_PLACE.format(path=str(named)))
        sources.append(named)
    if not sources:
        raise ImageError(text.batch.CHOOSE)
    return sources


def start_batch(
    services: Services,
    batches: BatchManager,
    owner: str,
    category: str | None,
    model: str | None,
    sources: Sequence[Path],
    session: str = "",
) -> Batch:
    """Starts a visitor's batch.

    Args:
        services: The app's services.
        batches: The batches of this server.
        owner: The visitor's secret key.
        category: Name of the category, for the batch's title.
        model: Path of the checkpoint, or None.
        sources: Files, folders and archives.
        session: Session of the page.

    Raises:
        FavaeError: There is no model, or a batch is running.
    """
    model = model or services.first_model(category)
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    titles = {name: title for title, name in services.category_choices()}
    part = titles.get(category or "", category or "").split(" · ")[0]
    title = f"{part}, {services.title(model)}"
    return batches.start(owner, Path(model), title, sources, tuple(map(share, RATES)), session)


def result_updates(batch: Batch | None, controls: TableControls, drawn: tuple[str, ...]) -> list[Any]:
    """Returns updates of `RESULTS`; summary and table are skipped if they have not changed.

    Args:
        batch: The visitor's batch, or None.
        controls: Values of the controls.
        drawn: The summary and the table that were sent last, or an empty tuple.
    """
    new = render_page(batch, controls)
    same = (new.summary, new.table) == tuple(drawn)
    summary, table = (gr.skip(), gr.skip()) if same else (new.summary, new.table)
    previous, following = gr.Button(interactive=new.page > 0), gr.Button(interactive=new.page + 1 < new.pages)
    return [state_html(batch), summary, table, new.page, previous, following, (new.summary, new.table)]


def _stop(batch: Batch | None) -> None:
    if batch is not None:
        batch.stop()


def _no_row() -> tuple[int, str, None]:
    return 0, verdict_html(None, text.batch.HINT), None
