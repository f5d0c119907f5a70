"""What the Batch tab shows of a batch: pure functions from a batch to words and HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from favae_demo.detection.batch.jobs import Batch
from favae_demo.detection.batch.judge import DEFECT, GOOD, NOT_JUDGED, Answer
from favae_demo.detection.batch.table import arranged, counts
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html, progress_html

PAGE = 50  # rows shown at a time, so that a thousand pictures do not burden the browser


@dataclass(frozen=True)
class Look:
    """Values of the controls.

    Attributes:
        show: One of `batch_table.FILTERS`.
        order: A key of `batch_table.SORTS`.
        rate: A key of `text.page.RATES`.
        page: Which part of the rows, from 0.
        picked: Number of the row whose picture is shown, 0 for none.
    """

    show: str = "all"
    order: str = "given"
    rate: str = text.page.DEFAULT_RATE
    page: int = 0
    picked: int = 0


@dataclass(frozen=True)
class Drawn:
    """The results under the controls.

    Attributes:
        summary: Counts and limit, as HTML.
        table: One page of rows, as HTML.
        page: Which page that is: the last one where fewer are there than were asked for.
        pages: How many there are.
    """

    summary: str = ""
    table: str = ""
    page: int = 0
    pages: int = 1


def draw(batch: Batch | None, look: Look) -> Drawn:
    """The results of a batch so far; empty while there are none."""
    if batch is None or batch.scale is None or not batch.count:
        return Drawn()
    answers = batch.scale.answers(batch.rows, text.page.RATES[look.rate])
    rows = arranged(answers, look.show, look.order)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(look.page, 0), pages - 1)
    shown = rows[page * PAGE : (page + 1) * PAGE]
    return Drawn(
        summary_html(batch, answers, look.rate),
        table_html(batch, shown, page, len(rows), look.picked),
        page,
        pages,
    )


def state_html(batch: Batch | None) -> str:
    """How far a batch is, or how it ended."""
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


def summary_html(batch: Batch, answers: Sequence[Answer], rate: str) -> str:
    """How many of each, and under which limit."""
    found, place = counts(answers), batch.scale.rates.index(text.page.RATES[rate])
    lines = [text.batch.LIMIT.format(limit=text.formatting.number(batch.scale.thresholds[place]))]
    if not batch.scale.supported[place]:
        lines.append(text.page.FEW_HELD_OUT.format(count=batch.scale.held_out))
    counted = text.batch.COUNTS.format(defect=found[DEFECT], good=found[GOOD], other=found[NOT_JUDGED])
    return (
        f'<div class="batch-summary"><strong>{html.escape(counted)}</strong>'
        f"<span>{html.escape(' '.join(lines))}</span></div>"
    )


def table_html(batch: Batch, rows: Sequence[Answer], page: int, count: int, picked: int) -> str:
    """One page of rows; the names are buttons.

    Args:
        batch: Whose.
        rows: Those of the page.
        page: Which, from 0.
        count: Rows on all pages.
        picked: Number of the row that is marked.
    """
    if not rows:
        return f'<p class="batch-rows">{html.escape(text.batch.EMPTY)}</p>'
    caption = text.batch.CAPTION.format(
        first=page * PAGE + 1, last=page * PAGE + len(rows), count=f"{count:,}"
    )
    head = "".join(
        f'<th scope="col">{html.escape(title)}</th>' if title else "<td></td>" for title in text.batch.HEADERS
    )
    body = "".join(_row(batch, one, one.row.number == picked) for one in rows)
    return (
        f'<table class="batch-rows"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(batch: Batch, answer: Answer, picked: bool) -> str:
    row, judged = answer.row, answer.row.score is not None
    small = _address(batch.folder.thumbnail(row.number)) if judged else ""
    image = f'<img src="{small}" alt="" loading="lazy" width="48" height="48">' if judged else ""
    icon, verdict = text.batch.VERDICTS[answer.verdict]
    figures = (
        (
            text.formatting.number(row.score),
            text.batch.area(answer.area),
            text.batch.MILLISECONDS.format(value=row.milliseconds),
        )
        if judged
        else (text.batch.UNKNOWN,) * 3
    )
    reason = f"<small>{html.escape(row.reason)}</small>" if row.reason else ""
    current = ' aria-current="true"' if picked else ""
    return (
        f'<tr class="{answer.verdict.replace(" ", "-")}"{current}><td>{image}</td>'
        f'<td><button type="button" data-number="{row.number}">{html.escape(row.name)}</button>{reason}</td>'
        f'<td><span class="tag"><span aria-hidden="true">{icon}</span> {verdict}</span></td>'
        + "".join(f"<td>{cell}</td>" for cell in figures)
        + "</tr>"
    )


def _address(path: Path) -> str:
    # Relative, so that it also works where the page is served below another address.
    return html.escape(f"gradio_api/file={path.as_posix()}", quote=True)
