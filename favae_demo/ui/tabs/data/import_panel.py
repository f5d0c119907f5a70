"""The Data tab's forms for data sets: MVTec AD, an archive or a folder; and the progress of adding them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.disk_space import size_text
from favae_demo.core.errors import DataError
from favae_demo.core.held_files import hold
from favae_demo.core.settings import Settings
from favae_demo.data.io.archives import PICKER_ENDINGS
from favae_demo.data.library import import_progress, importer, mvtec_download
from favae_demo.data.library.import_job import ImportJob, ImportRunner
from favae_demo.data.library.store import Library, check_writable, clean_name
from favae_demo.data.mvtec import list_categories
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.server.local_paths import client_host, resolve_source
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import category_list, odd_pictures, plan_view

INTERVAL = 1.0  # seconds between two updates
# Names of all components that `import_updates` may change.
UPDATED = (
    "job",
    "progress",
    "cancel",
    "ready",
    "new_category",
    "train",
    "timer",
    "mvtec",
    *category_list.UPDATED,
    *plan_view.UPDATED,
    *odd_pictures.UPDATED,
)


def build_mvtec(services: Services) -> dict[str, Any]:
    """Returns the form that downloads a category of MVTec AD."""
    gr.Markdown(text.data.MVTEC_NOTE)
    ui: dict[str, Any] = {"mvtec": _mvtec_choice(services.settings)}
    gr.HTML(notice_html([mvtec_download.LICENCE]), elem_classes="flush")
    gr.Markdown(text.data.TERMS_LINKS.format(licence=mvtec_download.LICENCE_URL, home=mvtec_download.HOME))
    ui["accepted"] = gr.Checkbox(False, label=text.data.ACCEPT, info=text.data.ACCEPT_INFO, interactive=True)
    ui["get"] = gr.Button(text.data.GET, variant="primary")
    return ui


def build_archive(services: Services) -> dict[str, Any]:
    """Returns the form that adds an archive or a folder."""
    gr.Markdown(text.data.ARCHIVE_NOTE)
    ui: dict[str, Any] = {}
    ui["file"] = gr.File(
        label=text.data.FILE,
        file_types=list(PICKER_ENDINGS),
        height=140,
    )
    gr.Markdown(text.data.FILE_INFO.format(mb=services.settings.max_upload_mb), elem_classes="help")
    ui["path"] = gr.Textbox(
        label=text.data.PATH,
        info=text.data.PATH_INFO,
        max_lines=1,
        visible=services.settings.local_paths != "off",
    )
    ui["archive_name"] = gr.Textbox(
        label=text.data.ARCHIVE_NAME, info=text.data.ARCHIVE_NAME_INFO, max_lines=1
    )
    ui |= plan_view.build()
    ui["add"] = gr.Button(text.data.ADD_IT, variant="primary")
    return ui


def build_progress() -> dict[str, Any]:
    """Returns the progress of adding data, and the button that trains on what was added."""
    ui: dict[str, Any] = {"job": gr.State(0), "new_category": gr.State("")}
    ui["progress"] = gr.HTML(elem_classes="flush")
    ui["cancel"] = gr.Button(text.data.CANCEL, visible=False)
    ui["ready"] = gr.HTML(elem_classes="flush")
    ui["train"] = gr.Button(text.data.TRAIN_ANY, variant="primary", visible=False)
    ui |= odd_pictures.build()
    ui["timer"] = gr.Timer(INTERVAL)
    return ui


def wire(ui: dict[str, Any], services: Services, adder: ImportRunner) -> None:
    """Connects the events: add, show the progress, cancel."""

    @show_errors
    def get(name: str | None, accepted: bool) -> tuple[int, gr.Timer]:
        return follow_job(start_download(adder, services.library, name, accepted))

    @show_errors
    def add(
        file: str | None, path: str, name: str, roles: dict[str, str], request: gr.Request
    ) -> tuple[int, gr.Timer]:
        source = resolve_source(file, path, client_host(request), services.settings.local_paths)
        return follow_job(start_import(adder, services.library, source, name, roles))

    @show_errors
    def show_plan(file: str | None, path: str, name: str, request: gr.Request) -> tuple[Any, ...]:
        check_writable(
            services.library
        )  # first: where nothing may be added, nobody may find out which paths exist
        source = resolve_source(file, path, client_host(request), services.settings.local_paths)
        return plan_view.plan_updates(source, name, services.settings.max_pixels)

    def refresh(job_number: int) -> dict[Any, Any]:
        return {ui[name]: value for name, value in import_updates(services, adder, job_number).items()}

    ui["get"].click(get, [ui["mvtec"], ui["accepted"]], [ui["job"], ui["timer"]], **QUIET)
    source, plan = [ui["file"], ui["path"], ui["archive_name"]], [ui[name] for name in plan_view.UPDATED]
    ui["look"].click(show_plan, source, plan, api_visibility="private", show_progress_on=ui["plan_summary"])
    gr.on([ui["file"].change, ui["path"].change], plan_view.no_plan, None, plan, **QUIET)
    ui["add"].click(add, [*source, ui["roles"]], [ui["job"], ui["timer"]], **QUIET)
    ui["cancel"].click(adder.cancel, None, None, **QUIET)
    ui["timer"].tick(refresh, ui["job"], [ui[name] for name in UPDATED], concurrency_limit=None, **QUIET)


def follow_job(job: ImportJob) -> tuple[int, gr.Timer]:
    """Returns updates of `job` and `timer` that make the page follow a job, even one that has ended already."""
    return job.number, gr.Timer(active=True)


def start_download(adder: ImportRunner, library: Library, name: str | None, accepted: bool) -> ImportJob:
    """Starts to download a category of MVTec AD.

    Args:
        adder: Runs the job.
        library: The data folder, with what may be added to it.
        name: Name of the category, or None.
        accepted: Whether the visitor has accepted the terms.

    Raises:
        DataError: The terms are not accepted, no category is selected, or another job is running.
    """
    if not accepted:
        raise DataError(text.data.ACCEPT_FIRST)
    check_writable(library)
    title = text.formatting.category(name or "")
    return adder.start(
        title, lambda progress, stop: mvtec_download.fetch(name or "", library, progress, stop)
    )


def start_import(
    adder: ImportRunner, library: Library, source: Path, name: str, roles: Mapping[str, str] | None = None
) -> ImportJob:
    """Starts to add an archive or a folder.

    Args:
        adder: Runs the job.
        library: The data folder, with what may be added to it.
        source: Path of the archive or folder.
        name: Name of the category on screen; blank for the names within the source.
        roles: Roles that the visitor has changed, by pattern of the plan.

    Raises:
        DataError: The source does not exist, the name holds no letter, or another job is running.
    """
    check_writable(library)  # first: where nothing may be added, nobody may find out which paths exist
    if not source.exists():
        raise DataError(text.batch.NO_PLACE.format(path=str(source)))
    category = clean_name(name) if name.strip() else None
    given = dict(roles or {})

    def work(progress: import_progress.Progress, stop: Callable[[], bool]) -> list[str]:
        with hold([source]):
            return importer.add(source, library, category, progress, stop, roles=given, remark=adder.remark)

    return adder.start(source.name, work)


def import_updates(services: Services, adder: ImportRunner, job_number: int) -> dict[str, Any]:
    """Returns updates of `UPDATED`: the progress of the running job, or, once, the result of the job this page follows.

    Args:
        services: The core.
        adder: Runs the jobs.
        job_number: Number of the job that this page follows, 0 for none.
    """
    job, settings = adder.latest(), services.settings
    if job and job.running:
        return {
            "job": job.number,
            "progress": progress_html(job.share, progress_text(job), text.data.PROGRESS),
            "cancel": gr.Button(visible=True),
            "ready": "",
            "train": gr.Button(visible=False),
            **odd_pictures.offered(is_single=False),
        }
    idle: dict[str, Any] = {"timer": gr.Timer(active=False), "job": 0}
    if not job or not job_number:
        return idle
    ended = idle | {
        "progress": notice_html(problem_lines(job)),
        "cancel": gr.Button(visible=False),
    }
    names, changes = category_list.UPDATED, category_list.list_updates(services)
    ended |= dict(zip(names, changes, strict=True)) | {"mvtec": _mvtec_choice(settings)}
    if job.added:
        is_single = len(job.added) == 1
        title = text.formatting.category(job.added[0])
        ended |= {
            "ready": ready_html(services, job.added, job.remarks),
            "new_category": job.added[0] if is_single else "",
            "train": gr.Button(text.data.TRAIN.format(title=title), visible=is_single),
            **odd_pictures.offered(is_single),
        }
        ended |= dict(zip(plan_view.UPDATED, plan_view.no_plan(), strict=True))  # it is carried out
    return ended


def progress_text(job: ImportJob) -> str:
    """Returns what a job is doing, in one line."""
    line = text.data.STAGES.get(job.stage, text.data.STARTING)
    return line.format(
        title=job.title, percent=round(100 * job.share), count=job.done, all=job.total,
        done=size_text(job.done), total=size_text(job.total),
    )  # fmt: skip


def problem_lines(job: ImportJob) -> list[str]:
    """Returns why something was not added, and what to do on the page where the plan was not clear."""
    return [line for line in (job.problem, text.data.CHOOSE_ROLES if job.needs_roles else "") if line]


def ready_html(services: Services, names: Sequence[str], remarks: Sequence[str] = ()) -> str:
    """Returns which categories were added, what the check found, and what to do next."""
    lines = []
    for name in names:
        category = services.category(name)
        counts = text.sentences.translate(category.describe()) if category else ""
        lines.append(text.data.READY.format(title=text.formatting.category(name), counts=counts))
    return notice_html([*lines, *remarks, *([text.data.TRAIN_LATER] if len(names) > 1 else [])])


def _mvtec_choice(settings: Settings) -> gr.Dropdown:
    return gr.Dropdown(
        mvtec_choices(settings), label=text.data.CATEGORY, info=text.data.CATEGORY_INFO, interactive=True
    )


def mvtec_choices(settings: Settings) -> list[tuple[str, str]]:
    """Returns the fifteen categories of MVTec AD as (title, name); the title gives the size and what is on the disk already."""
    present = list_categories(settings.data_dir)
    choices = []
    for name, archive in mvtec_download.ARCHIVES.items():
        downloaded = mvtec_download.fetched_bytes(name, settings.cache_dir)
        parts = [text.formatting.category(name), size_text(archive.size)]
        parts += [text.data.IS_HERE] if name in present else []
        parts += [text.data.IS_STARTED.format(size=size_text(downloaded))] if downloaded else []
        choices.append((" · ".join(parts), name))
    return choices
