"""The Data tab's ways to add what somebody else has packed: MVTec AD, an archive, a folder; and watching it come in."""

from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.config.categories import category_info
from favae_demo.core.disk_space import size_text
from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.data.io.archives import ENDINGS
from favae_demo.data.library import importer, mvtec_download
from favae_demo.data.library.import_job import Adder, Job
from favae_demo.data.library.store import Library, check_writable, clean_name
from favae_demo.data.mvtec import list_categories
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.errors import shown
from favae_demo.ui.server.local_paths import client_host, resolve_source
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import listing

QUIET = {"api_visibility": "private", "show_progress": "hidden"}
SECONDS = 1.0  # between two looks at what is being added
WATCHED = ("seen", "progress", "cancel", "ready", "made", "train", "timer", "mvtec", *listing.CHANGED)


def build_mvtec(services: Services) -> dict[str, Any]:
    """Fetching a category of MVTec AD."""
    gr.Markdown(text.data.MVTEC_NOTE)
    ui: dict[str, Any] = {"mvtec": _mvtec_choice(services.settings)}
    gr.HTML(notice_html([mvtec_download.LICENCE]), elem_classes="flush")
    gr.Markdown(text.data.TERMS_LINKS.format(licence=mvtec_download.LICENCE_URL, home=mvtec_download.HOME))
    ui["accepted"] = gr.Checkbox(False, label=text.data.ACCEPT, info=text.data.ACCEPT_INFO, interactive=True)
    ui["get"] = gr.Button(text.data.GET, variant="primary")
    return ui


def build_archive(services: Services) -> dict[str, Any]:
    """Adding an archive or a folder."""
    gr.Markdown(text.data.ARCHIVE_NOTE)
    ui: dict[str, Any] = {}
    ui["file"] = gr.File(
        label=text.data.FILE,
        file_types=sorted({f".{ending.rsplit('.', 1)[1]}" for ending in ENDINGS}),
        height=140,
    )
    gr.Markdown(text.data.FILE_INFO.format(mb=services.settings.max_upload_mb), elem_classes="help")
    ui["path"] = gr.Textbox(label=text.data.PATH, info=text.data.PATH_INFO, max_lines=1)
    ui["archive_name"] = gr.Textbox(
        label=text.data.ARCHIVE_NAME, info=text.data.ARCHIVE_NAME_INFO, max_lines=1
    )
    ui["add"] = gr.Button(text.data.ADD_IT, variant="primary")
    return ui


def build_watch() -> dict[str, Any]:
    """How far it is, and what to do with it when it is here."""
    ui: dict[str, Any] = {"seen": gr.State(0), "made": gr.State("")}
    ui["progress"] = gr.HTML(elem_classes="flush")
    ui["cancel"] = gr.Button(text.data.CANCEL, visible=False)
    ui["ready"] = gr.HTML(elem_classes="flush")
    ui["train"] = gr.Button(text.data.TRAIN_ANY, variant="primary", visible=False)
    ui["timer"] = gr.Timer(SECONDS)
    return ui


def wire(ui: dict[str, Any], services: Services, adder: Adder) -> None:
    """The events of adding and of watching it."""

    @shown
    def get(name: str | None, accepted: bool) -> tuple:
        return watching(fetch(adder, services.library, name, accepted))

    @shown
    def add(file: str | None, path: str, name: str, request: gr.Request) -> tuple:
        source = resolve_source(file, path, client_host(request))
        return watching(add_source(adder, services.library, source, name))

    def look(seen: int) -> dict:
        return {ui[name]: value for name, value in watch(services, adder, seen).items()}

    ui["get"].click(get, [ui["mvtec"], ui["accepted"]], [ui["seen"], ui["timer"]], **QUIET)
    ui["add"].click(add, [ui["file"], ui["path"], ui["archive_name"]], [ui["seen"], ui["timer"]], **QUIET)
    ui["cancel"].click(adder.cancel, None, None, **QUIET)
    ui["timer"].tick(look, ui["seen"], [ui[name] for name in WATCHED], concurrency_limit=None, **QUIET)


def watching(job: Job) -> tuple[int, gr.Timer]:
    """Updates of `seen` and `timer` that follow a job, which may have ended before the first look."""
    return job.number, gr.Timer(active=True)


def fetch(adder: Adder, library: Library, name: str | None, accepted: bool) -> Job:
    """Starts to fetch a category of MVTec AD.

    Raises:
        DataError: The terms are not accepted, nothing is chosen, or something else is being added.
    """
    if not accepted:
        raise DataError(text.data.ACCEPT_FIRST)
    check_writable(library)
    title = category_info(name or "").title
    return adder.start(
        title, lambda progress, stop: mvtec_download.fetch(name or "", library, progress, stop)
    )


def add_source(adder: Adder, library: Library, source: Path, name: str) -> Job:
    """Starts to add an archive or a folder.

    Raises:
        DataError: It is not there, the name holds no letter, or something else is being added.
    """
    check_writable(library)  # first: where nothing may be added, nobody may ask what there is
    if not source.exists():
        raise DataError(f"There is no file or folder {str(source)!r}.")
    own = clean_name(name) if name.strip() else None
    return adder.start(source.name, lambda progress, stop: importer.add(source, library, own, progress, stop))


def watch(services: Services, adder: Adder, seen: int) -> dict[str, Any]:
    """Updates of `WATCHED`: the job that runs, or once what came of it; what ended before somebody came in is not told.

    Args:
        services: The core.
        adder: What is being added.
        seen: Number of the job this visitor watches, 0 for none.
    """
    job, settings = adder.latest(), services.settings
    if job and job.running:
        return {
            "seen": job.number,
            "progress": progress_html(job.share, progress_text(job), text.data.PROGRESS),
            "cancel": gr.Button(visible=True),
            "ready": "",
            "train": gr.Button(visible=False),
        }
    calm = {"timer": gr.Timer(active=False), "seen": 0}
    if not job or not seen:
        return calm
    ended = calm | {
        "progress": notice_html([job.problem] if job.problem else []),
        "cancel": gr.Button(visible=False),
    }
    names, changes = listing.CHANGED, listing.refreshed(services)
    ended |= dict(zip(names, changes, strict=True)) | {"mvtec": _mvtec_choice(settings)}
    if job.added:
        one = len(job.added) == 1
        title = category_info(job.added[0]).title
        ended |= {
            "ready": ready_html(services, job.added),
            "made": job.added[0] if one else "",
            "train": gr.Button(text.data.TRAIN.format(title=title), visible=one),
        }
    return ended


def progress_text(job: Job) -> str:
    """What is being done, in one line."""
    line = text.data.STAGES.get(job.stage, text.data.STARTING)
    return line.format(
        title=job.title, percent=round(100 * job.share), count=job.done, all=job.total,
        done=size_text(job.done), total=size_text(job.total),
    )  # fmt: skip


def ready_html(services: Services, names: tuple[str, ...]) -> str:
    """What has come in, and what to do next."""
    lines = []
    for name in names:
        category = services.category(name)
        counts = category.describe() if category else ""
        lines.append(text.data.READY.format(title=category_info(name).title, counts=counts))
    return notice_html(lines + ([text.data.TRAIN_LATER] if len(names) > 1 else []))


def _mvtec_choice(settings: Settings) -> gr.Dropdown:
    return gr.Dropdown(
        mvtec_choices(settings), label=text.data.CATEGORY, info=text.data.CATEGORY_INFO, interactive=True
    )


def mvtec_choices(settings: Settings) -> list[tuple[str, str]]:
    """The fifteen categories as (title with size and what is here of it, name)."""
    here = list_categories(settings.data_dir)
    choices = []
    for name, archive in mvtec_download.ARCHIVES.items():
        begun = mvtec_download.fetched_bytes(name, settings.cache_dir)
        parts = [category_info(name).title, size_text(archive.size)]
        parts += [text.data.IS_HERE] if name in here else []
        parts += [text.data.IS_STARTED.format(size=size_text(begun))] if begun else []
        choices.append((" · ".join(parts), name))
    return choices
