"""Puts the tabs together and starts the server."""

import html
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any, TypeVar

import gradio as gr

from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.ui import api, language, navigation, text
from favae_demo.ui.choices import share
from favae_demo.ui.components import export_panel, model_picker, report_panel, weights_panel
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.errors import show_errors
from favae_demo.ui.server import mcp
from favae_demo.ui.server.fair_queue import FairQueue
from favae_demo.ui.server.guard import guard_lifespan
from favae_demo.ui.server.port import say_if_moved
from favae_demo.ui.server.shutdown import serve_until_stopped
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.batch import tab as batch_tab
from favae_demo.ui.tabs.compare import tab as compare_tab
from favae_demo.ui.tabs.compare.answers import chosen_now, first_look
from favae_demo.ui.tabs.compare.image_view import Comparison
from favae_demo.ui.tabs.data import tab as data_tab
from favae_demo.ui.tabs.detect import tab as detect_tab
from favae_demo.ui.tabs.detect.answers import OPENING
from favae_demo.ui.tabs.detect.opening import opening_again
from favae_demo.ui.tabs.draw import tab as draw_tab
from favae_demo.ui.tabs.history import tab as history_tab
from favae_demo.ui.tabs.live import tab as live_tab
from favae_demo.ui.tabs.results import tab as results_tab
from favae_demo.ui.tabs.train import tab as train_tab
from favae_demo.ui.theme import STATIC, THEME, head
from favae_demo.ui.translated_blocks import TranslatedBlocks

TABS = {
    "detect": detect_tab,
    "train": train_tab,
    "compare": compare_tab,
    "results": results_tab,
    "batch": batch_tab,
    "live": live_tab,
    "history": history_tab,
    "draw": draw_tab,
    "data": data_tab,
}
Page = TypeVar("Page", bound=gr.Blocks)
HOW_IMAGE = STATIC / "how-it-works.svg"
CHOICES = {"change", "input", "select", "submit"}  # events that say that something else is chosen
MOST_SESSIONS = 100  # Gradio keeps the state of this many sessions, about 1 MB each


def serve(settings: Settings, port: int | None) -> None:
    """Builds the page and serves it until stopped; the first model is loaded once the server answers.

    Args:
        settings: Folders and limits.
        port: Port of the server, as from `asked_port`; None lets Gradio choose one.
    """
    services = Services(settings, Registry(settings))
    # A separate folder, so that files left by a killed server can be deleted later.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.cache_dir / "visitors"))
    app = build_app(settings, services)
    options = mcp.launch_options(os.environ, bool(settings.sign_in))
    launch(app, settings, prevent_thread_lock=True, server_port=port, **options)
    say_if_moved(app.server_port, os.environ)
    Thread(target=services.warm_up, name="warm up", daemon=True).start()
    serve_until_stopped(app)


def build_app(settings: Settings, services: Services | None = None) -> TranslatedBlocks:
    """Builds the whole page for an installation's settings."""
    services = services or Services(settings, Registry(settings))
    return _build(TranslatedBlocks(partial(_build, services=services)), services)


def _build(app: Page, services: Services) -> Page:
    """Fills the page with what stands there in the language of the request."""
    built: dict[str, dict[Any, Any]] = {}
    app.title = text.page.TITLE
    with app:
        _header()
        unseen, queue = gr.HTML(visible="hidden"), gr.HTML(elem_classes="queue-place")
        fetching = weights_panel.build()
        with gr.Tabs(elem_id="tabs", elem_classes="tabs", overflow_behavior="wrap"):
            for id, module in TABS.items():
                with gr.Tab(text.page.TABS[id], id=id) as tab:
                    built[id] = module.build(services) | {"tab": tab}
                    navigation.build(id, built[id])
        with built["results"]["report_slot"], gr.Column():
            reporting = report_panel.build(services)
            exporting = export_panel.build(services)
        built["detect"]["status"].render()
        going = gr.JSON(visible="hidden")
        _footer()
        for id, module in TABS.items():
            if {"category", "model"} <= built[id].keys():
                model_picker.wire(built[id]["category"], built[id]["model"])
            module.wire(built[id], services)
            navigation.wire(id, built[id], services)
        navigation.wire_links(built, services, going)
        report_panel.wire(
            reporting, services, [built["results"][name] for name in ("category", "model", "rate")]
        )
        export_panel.wire(exporting, services, built["results"]["model"])
        weights_panel.wire(fetching, services)
        api.build(services)
        _watch_weights(app, fetching, built, services)
        _watch_categories(app, built, services)
        app.load(built["train"]["attach"], None, built["train"]["run"], **QUIET)
        app.load(None, js="() => favae.drawn()")
        _keep_progress_in({"hidden": unseen, "minimal": queue}, app)
        _answer_the_last_choice(app)
    return app


def launch(app: gr.Blocks, settings: Settings, **options: Any) -> Any:
    """Serves the page; `options` are passed to Gradio's `launch`."""
    FairQueue.install(app)
    return app.launch(
        theme=THEME,
        head=head(),
        auth=list(settings.sign_in) or None,
        auth_message=text.guard.SIGN_IN if settings.sign_in else None,
        app_kwargs={"lifespan": partial(guard_lifespan, settings=settings)},
        state_session_capacity=MOST_SESSIONS,
        # Unused, and not meant for visitors: statistics of calls, a history of runs, a second web server.
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        max_file_size=f"{settings.max_upload_mb}mb",
        allowed_paths=[
            str(settings.cache_dir / "thumbnails"),
            str(settings.cache_dir / "results"),
            str(settings.runs_dir),
        ],
        **options,
    )


def _keep_progress_in(places: dict[str, gr.HTML], app: gr.Blocks) -> None:
    """Gives one component the progress of all events that show it alike, instead of each of their outputs.

    At every step of any event Gradio's page renews the progress of every component that ever had one, and searches the page for each.

    Args:
        places: A component for each way to show progress.
        app: The page.
    """
    for function in app.fns.values():
        if place := places.get(function.show_progress):
            function.show_progress_on = [place]


def _answer_the_last_choice(app: gr.Blocks) -> None:
    """Has the server asked again where something else was chosen while it answered.

    Gradio drops what happens to the components of an event while it is answered, unless the first of them is a `change`: the page would show one
    choice beside the answer to another. Asked again, Gradio would name the row or picture of the first `select`, so each of these is asked for at
    once. A button that is pressed twice begins its work once, as before.
    """
    for function in app.fns.values():
        events = {event for _, event in function.targets}
        if function.trigger_mode == "once" and events & CHOICES:
            function.trigger_mode = "multiple" if events == {"select"} else "always_last"


def _header() -> None:
    with gr.Row(elem_classes="header"):
        gr.Markdown(f"# {text.page.TITLE}\n{text.page.INTRO}")
        gr.HTML('<p class="named"></p>', elem_classes="flush named-place")
        gr.HTML(_languages(), elem_classes="flush settings languages-place")
        with gr.Column(min_width=150, scale=0, elem_classes="header-buttons"):
            present = gr.Button(text.page.PRESENT, size="sm", elem_classes="settings")
            link = gr.Button(text.page.COPY_LINK, size="sm", elem_classes="settings")
            leave = gr.Button(text.page.LEAVE_PRESENT, size="sm", elem_classes="leave")
    present.click(None, js="() => favae.present(true)")
    link.click(None, js="() => favae.copyLink()")
    leave.click(None, js="() => favae.present(false)")
    with gr.Accordion(text.page.HOW_TITLE, open=False, elem_classes="settings"):
        gr.HTML(_how_image())
        gr.Markdown(text.page.HOW)


def _languages() -> str:
    """Returns the choice of the page's language; `page.js` sets the cookie."""
    now = language.current()
    marks = {code: ' aria-current="true"' if code == now else "" for code in language.LANGUAGES}
    buttons = "".join(
        f'<button type="button" lang="{code}" data-language="{code}"{marks[code]}>{name}</button>'
        for code, name in language.LANGUAGES.items()
    )
    return f'<nav class="languages" aria-label="{text.page.LANGUAGE}">{buttons}</nav>'


def _how_image() -> str:
    image = HOW_IMAGE.read_text(encoding="utf-8")
    for name, words in text.page.HOW_STEPS.items():
        image = image.replace(f"{{{name}}}", html.escape(words))
    return image


def _footer() -> None:
    with gr.Accordion(text.page.LICENCES_TITLE, open=False, elem_classes="settings"):
        gr.Markdown(text.page.LICENCES)


def _watch_weights(
    app: gr.Blocks, fetching: dict[str, Any], built: dict[str, dict[Any, Any]], services: Services
) -> None:
    """Looks for downloads while a model lacks its teacher's weights; once they are complete, the waiting images are judged."""
    ui, other = built["detect"], built["compare"]

    @show_errors
    def judge(turns: Turns) -> Iterator[list]:
        yield from opening_again(services, turns)

    @show_errors
    def compared(
        turns: Turns,
        comparison: Comparison | None,
        category: str,
        models: list[str] | None,
        key: str,
        rate: float,
    ) -> Iterator[list]:
        if comparison is None:  # the tab has not been opened yet
            yield [gr.skip() for _ in other["opening_outputs"]]
        else:
            choice = chosen_now(services, turns, category, models)
            yield from first_look(services, turns, replace(choice, key=key), share(rate))

    app.load(
        lambda: gr.Button(interactive=not weights_panel.all_here(services)), None, fetching["look"], **QUIET
    )
    judged = fetching["arrived"].change(judge, ui["turns"], [ui[name] for name in OPENING], **QUIET)
    judged.then(
        compared,
        [other[name] for name in ("turns", "comparison", "category", "models", "picked", "rate")],
        other["opening_outputs"],
        **QUIET,
    )


def _watch_categories(app: gr.Blocks, built: dict[str, dict[Any, Any]], services: Services) -> None:
    """Keeps the lists of categories up to date: when the page is opened, and when one is added or deleted.

    What is chosen stays, unless it is gone: a tab that is being opened meanwhile may be about to show another.
    """
    lists = [tab["category"] for tab in built.values() if "category" in tab]

    def relist(*chosen: str | None) -> list:
        return [model_picker.categories_listed(services, name) for name in chosen]

    gr.on([app.load, built["data"]["listed"].change], relist, lists, lists, **QUIET)
