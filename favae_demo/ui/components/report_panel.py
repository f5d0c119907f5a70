"""The report button of the Results tab, and what the endpoint `report` does."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import CheckpointError
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.components.measurement import progress_of
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services

ReportProgress = Callable[[float, str], None]  # takes the share done, in [0, 1], and what is being done

FILES = ("summary", "page", "archive")  # keys of `text.report.SAVE`


@dataclass(frozen=True)
class ReportFiles:
    """The files of a finished report.

    Attributes:
        summary: The HTML file of the summary on two pages.
        page: The HTML file of the report.
        archive: The ZIP file, with both of them.
        record: Its metrics at full precision, for programs.
        sentences: The summary and the remarks, for the page.
    """

    summary: Path
    page: Path
    archive: Path
    record: dict[str, Any]
    sentences: tuple[str, ...]


def build(services: Services) -> dict[str, Any]:
    """Builds the panel at the end of the Results tab; returns its components by name."""
    ui: dict[str, Any] = {}
    with gr.Column():
        gr.Markdown(f"## {text.report.TITLE}\n{text.report.INTRO}")
        ui["make"] = gr.Button(text.report.MAKE, variant="primary", elem_classes="settings")
        ui["progress"] = gr.HTML(elem_classes="flush")
        # One row for all: of two components that appear within milliseconds one is lost.
        with gr.Row(visible=False) as ui["saving"]:
            ui["print"] = gr.Button(text.report.PRINT, min_width=280)
            for name, label in text.report.SAVE.items():
                ui[name] = gr.DownloadButton(label, min_width=280)
    return ui


def wire(ui: dict[str, Any], services: Services, chosen: list[Any]) -> None:
    """Connects the button.

    Args:
        ui: From `build`.
        services: The core.
        chosen: The components that hold category, model and false-alarm rate in percent.
    """

    @show_errors
    def make(category: str, model: str, rate: float) -> Iterator[list]:
        for html, made in make_report(services, category, model, rate / 100):
            if made is None:
                yield [html, gr.Button(interactive=False), gr.Row(visible=False), *(gr.skip() for _ in FILES)]
            else:
                files = [gr.DownloadButton(value=str(getattr(made, name))) for name in FILES]
                yield [html, gr.Button(interactive=True), gr.Row(visible=True), *files]

    outputs = [ui[name] for name in ("progress", "make", "saving", *FILES)]
    started = ui["make"].click(
        make, chosen, outputs,
        api_visibility="private", show_progress="hidden", trigger_mode="once", concurrency_limit=2,
    )  # fmt: skip
    # The browser makes the PDF: no program of this machine has to.
    ui["print"].click(None, ui["summary"], js="(file) => favae.print(file.url)")
    started.failure(
        lambda: ["", gr.Button(interactive=True)], None, outputs[:2],
        api_visibility="private", show_progress="hidden",
    )  # fmt: skip


def make_report(
    services: Services, category: str | None, model: str | None, rate: float
) -> Iterator[tuple[str, ReportFiles | None]]:
    """Makes a report; when a visitor leaves the page, it is still written to its end.

    Yields:
        (HTML of the progress bar, None); at the end (HTML of the summary, the report).

    Raises:
        FavaeError: No model is chosen, it is gone, or the rate is not between 0 and 1.
    """
    if not category or not model:
        raise CheckpointError(text.report.CHOOSE)
    made: list[ReportFiles] = []
    for share, line in progress_of(
        lambda progress: made.append(_write_report(services, category, Path(model), rate, progress))
    ):
        yield progress_html(share, line, text.report.PROGRESS), None
    yield notice_html(made[0].sentences), made[0]


def run_report(services: Services, category: str, teacher: str, rate: float) -> ReportFiles:
    """Makes a report of the newest model of a category and teacher; waits for weights that are downloaded.

    Raises:
        FavaeError: There is no such model, or the rate is not between 0 and 1.
    """
    model = services.registry.newest(category, teacher)
    if model is None:
        raise CheckpointError(text.page.NO_MODEL)
    return _write_report(services, category, model.path, rate, lambda share, line: None)


def _write_report(
    services: Services, name: str, model: Path, rate: float, progress: ReportProgress
) -> ReportFiles:
    # Imported here: scikit-learn and torch load only when a report is made.
    from favae_demo.report import archive
    from favae_demo.report import text as report_text
    from favae_demo.report.report_data import gather

    def load(path: Path) -> Any:
        services.registry.await_weights(path)
        return services.registry.torch_detector(path)

    start = time.perf_counter()
    category = services.category(name)
    missing = "" if category else report_text.NO_DATA.format(category=name)
    data = gather(model, services.settings, category, load, rate=rate, missing=missing, progress=progress)
    progress(0.95, report_text.WRITING)
    folder = services.new_download_folder()
    page, packed = (folder / f"{data.card.name}-report{suffix}" for suffix in archive.SUFFIXES)
    summary = folder / f"{data.card.name}-summary.html"
    archive.write(data, page, packed)
    archive.write_summary(data, summary)
    sentence = text.report.DONE.format(
        category=data.title, title=data.variant, rate=report_text.percent(rate),
        seconds=time.perf_counter() - start, answer=report_text.answer(data.counts),
    )  # fmt: skip
    return ReportFiles(summary, page, packed, archive.record(data), (sentence, *data.remarks))
