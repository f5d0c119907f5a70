"""The Data tab's form for own parts: name them, drop pictures, see what is wrong with them, save."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import CancelledError
from favae_demo.data.io.images import EXTENSIONS
from favae_demo.data.library import own_parts, store, upload_checks
from favae_demo.data.library.import_job import Adder, Job
from favae_demo.data.library.importer import WRITING, Progress
from favae_demo.data.library.own_parts import LONGEST_SIDE
from favae_demo.data.library.upload import Part, Report
from favae_demo.data.mvtec import GOOD, Sample
from favae_demo.ui import text
from favae_demo.ui.errors import shown
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data.add import watching

QUIET = {"api_visibility": "private", "show_progress": "hidden"}
IMAGES = ("good", "defects", "masks")


def build(services: Services) -> dict[str, Any]:
    """The components, by name."""
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
        allow_preview=False, object_fit="cover", interactive=False, buttons=[], elem_classes="data-pictures",
    )  # fmt: skip
    gr.Markdown(text.data.PRIVACY.format(side=LONGEST_SIDE), elem_classes="help")
    ui["save"] = gr.Button(text.data.SAVE, variant="primary", interactive=False)
    return ui


def wire(ui: dict[str, Any], services: Services, adder: Adder) -> None:
    """The events; saving makes `ui["timer"]` look."""
    given = [ui[name] for name in IMAGES]

    @shown
    def check(good: list | None, defects: list | None, masks: list | None, progress=gr.Progress()) -> tuple:  # noqa: B008
        tick = lambda done, total: progress((done, total), unit="pictures")  # noqa: E731
        report = inspect(services.settings.max_pixels, good, defects, masks, tick)
        shown_images = gallery(services, report)
        return (
            findings_html(report if report.parts else None),
            gr.Gallery(shown_images, visible=bool(shown_images)),
            gr.Button(interactive=bool(report.parts) and not report.stops),
        )

    @shown
    def save(name: str, *images: list | None) -> tuple:
        return watching(start(adder, services.library, name, *images))

    gr.on(
        [field.change for field in given], check, given, [ui["findings"], ui["pictures"], ui["save"]],
        trigger_mode="always_last", api_visibility="private", show_progress_on=ui["findings"],
    )  # fmt: skip
    ui["save"].click(save, [ui["name"], *given], [ui["seen"], ui["timer"]], **QUIET)


def inspect(
    max_pixels: int,
    good: Sequence[str] | None,
    defects: Sequence[str] | None,
    masks: Sequence[str] | None,
    tick: ProgressCallback,
) -> Report:
    """Checks uploaded pictures; each is read once only, however often more are added."""
    return upload_checks.inspect(
        *([Path(path) for path in paths or []] for paths in (good, defects, masks)),
        max_pixels=max_pixels,
        tick=tick,
    )


def start(adder: Adder, library: store.Library, name: str, *images: Sequence[str] | None) -> Job:
    """Starts to save own parts.

    Raises:
        DataError: The name is missing or taken, the data folder cannot be written, or something else is being added.
    """
    store.check_new(store.clean_name(name), library, own=True)

    def work(progress: Progress, stop: Any) -> list[str]:
        def tick(stage: str) -> ProgressCallback:
            def told(done: int, total: int) -> None:
                if stop():
                    raise CancelledError("Stopped; nothing was saved.")
                progress(stage, done, total)

            return told

        report = inspect(library.max_pixels, *images, tick("checking"))
        return [own_parts.make_category(name, report, library, tick(WRITING))]

    return adder.start(name.strip(), work)


def gallery(services: Services, report: Report) -> list[tuple[str, str]]:
    """Small pictures with what is odd about each in words, odd ones first."""
    parts = [part for part in sorted(report.parts, key=lambda part: not part.note) if _readable(part)]
    samples = [Sample(part.path, "train", GOOD) for part in parts]
    paths = [path for path, _ in services.thumbnails(samples)]
    return [(path, caption(part)) for path, part in zip(paths, parts, strict=True)]


def caption(part: Part) -> str:
    """File name, kind and what is odd about a picture."""
    kind = text.data.GOOD_PART if part.good else text.data.DEFECT_PART
    words = [part.path.name, kind, text.data.MASKED if part.mask else "", part.note if part.used else ""]
    if not part.used:
        words.append(text.data.LEFT_OUT.format(note=part.note))
    return (text.data.LEVELS["warn"][0] + " " if part.note else "") + " · ".join(filter(None, words))


def findings_html(report: Report | None) -> str:
    """What the check has found, each with a sign and a word; first whether the pictures are enough."""
    if report is None:
        return f'<p class="help" role="status">{html.escape(text.data.UNCHECKED)}</p>'
    lines = []
    for finding in report.findings:
        icon, word = text.data.LEVELS[finding.level]
        lines.append(
            f'<li class="{finding.level}"><strong><span aria-hidden="true">{icon}</span> {word}:</strong> '
            f"{html.escape(finding.sentence)}</li>"
        )
    return f'<ul class="data-findings" role="status">{"".join(lines)}</ul>'


def _files(label: str, info: str) -> gr.File:
    field = gr.File(label=label, file_count="multiple", file_types=list(EXTENSIONS), height=160)
    gr.Markdown(info, elem_classes="help")
    return field


def _readable(part: Part) -> bool:
    return part.note != upload_checks.UNREADABLE
