"""What the Batch tab shows of a batch: pure functions from a batch to text and HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from favae_demo.detection.batch.jobs import Batch
from favae_demo.detection.batch.judge import DEFECT, GOOD, NOT_JUDGED, BatchVerdict, Scale
from favae_demo.detection.batch.table import counts, sort_verdicts
from favae_demo.detection.drift import ADVICE, Drift
from favae_demo.scoring.multiples import format_number
from favae_demo.ui import text
from favae_demo.ui.choices import RECOMMENDED_RATE, share
from favae_demo.ui.components.html import notice_html, progress_html

MOST_DRIFTS = 3  # drifts of a batch that are shown
PAGE_ROWS = 50  # rows shown at a time; a table of a thousand images would be slow in the browser


@dataclass(frozen=True)
class TableControls:
    """Values of the controls above the table.

    Attributes:
        show: `all`, or the verdict of the rows that are shown.
        order: A key of `table.SORTS` there.
        rate: False-alarm rate in percent.
        page: Index of the page, from 0.
        picked: Number of the row whose image is shown, 0 for none.
    """

    show: str = "all"
    order: str = "given"
    rate: float = RECOMMENDED_RATE
    page: int = 0
    picked: int = 0


@dataclass(frozen=True)
class TablePage:
    """One page of a batch's results.

    Attributes:
        summary: Counts and threshold, as HTML.
        table: The rows of the page, as HTML.
        page: Index of the page, from 0.
        pages: Number of pages.
    """

    summary: str = ""
    table: str = ""
    page: int = 0
    pages: int = 1


def render_page(batch: Batch | None, controls: TableControls) -> TablePage:
    """Returns the results of a batch so far; empty while there are none.

    Args:
        batch: The visitor's batch, or None.
        controls: What to show; a page index beyond the last page gives the last page.
    """
    if batch is None or batch.scale is None or not batch.count:
        return TablePage()
    answers = batch.scale.answers(batch.rows, share(controls.rate))
    rows = sort_verdicts(answers, controls.show, controls.order)
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(controls.page, 0), pages - 1)
    page_rows = rows[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    return TablePage(
        summary_html(batch.scale, answers, controls.rate) + drift_html(batch.drifts),
        table_html(batch, page_rows, page, len(rows), controls.picked),
        page,
        pages,
    )


def state_html(batch: Batch | None) -> str:
    """Returns the progress of a batch, or how it ended; empty where there is no batch."""
    if batch is None:
        return ""
    speed = batch.judged / batch.seconds if batch.seconds else 0.0
    if not batch.running:
        ended = text.batch.STOPPED if batch.stopped else text.batch.DONE
        sentence = ended.format(
            title=batch.title,
            count=batch.count,
            duration=text.formatting.duration(batch.seconds),
            speed=text.batch.DONE_SPEED.format(speed=text.formatting.amount(speed)) if speed else "",
        )
        return notice_html([batch.problem] if batch.problem else [sentence])
    if batch.scale is None:
        return progress_html(0, text.batch.LOADING.format(title=batch.title), text.batch.PROGRESS)
    left = batch.seconds * (1 - batch.share) / batch.share if batch.share else 0.0
    hint = (
        text.batch.SPEED.format(speed=text.formatting.amount(speed), left=text.formatting.duration(left))
        if batch.seconds > 1
        else ""
    )
    line = text.batch.RUNNING.format(
        title=batch.title, percent=round(100 * batch.share), count=batch.count, speed=hint
    )
    return progress_html(batch.share, line, text.batch.PROGRESS)


def summary_html(scale: Scale, answers: Sequence[BatchVerdict], rate: float) -> str:
    """Returns the counts of each verdict and the threshold.

    Args:
        scale: Thresholds of the batch.
        answers: All rows.
        rate: False-alarm rate in percent.
    """
    verdicts, index = counts(answers), scale.rates.index(share(rate))
    lines = filter(None, [text.batch.LIMIT, scale.support[index].remark])
    counted = text.batch.COUNTS.format(
        defect=verdicts[DEFECT], good=verdicts[GOOD], other=verdicts[NOT_JUDGED]
    )
    return (
        f'<div class="batch-summary"><strong>{html.escape(counted)}</strong>'
        f"<span>{html.escape(text.sentences.translate(' '.join(lines)))}</span></div>"
    )


def drift_html(drifts: Sequence[Drift]) -> str:
    """Returns what has changed in a series of pictures, and what helps; empty if nothing has."""
    if not drifts:
        return ""
    lines = [drift.sentence for drift in drifts[:MOST_DRIFTS]]
    if len(drifts) > MOST_DRIFTS:
        lines.append(text.batch.MORE_DRIFTS.format(count=len(drifts) - MOST_DRIFTS))
    return f'<div class="batch-drift">{notice_html([*lines, ADVICE])}</div>'


def table_html(batch: Batch, rows: Sequence[BatchVerdict], page: int, count: int, picked: int) -> str:
    """Returns one page of rows; the names are buttons that open the image.

    Args:
        batch: The batch, whose folder holds the thumbnails.
        rows: Rows of the page.
        page: Index of the page, from 0.
        count: Number of rows on all pages.
        picked: Number of the row that is marked as open, 0 for none.
    """
    if not rows:
        return f'<p class="batch-rows">{html.escape(text.batch.EMPTY)}</p>'
    caption = text.batch.CAPTION.format(
        first=page * PAGE_ROWS + 1, last=page * PAGE_ROWS + len(rows), count=text.formatting.grouped(count)
    )
    head = "".join(
        f'<th scope="col">{html.escape(title)}</th>' if title else "<td></td>" for title in text.batch.HEADERS
    )
    body = "".join(_row_html(batch, answer, answer.row.number == picked) for answer in rows)
    return (
        f'<table class="batch-rows"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row_html(batch: Batch, answer: BatchVerdict, picked: bool) -> str:
    row, image = answer.row, ""
    figures = (text.batch.UNKNOWN,) * 3
    if answer.multiple is not None:
        address = _file_url(batch.folder.thumbnail(row.number))
        image = f'<img src="{address}" alt="" loading="lazy" width="48" height="48">'
        figures = (
            format_number(answer.multiple),
            text.formatting.area(answer.area),
            text.batch.MILLISECONDS.format(value=row.milliseconds),
        )
    icon, verdict = text.batch.VERDICTS[answer.verdict]
    reason = f"<small>{html.escape(text.sentences.translate(row.remark))}</small>" if row.remark else ""
    current = ' aria-current="true"' if picked else ""
    return (
        f'<tr class="{answer.verdict.replace(" ", "-")}"{current}><td>{image}</td>'
        f'<td><button type="button" data-number="{row.number}">{html.escape(row.name)}</button>{reason}</td>'
        f'<td><span class="tag"><span aria-hidden="true">{icon}</span> {verdict}</span></td>'
        + "".join(f"<td>{cell}</td>" for cell in figures)
        + "</tr>"
    )


def _file_url(path: Path) -> str:
    # Relative, so that it also works where a proxy serves the page below a path of its own.
    return html.escape(f"gradio_api/file={path.as_posix()}", quote=True)
