"""The History tab: reads what a line has judged, while it goes on judging."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import INSTALLED, is_public
from favae_demo.line.history.reader import reading
from favae_demo.ui import text
from favae_demo.ui.choices import titled
from favae_demo.ui.components import feedback_panel
from favae_demo.ui.components.events import PICK_ROW, QUIET, choice_of
from favae_demo.ui.components.html import verdict_html
from favae_demo.ui.components.picture_output import PictureOutput
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.server.local_paths import client_host, resolve_source
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.history import listing
from favae_demo.ui.tabs.history.controls import ALL, DEFAULT_SPAN, OWN_SPAN, Controls, asked_filter, zone_of
from favae_demo.ui.tabs.history.view import list_values, page_values

CONTROLS = (
    "zone",
    "source",
    "span",
    "begin",
    "end",
    "text",
    "show",
    "order",
)  # in the order of the fields of `Controls`
OVERVIEW = ("source", "state", "chart", "shares", "places")
LIST = ("table", "page", "previous", "next")
PICKED = ("picked", "verdict", "picture")
BROWSER_ZONE = "() => Intl.DateTimeFormat().resolvedOptions().timeZone ?? ''"
DOWNLOAD = "() => document.querySelector('#saved-history')?.click()"
SCROLL_TO_DETAIL = (
    "() => document.querySelector('.history-detail')?.scrollIntoView({block: 'nearest', behavior: 'smooth'})"
)
COMMAND = "```\n{command}\n```"
T = text.history


def build(services: Services) -> dict[str, Any]:
    """Returns the tab's components by name."""
    ui: dict[str, Any] = {"database": gr.State(""), "page": gr.State(0), "picked": gr.State(0)}
    ui["zone"] = gr.Textbox("", visible="hidden", label="zone")
    gr.Markdown(T.INTRO, elem_classes="settings")
    _build_choice(ui, services)
    with gr.Column(visible=False) as ui["missing"]:
        gr.Markdown(T.NONE_NAMED if is_public() else T.NO_DATABASE)
        if not is_public():
            ui["command"] = gr.Markdown()  # comes with a button that copies it
            ui["opening"] = Opening(
                lambda selection: [COMMAND.format(command=command(services, selection))],
                outputs=[ui["command"]],
            )
    with gr.Column(visible=False) as ui["content"]:
        _build_filters(ui)
        for name in ("state", "chart"):
            ui[name] = gr.HTML(elem_classes="flush")
        with gr.Row(elem_classes="history-figures"):
            for name, scale in (("shares", 3), ("places", 2)):
                with gr.Column(scale=scale, min_width=320):
                    ui[name] = gr.HTML(elem_classes="flush")
        _build_list(ui, services)
    return ui


def _build_choice(ui: dict[str, Any], services: Services) -> None:
    settings = services.settings
    may_name = settings.local_paths != "off" and not is_public()
    with gr.Accordion(T.DATABASE, open=False, elem_classes="settings", visible=may_name), gr.Row():
        ui["place"] = gr.Textbox(
            str(settings.line_db or ""),
            label=T.PLACE,
            info=T.DATABASE_INFO,
            max_lines=1,
            scale=5,
            min_width=280,
        )
        ui["open"] = gr.Button(T.OPEN, min_width=180, scale=1)


def _build_filters(ui: dict[str, Any]) -> None:
    with gr.Row(elem_classes="settings"):
        ui["source"] = gr.Dropdown(
            [(T.ALL_SOURCES, ALL)], value=ALL, label=T.SOURCE, interactive=True, min_width=150
        )
        ui["span"] = gr.Dropdown(
            titled(T.SPANS),
            value=DEFAULT_SPAN,
            label=T.SPAN,
            info=T.SPAN_INFO,
            interactive=True,
            min_width=170,
        )
        for name, label in (("begin", T.FROM), ("end", T.TO)):
            ui[name] = gr.Textbox(label=label, info=T.MOMENT_INFO, max_lines=1, min_width=150, visible=False)
        ui["text"] = gr.Textbox(label=T.SEARCH, info=T.SEARCH_INFO, max_lines=1, min_width=170)
        ui["refresh"] = gr.Button(T.REFRESH, min_width=110, scale=0)


def _build_list(ui: dict[str, Any], services: Services) -> None:
    with gr.Row(elem_classes="settings"):
        for name, titles, value in (("show", T.SHOWS, "kept"), ("order", T.ORDERS, "new")):
            choices = titled(titles)
            label = {"show": T.SHOW, "order": T.ORDER}[name]
            ui[name] = gr.Dropdown(choices, value=value, label=label, interactive=True, min_width=150)
        ui["csv"] = gr.Button(T.CSV, min_width=200)
        ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-history")
    ui["saving"] = gr.HTML(elem_classes="flush")
    with gr.Row(elem_classes="batch-both"):
        with gr.Column(scale=3, min_width=320):
            ui["table"] = gr.HTML(elem_classes="flush", js_on_load=PICK_ROW)
            with gr.Row(elem_classes="settings"):
                ui["previous"] = gr.Button(T.PREVIOUS, size="sm", min_width=130)
                ui["next"] = gr.Button(T.NEXT, size="sm", min_width=130)
        with gr.Column(scale=2, min_width=300, elem_classes="batch-detail history-detail"):
            ui["verdict"] = gr.HTML(verdict_html(None, T.HINT))
            ui["picture"] = PictureOutput(
                label=T.PICTURE, interactive=False, format="jpeg", buttons=["fullscreen"], alt_text=T.PICTURE,
                elem_classes="batch-picture",
            )  # fmt: skip
            ui |= feedback_panel.build(services)


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    controls = [ui[name] for name in CONTROLS]
    overview, rows = [ui[name] for name in OVERVIEW], [ui[name] for name in LIST]
    picked = [ui[name] for name in PICKED]
    whole = [ui["database"], ui["missing"], ui["content"], *overview, *rows]

    @show_errors
    def open_usual(database: str, *values: Any) -> list[Any]:
        return opening(services, database or str(services.settings.line_db or ""), Controls(*values))

    @show_errors
    def open_named(place: str, request: gr.Request, *values: Any) -> list[Any]:
        path = resolve_source(None, place, client_host(request), services.settings.local_paths)
        with reading(path):  # says what is wrong with it
            pass
        controls = replace(Controls(*values), source=ALL)  # another line has other sources
        return [*opening(services, str(path.absolute()), controls), *_no_row()]

    @show_errors
    def redraw(database: str, *values: Any) -> list[Any]:
        return opening(services, database, Controls(*values))

    def turned(step: int) -> Any:
        @show_errors
        def turn(database: str, page: int, *values: Any) -> list[Any]:
            return list_values(services, Path(database), Controls(*values), page + step)

        return turn

    @show_errors
    def open_row(database: str, zone: str, event: gr.EventData) -> tuple[Any, ...]:
        number = int(event.number)
        return number, *listing.open_verdict(
            Path(database), number, zone_of(zone), services.settings.max_pixels
        )

    @show_errors
    def save_csv(database: str, *values: Any) -> Iterator[tuple[str, Any]]:
        for said, path in saved_csv(services, database, Controls(*values)):
            yield said, gr.DownloadButton(value=str(path)) if path else gr.skip()

    filters = [ui["database"], *controls]
    zone = ui["tab"].select(None, None, ui["zone"], js=BROWSER_ZONE)
    zone.then(open_usual, filters, whole, **QUIET)
    gr.on(
        [ui["open"].click, ui["place"].submit],
        open_named,
        [ui["place"], *controls],
        [*whole, *picked],
        **QUIET,
    )
    gr.on(
        [ui["refresh"].click, choice_of(ui["source"]), ui["text"].submit, ui["begin"].submit, ui["end"].submit],
        redraw, filters, whole, **QUIET,
    )  # fmt: skip
    choice_of(ui["span"])(_own_span, ui["span"], [ui["begin"], ui["end"]], **QUIET).then(
        redraw, filters, whole, **QUIET
    )
    gr.on(
        [choice_of(ui["show"]), choice_of(ui["order"])],
        turned(0),
        [ui["database"], gr.State(0), *controls],
        rows,
        **QUIET,
    )
    for name, step in (("previous", -1), ("next", 1)):
        ui[name].click(turned(step), [ui["database"], ui["page"], *controls], rows, **QUIET)
    opened = ui["table"].select(open_row, [ui["database"], ui["zone"]], picked, **QUIET)
    opened.success(None, js=SCROLL_TO_DETAIL)
    feedback_panel.wire(
        ui,
        services,
        lambda database, number: listing.spoken_of(Path(database) if database else None, number),
        [ui["database"], ui["picked"]],
    )
    saved = ui["csv"].click(save_csv, filters, [ui["saving"], ui["saved"]], concurrency_limit=2, **QUIET)
    saved.success(None, js=DOWNLOAD)


def opening(services: Services, database: str, controls: Controls) -> list[Any]:
    """Returns updates of the database, of which half of the tab is shown, of `OVERVIEW` and of `LIST`.

    Args:
        services: The core.
        database: Path of the database; one that does not exist shows how to start a line.
        controls: Values of the controls.

    Raises:
        FavaeError: The database cannot be read, or a control has no valid value.
    """
    is_there = bool(database) and Path(database).is_file()
    halves = [gr.Column(visible=not is_there), gr.Column(visible=is_there)]
    shown = (
        page_values(services, Path(database), controls) if is_there else [gr.skip()] * len((*OVERVIEW, *LIST))
    )
    return [database, *halves, *shown]


def saved_csv(services: Services, database: str, controls: Controls) -> Iterator[tuple[str, Path | None]]:
    """Writes what is shown as a table; yields HTML of how far it is, and at the end the path.

    Raises:
        FavaeError: The database cannot be read, or holds nothing.
    """
    path = Path(database)
    with reading(path) as opened:
        asked = asked_filter(opened, controls)
    if asked is None:
        raise ConfigError(T.EMPTY.format(name=path.name))
    out = services.new_download_folder() / "verdicts.csv"
    for said, is_done in listing.write_csv(path, asked, controls.show, out):
        yield said, out if is_done else None


def command(services: Services, selection: Selection) -> str:
    """Returns the command that starts a line whose verdicts are read here, with the model that the page shows."""
    program = "favae-demo" if INSTALLED else "python -m favae_demo"
    choices = services.model_choices(selection.category or "")
    model = Path(selection.model or (choices[0][1] if choices else "MODEL"))
    name = str(model) if model.stem == "model" else model.stem
    return f"{program} watch FOLDER --model {shlex.quote(name)} --out {shlex.quote(str(services.settings.line_db))}"


def _own_span(span: str) -> list[Any]:
    return [gr.Textbox(visible=span == OWN_SPAN)] * 2


def _no_row() -> tuple[int, str, None]:
    return 0, verdict_html(None, T.HINT), None
