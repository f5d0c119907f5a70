"""What a visitor can open or download of a batch: one row with its image, the table as CSV, the overlays as ZIP."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from favae_demo.core.errors import ConfigError, FavaeError
from favae_demo.detection.batch.jobs import Batch
from favae_demo.detection.batch.judge import BatchRow, BatchVerdict, Scale
from favae_demo.detection.batch.table import write_csv
from favae_demo.scoring.detection import Detection
from favae_demo.ui import text
from favae_demo.ui.choices import share
from favae_demo.ui.components.feedback_panel import Shown
from favae_demo.ui.components.html import notice_html, progress_html, verdict_html
from favae_demo.viz.overlay import overlay
from favae_demo.viz.overlay_zip import write_overlays


def open_row(batch: Batch | None, number: int, rate: float) -> tuple[str, np.ndarray | None]:
    """Returns the verdict of one row as HTML, and its image with the found regions; None for one that was not judged.

    Args:
        batch: The visitor's batch, or None.
        number: Number of the row, from 1.
        rate: False-alarm rate in percent.

    Raises:
        ConfigError: The batch or its files no longer exist.
    """
    answer = next((answer for answer in batch_answers(batch, rate) if answer.row.number == number), None)
    if batch is None or batch.scale is None or answer is None:
        raise ConfigError(text.batch.GONE)
    if answer.row.score is None:
        note = text.batch.NOT_JUDGED.format(
            name=answer.row.name, reason=text.sentences.translate(answer.row.reason)
        )
        return verdict_html(None, note), None
    detection = _load_detection(batch, batch.scale, answer.row, answer.row.score, rate)
    note = text.batch.LARGEST.format(name=detection.name, area=text.formatting.area(answer.area))
    return verdict_html(detection, " ".join(filter(None, (note, answer.row.reason)))), overlay(detection)


def spoken_of(batch: Batch | None, number: int, rate: float) -> Shown | None:
    """Returns the image of the row that is open, read from its source again, with its verdict; None where no image is open.

    Raises:
        ConfigError: The batch, or the source, no longer exists.
    """
    answer = next((answer for answer in batch_answers(batch, rate) if answer.row.number == number), None)
    if batch is None or batch.scale is None or answer is None or answer.row.score is None:
        return None
    content = batch.content(number)
    if content is None:
        raise ConfigError(text.feedback.GONE)
    detection = _load_detection(batch, batch.scale, answer.row, answer.row.score, rate)
    return Shown(content, Path(answer.row.name).name, detection, str(batch.model))


def batch_answers(batch: Batch | None, rate: float) -> list[BatchVerdict]:
    """Returns the rows of a batch under a false-alarm rate (in percent); none where there is no batch."""
    if batch is None or batch.scale is None:
        return []
    return batch.scale.answers(batch.rows, share(rate))


def write_batch_csv(batch: Batch | None, rate: float) -> Path:
    """Writes the table of a batch and returns its path.

    Raises:
        ConfigError: The batch has no rows.
    """
    answers = batch_answers(batch, rate)
    if batch is None or not answers:
        raise ConfigError(text.batch.NOTHING)
    path = batch.folder.path / "results.csv"
    write_csv(path, answers)
    return path


def write_batch_zip(batch: Batch | None, rate: float) -> Iterator[tuple[str, Path | None]]:
    """Writes the overlays of a batch.

    Yields:
        A progress bar as HTML and None; at the end a notice and the path of the file.

    Raises:
        ConfigError: No row was judged, or the batch's files no longer exist.
    """
    answers = batch_answers(batch, rate)
    judged = [(answer.row, answer.row.score) for answer in answers if answer.row.score is not None]
    if batch is None or batch.scale is None or not judged:
        raise ConfigError(text.batch.NOTHING)
    path = batch.folder.path / "overlays.zip"
    scale = batch.scale
    detections = (_load_detection(batch, scale, row, score, rate) for row, score in judged)
    for done in write_overlays(path, detections):
        if done % 10 == 1:
            line = text.batch.ZIPPING.format(done=done, count=len(judged))
            yield progress_html(done / len(judged), line, text.batch.ZIP_PROGRESS), None
    yield notice_html([text.batch.ZIPPED.format(count=len(judged))]), path


def _load_detection(batch: Batch, scale: Scale, row: BatchRow, score: float, rate: float) -> Detection:
    try:
        return batch.folder.detection(row.number, score, scale, share(rate), row.name, row.unlike)
    except (FavaeError, OSError) as error:
        raise ConfigError(text.batch.GONE) from error
