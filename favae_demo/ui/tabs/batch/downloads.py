"""What a visitor takes from a batch: one row with its picture, the table as CSV, the overlays as ZIP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from favae_demo.core.errors import ConfigError, FavaeError
from favae_demo.detection.batch.jobs import Batch
from favae_demo.detection.batch.judge import Answer
from favae_demo.detection.batch.table import write_csv
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html, verdict_html
from favae_demo.viz.overlay import overlay
from favae_demo.viz.overlay_zip import write_overlays


def detail(batch: Batch | None, number: int, rate: str) -> tuple[str, Any]:
    """Verdict and picture of one row.

    Raises:
        ConfigError: The batch is gone.
    """
    answer = next((one for one in answers_of(batch, rate) if one.row.number == number), None)
    if batch is None or answer is None:
        raise ConfigError(text.batch.GONE)
    if answer.row.score is None:
        note = text.batch.NOT_JUDGED.format(name=answer.row.name, reason=answer.row.reason)
        return verdict_html(None, note), None
    found = _kept(batch, answer, rate)
    return verdict_html(
        found, text.batch.LARGEST.format(name=found.name, area=text.batch.area(answer.area))
    ), overlay(found)


def answers_of(batch: Batch | None, rate: str) -> list[Answer]:
    """The rows of a batch under a rate; none where there is no batch."""
    if batch is None or batch.scale is None:
        return []
    return batch.scale.answers(batch.rows, text.page.RATES[rate])


def csv_file(batch: Batch | None, rate: str) -> Path:
    """Writes the table of a batch.

    Raises:
        ConfigError: There is nothing in it.
    """
    answers = answers_of(batch, rate)
    if batch is None or not answers:
        raise ConfigError(text.batch.NOTHING)
    path = batch.folder.path / "results.csv"
    write_csv(path, answers)
    return path


def zip_file(batch: Batch | None, rate: str) -> Iterator[tuple[str, Path | None]]:
    """Writes the overlays of a batch; yields how far that is, and at last the file.

    Raises:
        ConfigError: There is nothing in it, or it is gone.
    """
    judged = [one for one in answers_of(batch, rate) if one.row.score is not None]
    if batch is None or not judged:
        raise ConfigError(text.batch.NOTHING)
    path = batch.folder.path / "overlays.zip"
    for done in write_overlays(path, (_kept(batch, one, rate) for one in judged)):
        if done % 10 == 1:
            line = text.batch.ZIPPING.format(done=done, count=len(judged))
            yield progress_html(done / len(judged), line, text.batch.ZIP_PROGRESS), None
    yield notice_html([text.batch.ZIPPED.format(count=len(judged))]), path


def _kept(batch: Batch, answer: Answer, rate: str) -> Detection:
    row = answer.row
    try:
        return batch.folder.detection(row.number, row.score, batch.scale, text.page.RATES[rate], row.name)
    except (FavaeError, OSError) as error:
        raise ConfigError(text.batch.GONE) from error
