"""The Data tab's form for own images: name the category, upload, read what the check found, save."""

import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import CancelledError
from favae_demo.data.io.formats import ACCEPTED
from favae_demo.data.library import own_parts, store, upload_checks
from favae_demo.data.library.import_job import ImportJob, ImportRunner
from favae_demo.data.library.import_progress import WRITING, Progress
from favae_demo.data.library.own_parts import LONGEST_SIDE
from favae_demo.data.library.upload import UNREADABLE, UploadedImage, UploadReport
from favae_demo.data.mvtec import GOOD, Sample
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data.import_panel import follow_job

UPLOADS = ("good", "defects", "masks")


def build(services: Services) -> dict[str, Any]:
    """Returns the components by name."""
    mb = services.settings.max_upload_mb
    gr.Markdown(text.data.OWN_NOTE)
    ui: dict[str, Any] = {}
    ui["name"] = gr.Textbox(label=text.data.NAME, info=text.data.NAME_INFO, max_lines=1, max_length=60)
    ui["good"] = _files(text.data.GOOD, text.data.GOOD_INFO.format(mb=mb))
    with gr.Accordion(text.data.MORE, open=False):
        gr.Markdown(text.data.MORE_NOTE, elem_classes="help")
        ui["defects"] = _files(text.data.DEFECTS, text.data.DEFECTS_INFO)
        ui["masks"] = _files(text.data.MASKS, text.data.MASKS_INFO)
    gr.Markdown(f"**{text.data.CHECKED}**")
    ui["findings"] = gr.HTML(findings_html(None), elem_classes="flush")
    ui["pictures"] = gr.Gallery(
        [], label=text.data.CHECKED, show_label=False, columns=4, height=300, visible=False,
        allow_preview=False, object_fit="contain", interactive=False, buttons=[], elem_classes="data-pictures",
    )  # fmt: skip
    gr.Markdown(text.data.PRIVACY.format(side=LONGEST_SIDE), elem_classes="help")
    ui["save"] = gr.Button(text.data.SAVE, variant="primary", interactive=False)
    return ui


def wire(ui: dict[str, Any], services: Services, adder: ImportRunner) -> None:
    """Connects the events; after saving has begun, `ui["timer"]` follows it."""
    uploads = [ui[name] for name in UPLOADS]

    @show_errors
    def check(
        good: list[str] | None,
        defects: list[str] | None,
        masks: list[str] | None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - Gradio finds the parameter by this default
    ) -> tuple[str, gr.Gallery, gr.Button]:
        def tick(done: int, total: int) -> None:
            progress((done, total), unit=text.data.UNIT)

        report = inspect_uploads(services.settings.max_pixels, good, defects, masks, tick)
        items = gallery_items(services, report)
        return (
            findings_html(report if report.parts else None),
            gr.Gallery(items, visible=bool(items)),
            gr.Button(interactive=bool(report.parts) and not report.stops),
        )

    @show_errors
    def save(
        name: str, good: list[str] | None, defects: list[str] | None, masks: list[str] | None
    ) -> tuple[int, gr.Timer]:
        return follow_job(start_saving(adder, services.library, name, good, defects, masks))

    gr.on(
        [field.change for field in uploads], check, uploads, [ui["findings"], ui["pictures"], ui["save"]],
        trigger_mode="always_last", api_visibility="private", show_progress_on=ui["findings"],
    )  # fmt: skip
    ui["save"].click(save, [ui["name"], *uploads], [ui["job"], ui["timer"]], **QUIET)


def inspect_uploads(
    max_pixels: int,
    good: Sequence[str] | None,
    defects: Sequence[str] | None,
    masks: Sequence[str] | None,
    tick: ProgressCallback,
) -> UploadReport:
    """Checks uploaded images; results are cached, so adding more uploads reads only the new ones.

    Args:
        max_pixels: Largest image that is read.
        good: Paths of images of good parts, or None.
        defects: Paths of images of parts with a defect, or None.
        masks: Paths of the masks of those defects, or None.
        tick: Called with the number of images read, and of all.
    """
    return upload_checks.inspect(
        [Path(path) for path in good or ()],
        [Path(path) for path in defects or ()],
        [Path(path) for path in masks or ()],
        max_pixels=max_pixels,
        tick=tick,
    )


def start_saving(
    adder: ImportRunner,
    library: store.Library,
    name: str,
    good: Sequence[str] | None,
    defects: Sequence[str] | None,
    masks: Sequence[str] | None,
) -> ImportJob:
    """Starts to save uploaded images as a category.

    Args:
        adder: Runs the job.
        library: The data folder, with what may be added to it.
        name: Name of the category as typed.
        good: Paths of images of good parts, or None.
        defects: Paths of images of parts with a defect, or None.
        masks: Paths of the masks of those defects, or None.

    Raises:
        DataError: The name is missing or taken, the data folder cannot be written, or another job is running.
    """
    store.check_new(store.clean_name(name), library, own=True)

    def work(progress: Progress, stop: Callable[[], bool]) -> list[str]:
        def stage_tick(stage: str) -> ProgressCallback:
            def tick(done: int, total: int) -> None:
                if stop():
                    raise CancelledError("Stopped; nothing was saved.")
                progress(stage, done, total)

            return tick

        report = inspect_uploads(library.max_pixels, good, defects, masks, stage_tick("checking"))
        return [own_parts.make_category(name, report, library, stage_tick(WRITING))]

    return adder.start(name.strip(), work)


def gallery_items(services: Services, report: UploadReport) -> list[tuple[str, str]]:
    """Returns the thumbnails of readable images as (path, caption), those with a remark first."""
    parts = [part for part in sorted(report.parts, key=lambda part: not part.note) if _readable(part)]
    samples = [Sample(part.path, "train", GOOD) for part in parts]
    paths = [path for path, _ in services.thumbnails(samples)]
    return [(path, caption(part)) for path, part in zip(paths, parts, strict=True)]


def caption(part: UploadedImage) -> str:
    """Returns the file name, the kind and the remark of an image."""
    kind = text.data.GOOD_PART if part.good else text.data.DEFECT_PART
    phrases = [
        part.path.name,
        kind,
        text.data.MASKED if part.mask else "",
        text.sentences.translate(part.note) if part.used else "",
    ]
    if not part.used:
        phrases.append(text.data.LEFT_OUT.format(note=text.sentences.translate(part.note)))
    return (text.data.LEVELS["warn"][0] + " " if part.note else "") + " · ".join(filter(None, phrases))


def findings_html(report: UploadReport | None) -> str:
    """Returns what the check found, each with an icon and a word; first whether there are enough images."""
    if report is None:
        return f'<p class="help" role="status">{html.escape(text.data.UNCHECKED)}</p>'
    lines = []
    for finding in report.findings:
        icon, word = text.data.LEVELS[finding.level]
        lines.append(
            f'<li class="{finding.level}"><strong><span aria-hidden="true">{icon}</span> {word}:</strong> '
            f"{html.escape(text.sentences.translate(finding.sentence))}</li>"
        )
    return f'<ul class="data-findings" role="status">{"".join(lines)}</ul>'


def _files(label: str, info: str) -> gr.File:
    field = gr.File(label=label, file_count="multiple", file_types=list(ACCEPTED), height=160)
    gr.Markdown(info, elem_classes="help")
    return field


def _readable(part: UploadedImage) -> bool:
    return part.note != UNREADABLE
