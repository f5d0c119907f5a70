"""A report as a file: the page, its summary on two pages, or a ZIP file with both, scores, charts, example images and the model's card."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from favae_demo.core.errors import ConfigError
from favae_demo.core.files import atomic_path
from favae_demo.core.plain_text import escape_markdown
from favae_demo.report import reproduce, text
from favae_demo.report.charts import SCORE_COLUMNS, Chart, add_charts, csv_text, png_bytes, score_rows
from favae_demo.report.example_images import views
from favae_demo.report.html import build_charts, render, shown_views
from favae_demo.report.report_data import ReportData
from favae_demo.report.summary import render_summary

SUFFIXES = (".html", ".zip")
ARCHIVE_SIDE = 512  # pixels of the longer side of example images


def check_target(path: Path) -> None:
    """Checks the path of a report.

    Raises:
        ConfigError: The suffix is neither `.html` nor `.zip`, or the path is a folder.
    """
    if path.suffix.lower() not in SUFFIXES or path.is_dir():
        raise ConfigError(f"A report is written as .html or .zip, as in report.html, not as {path.name!r}.")


def write(data: ReportData, *paths: Path) -> None:
    """Writes a report to each path, atomically; the suffix determines the format.

    Raises:
        ConfigError: The suffix of a path is neither `.html` nor `.zip`, or it cannot be written.
    """
    for path in paths:
        check_target(path)
    charts = build_charts(data)
    page = render(data, charts)
    for path in paths:
        if path.suffix.lower() == ".html":
            _write_atomically(path, lambda temporary: _write_page(temporary, page))
        else:
            _write_atomically(path, lambda temporary: _write_zip(temporary, page, data, charts))


def check_summary_target(path: Path) -> None:
    """Checks the path of a summary.

    Raises:
        ConfigError: The suffix is not `.html`, or the path is a folder.
    """
    if path.suffix.lower() != ".html" or path.is_dir():
        raise ConfigError(
            f"A summary is written as .html, as in summary.html, not as {path.name!r}; the report as .zip has it too."
        )


def write_summary(data: ReportData, path: Path) -> None:
    """Writes the summary on two pages, atomically.

    Raises:
        ConfigError: The suffix of the path is not `.html`, or it cannot be written.
    """
    check_summary_target(path)
    _write_atomically(path, lambda temporary: _write_page(temporary, render_summary(data)))


def record(data: ReportData) -> dict[str, Any]:
    """Returns the numbers of the report as a JSON-serialisable mapping."""
    counts = data.counts
    config = data.card.config
    outcomes = vars(counts) if counts else dict.fromkeys(("found", "missed", "alarms", "passed"))
    return {
        "category": data.name,
        "teacher": config.teacher,
        "preset": config.preset,
        "seed": config.seed,
        "rate": data.rate,
        "limit": data.threshold.value,
        "limit_supported": data.threshold.supported,
        "good_pictures_missing": data.threshold.support.missing,
        **outcomes,
        "n_good": data.n_good,
        "n_defect": data.n_defect,
        **data.figures,
        "reasons": data.reasons,
        "measured_now": data.is_fresh,
        "remarks": list(data.remarks),
        "answer": text.answer(counts),
        "model_sha256": data.model_sha256,
    }


def scores_csv(data: ReportData) -> str:
    """Returns the scores as CSV, one line per test image; only the header if nothing was measured."""
    rows = [SCORE_COLUMNS] if data.measured is None else score_rows(data.measured, data.threshold)
    return csv_text(rows)


def model_card(data: ReportData) -> str:
    """Returns the model's card as Markdown."""
    card = data.card
    lines = [
        f"# {escape_markdown(data.variant)} for {escape_markdown(data.title)}",
        "",
        f"File {escape_markdown(data.model)}, SHA-256 `{data.model_sha256}`.",
        "",
    ]
    facts = {
        "Trained on": card.data.get("source", "not known"),
        "Good pictures learned from": card.data.get("train", "not known"),
        "Good pictures held out for the limit": card.data.get("held_out", "not known"),
        "Licence of the data": card.data.get("licence") or "not known",
        "Remarks on the data": card.data.get("note") or "none",
        "Training": text.stopped(card) or "not stopped early",
        "Not judged": text.ranges_note(card.calibration),
        "Weights of the second network": card.teacher_source or "none used",
        "Fingerprint of those weights": card.teacher_fingerprint or "none used",
        "Version of FAVAE Demo": card.version or "not known",
    }
    lines += [f"- {name}: {escape_markdown(str(value))}" for name, value in facts.items()]
    lines += ["", "## Figures", "", "| figure | value | remark |", "|---|---|---|"]
    for name, (title, _, _) in text.FIGURES.items():
        value = data.figures[name]
        lines.append(
            f"| {title} | {'–' if value is None else f'{value:.4f}'} | {escape_markdown(data.reasons.get(name, ''))} |"
        )
    lines += ["", "## Settings of the training", "", "| setting | value | meaning |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {escape_markdown(value)} | {help} |"
        for name, value, help in reproduce.settings_rows(card)
    ]
    return "\n".join(lines) + "\n"


def _write_atomically(path: Path, write_to: Callable[[Path], object]) -> None:
    try:
        with atomic_path(path) as temporary:
            write_to(temporary)
    except OSError as error:
        raise ConfigError(f"The report cannot be written to {path}: {error.strerror}.") from error


def _write_page(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8")


def _write_zip(path: Path, page: str, data: ReportData, charts: list[Chart]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.html", page)
        archive.writestr("summary.html", render_summary(data))
        archive.writestr("report.json", json.dumps(record(data), indent=2, ensure_ascii=False) + "\n")
        archive.writestr("scores.csv", scores_csv(data))
        archive.writestr("model-card.md", model_card(data))
        archive.writestr("model-card.json", json.dumps(json.loads(data.card.to_json()), indent=2) + "\n")
        add_charts(archive, charts, "charts/")
        for example in data.examples:
            stem = f"{example.group}-{example.kind}-{Path(example.key).stem}"
            images = views(example, side=ARCHIVE_SIDE)
            for name in shown_views(data):
                archive.writestr(f"examples/{stem}-{name}.png", png_bytes(images[name]))
