"""The list of verdicts in the History tab, one of them with its picture, and all of them as a table for spreadsheets."""

import html
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.core.plain_text import write_csv_rows
from favae_demo.core.settings import is_public
from favae_demo.data.io.images import decode
from favae_demo.data.library.feedback import Verdict
from favae_demo.line.history.reader import Filter, HistoryError, reading
from favae_demo.line.history.verdicts import StoredVerdict, count_verdicts, read_all, read_one
from favae_demo.line.verdict_record import VerdictRecord
from favae_demo.scoring.detection import DEFECT
from favae_demo.scoring.multiples import format_number
from favae_demo.ui import text
from favae_demo.ui.components.feedback_panel import Shown
from favae_demo.ui.components.html import notice_html, progress_html
from favae_demo.ui.tabs.history.controls import Zone
from favae_demo.ui.tabs.history.kept_images import small_image
from favae_demo.ui.tabs.history.overview import image_address
from favae_demo.viz.place_map import with_boxes

PAGE_ROWS = 24
THUMBNAIL = 96  # pixels, twice the size on screen
TELL_EVERY = 20_000  # verdicts
COLUMNS = (
    "utc", "source", "name", "verdict", "multiple", "score", "limit", "regions", "place_x", "place_y", "model", "remark", "picture", "id",
)  # fmt: skip
T = text.history


def table_html(verdicts: Sequence[StoredVerdict], page: int, count: int, zone: Zone, max_pixels: int) -> str:
    """Returns one page of verdicts; the names of those that were judged are buttons that open them.

    Args:
        verdicts: The verdicts of the page.
        page: Its index, from 0.
        count: Number of verdicts on all pages.
        zone: Time zone of the times.
        max_pixels: Largest kept picture that is read.
    """
    if not verdicts:
        return f'<p class="batch-rows">{html.escape(T.NO_ROWS)}</p>'
    first = page * PAGE_ROWS
    caption = T.CAPTION.format(
        **{
            name: text.formatting.grouped(value)
            for name, value in (("first", first + 1), ("last", first + len(verdicts)), ("count", count))
        }
    )
    head = "".join(
        f'<th scope="col">{html.escape(title)}</th>' if title else "<td></td>" for title in T.HEADERS
    )
    body = "".join(_row(one, zone, max_pixels) for one in verdicts)
    return (
        f'<table class="batch-rows"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def open_verdict(path: Path, number: int, zone: Zone, max_pixels: int) -> tuple[str, np.ndarray | None]:
    """Returns a verdict as HTML, and its kept picture with boxes around what was found; None if it is not there.

    Raises:
        HistoryError: The verdict is gone.
    """
    record = _record(path, number)
    image, note = _kept_image(record, max_pixels)
    drawn = None if image is None else with_boxes(image, (region["box"] for region in record.regions))
    return verdict_html(record, zone, note), drawn


def verdict_html(record: VerdictRecord, zone: Zone, note: str = "") -> str:
    """Returns a kept verdict as word and icon, with its score, its place and its remark.

    Args:
        record: The verdict.
        zone: Time zone of its time.
        note: A sentence at the end.
    """
    icon, word = T.VERDICTS.get(record.verdict, ("", record.verdict))
    multiple = "" if record.multiple is None else text.formatting.multiple(record.multiple)
    where = (
        T.WHERE.format(place=text.formatting.place(*record.regions[0]["centre"])) if record.regions else ""
    )
    about = T.ABOUT.format(
        name=record.name, source=record.source, time=_time(record, zone), model=record.model
    )
    reasons = " ".join(filter(None, (where, text.sentences.translate(record.remark or ""))))
    return (
        f'<div class="verdict {_css_class(record.verdict)}" role="status" aria-live="polite">'
        f'<span class="word"><span aria-hidden="true">{icon}</span> {html.escape(word)}</span><span>{multiple}</span>'
        f'<span class="why">{html.escape(reasons)}</span><span class="note">{html.escape(f"{about} {note}".strip())}</span></div>'
    )


def spoken_of(path: Path | None, number: int) -> Shown | None:
    """Returns the verdict that is open, to speak about it; None where none is open.

    Raises:
        HistoryError: The verdict is gone.
        ImageError: Its picture is not there.
    """
    if path is None or not number:
        return None
    record = _record(path, number)
    image = Path(record.picture) if record.picture else None
    if image is None or not image.is_file():
        raise ImageError(T.DELETED if image else T.NOT_KEPT)
    said = Verdict(record.verdict, record.multiple, record.model, record.fingerprint)
    return Shown(image, Path(record.name).name or image.name, said, "", category=record.category)


def write_csv(path: Path, asked: Filter, show: str, out: Path) -> Iterator[tuple[str, bool]]:
    """Writes all verdicts that are asked for as a table, one by one.

    Yields:
        A progress bar as HTML and False; at the end a notice and True.
    """
    with reading(path) as database, out.open("w", encoding="utf-8-sig", newline="") as file:
        count = count_verdicts(database, asked, show)
        write_csv_rows(file, [COLUMNS])
        rows: list[list[object]] = []
        done = 0
        for one in read_all(database, asked, show):
            rows.append(csv_row(one.record))
            if len(rows) == TELL_EVERY:
                write_csv_rows(file, rows)
                done, rows = done + len(rows), []
                yield (
                    progress_html(
                        done / count,
                        T.WRITING.format(
                            done=text.formatting.grouped(done), count=text.formatting.grouped(count)
                        ),
                        T.PROGRESS,
                    ),
                    False,
                )
        write_csv_rows(file, rows)
    yield notice_html([T.WRITTEN.format(count=text.formatting.grouped(count))]), True


def csv_row(record: VerdictRecord) -> list[object]:
    """Returns the values of `COLUMNS`."""
    x, y = record.regions[0]["centre"] if record.regions else ("", "")
    return [
        record.time, record.source, record.name, record.verdict, record.multiple, record.score, record.threshold,
        len(record.regions), x, y, record.model, record.remark, _told_path(record.picture), record.id,
    ]  # fmt: skip


def _told_path(path: str) -> str:
    """Returns a path as visitors may see it: strangers are not told the folders of the machine."""
    return Path(path).name if is_public() else path


def _record(path: Path, number: int) -> VerdictRecord:
    with reading(path) as database:
        stored = read_one(database, number)
    if stored is None:
        raise HistoryError(T.GONE)
    return stored.record


def _kept_image(record: VerdictRecord, max_pixels: int) -> tuple[np.ndarray | None, str]:
    if not record.picture:
        return None, T.NOT_KEPT
    if not Path(record.picture).is_file():
        return None, T.DELETED
    return decode(Path(record.picture), max_pixels=max_pixels), ""


def _row(stored: StoredVerdict, zone: Zone, max_pixels: int) -> str:
    record = stored.record
    small = small_image(Path(record.picture), THUMBNAIL, max_pixels) if record.picture else None
    image = "" if small is None else f'<img src="{image_address(small)}" alt="" width="48" height="48">'
    icon, word = T.VERDICTS.get(record.verdict, ("", record.verdict))
    multiple = T.UNKNOWN if record.multiple is None else format_number(record.multiple)
    where = (
        text.formatting.place(*record.regions[0]["centre"])
        if record.regions and record.verdict == DEFECT
        else T.UNKNOWN
    )
    about = f"{record.source} · {_time(record, zone)}"
    name = record.name or about
    return (
        f'<tr class="{_css_class(record.verdict)}"><td>{image}</td>'
        f'<td><button type="button" data-number="{stored.number}">{html.escape(name)}</button><small>{html.escape(about)}</small></td>'
        f'<td><span class="tag"><span aria-hidden="true">{icon}</span> {html.escape(word)}</span></td>'
        f"<td>{multiple}</td><td>{html.escape(where)}</td></tr>"
    )


def _time(record: VerdictRecord, zone: Zone) -> str:
    return f"{datetime.fromisoformat(record.time).astimezone(zone.info):%Y-%m-%d %H:%M:%S}"


def _css_class(verdict: str) -> str:
    return html.escape(verdict.replace(" ", "-"))
