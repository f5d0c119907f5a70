"""What the History tab shows above the list: state and drift, the control chart, shares of defects, heat maps."""

import base64
import html
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from favae_demo.detection.drift import ADVICE, Usual
from favae_demo.detection.registry import Registry
from favae_demo.line.history.baselines import usual_of
from favae_demo.line.history.drifts import SourceDrift, reported_drifts, score_drifts, unreported
from favae_demo.line.history.places import GRID, MOST, Places
from favae_demo.line.history.reader import Filter
from favae_demo.line.history.shares import Share, Shares
from favae_demo.line.history.timeline import Timeline
from favae_demo.line.picture_store import jpeg
from favae_demo.line.verdict_record import UNREADABLE
from favae_demo.scoring.detection import DEFECT, NOT_JUDGED
from favae_demo.ui import text
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.tabs.history.controls import Zone
from favae_demo.ui.tabs.history.kept_images import small_image
from favae_demo.viz.heatmap import css_gradient
from favae_demo.viz.place_map import SIDE, place_map

MAIN_PLACES, MOST_DRIFTS, MOST_SOURCES = 3, 5, 6
T = text.history


def state_html(timeline: Timeline, drifts: Sequence[SourceDrift], zone: Zone) -> str:
    """Returns the counts, the span of time, and what drifts."""
    counts = timeline.counts
    judged, defects = int(timeline.judged.sum()), counts.get(DEFECT, 0)
    summary = T.SUMMARY.format(
        pictures=text.formatting.pictures(timeline.pictures), defects=text.formatting.grouped(defects), share=text.formatting.share(defects, judged),
        unlike=text.formatting.grouped(counts.get(NOT_JUDGED, 0)), unreadable=text.formatting.grouped(counts.get(UNREADABLE, 0)),
    )  # fmt: skip
    period = T.PERIOD.format(
        first=zone.words_of(timeline.span.start_ms), last=zone.words_of(timeline.span.end_ms),
        zone=T.ZONE.format(zone=zone.words),
    )  # fmt: skip
    return (
        f'<div class="batch-summary"><strong>{html.escape(summary)}</strong><span>{html.escape(period)}</span></div>'
        f'<div class="batch-drift">{notice_html(drift_lines(drifts, zone))}</div>'
    )


def drift_lines(drifts: Sequence[SourceDrift], zone: Zone) -> list[str]:
    """Returns a sentence for each of the last drifts, those that go on first."""
    if not drifts:
        return [T.NO_DRIFT]
    ordered = sorted(drifts, key=lambda one: (one.is_over, -one.first_ms))
    lines = [_drift_line(one, zone) for one in ordered[:MOST_DRIFTS]]
    if len(ordered) > MOST_DRIFTS:
        lines.append(T.MORE_DRIFTS.format(count=len(ordered) - MOST_DRIFTS))
    return [*lines, *([] if ordered[0].is_over else [ADVICE])]


def all_drifts(
    database: sqlite3.Connection, asked: Filter, timeline: Timeline, registry: Registry
) -> tuple[list[SourceDrift], dict[int, Usual]]:
    """Returns the drifts that the line reported, and those that only the scores show; with what is usual, by position of the series."""
    reported = reported_drifts(database, asked, timeline)
    usual = {
        row: signals
        for row, series in enumerate(timeline.series)
        if (signals := usual_of(registry, series.model))
    }
    shown = [one for row, signals in usual.items() for one in score_drifts(timeline.series[row], signals)]
    return [*reported, *unreported(shown, reported)], usual


def shares_html(shares: Shares, shifts: Sequence[int]) -> str:
    """Returns tables of the shares of defects, each with a bar."""
    hours = {T.HOUR.format(hour=hour): share for hour, share in enumerate(shares.hours) if share.judged}
    turns = dict(zip(shift_names(shifts), shares.shifts, strict=True))
    return f'<div class="history-shares">{_share_table(T.BY_HOUR, T.HOUR_HEAD, hours)}<div>{_share_table(T.BY_SHIFT, T.SHIFT_HEAD, turns)}{_share_table(T.BY_SOURCE, T.SOURCE_HEAD, shares.sources)}</div></div>'


def shift_names(shifts: Sequence[int]) -> list[str]:
    """Returns begin and end of each shift, as `06:00–14:00`."""
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in shifts]
    return [
        T.SHIFT.format(first=first, last=last)
        for first, last in zip(times, [*times[1:], times[0]], strict=True)
    ]


def places_html(places_of: Mapping[str, Places], max_pixels: int) -> str:
    """Returns a heat map for each source, over its newest kept picture."""
    if not places_of:
        return f'<p class="remark">{html.escape(T.NO_PLACES)}</p>'
    most_defects = sorted(places_of, key=lambda source: -places_of[source].defects)[:MOST_SOURCES]
    figures = "".join(_place_figure(source, places_of[source], max_pixels) for source in sorted(most_defects))
    is_cut = sum(places.defects for places in places_of.values()) == MOST
    note = (
        f'<p class="remark">{html.escape(T.PLACES_NEWEST.format(most=text.formatting.grouped(MOST)))}</p>'
        if is_cut
        else ""
    )
    return f'<div class="history-places">{figures}</div>{note}'


def main_places(grid: np.ndarray) -> str:
    """Returns where most regions lie, in words with their shares."""
    counts: dict[str, int] = {}
    for row, column in np.argwhere(grid):
        words = text.formatting.place((column + 0.5) / GRID, (row + 0.5) / GRID)
        counts[words] = counts.get(words, 0) + int(grid[row, column])
    ordered = sorted(counts.items(), key=lambda item: -item[1])[:MAIN_PLACES]
    return ", ".join(f"{words} {text.formatting.percent(count / grid.sum())}" for words, count in ordered)


def image_address(image: np.ndarray) -> str:
    """Returns an image (H×W×3 uint8 RGB) as an address that holds it; no file of the line is served."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg(image)).decode()}"


def _drift_line(drift: SourceDrift, zone: Zone) -> str:
    form = T.DRIFTED if drift.is_over else T.DRIFTS_NOW
    return form.format(
        source=drift.source, first=zone.words_of(drift.first_ms), last=zone.words_of(drift.last_ms),
        what=text.sentences.translate(drift.sentence) or T.BY_SCORE.format(change=text.sentences.translate(drift.change)),
    )  # fmt: skip


def _share_table(caption: str, head: str, shares: Mapping[str, Share]) -> str:
    highest = max((share.value for share in shares.values()), default=0.0) or 1.0
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        f'<td><div><i><b style="width:{100 * share.value / highest:.1f}%"></b></i>{text.formatting.share(share.defects, share.judged)}</div></td>'
        f"<td>{T.COUNT.format(defects=text.formatting.grouped(share.defects), judged=text.formatting.grouped(share.judged))}</td></tr>"
        for name, share in shares.items()
    )
    heads = "".join(
        f'<th scope="col">{html.escape(title)}</th>' for title in (head, T.SHARE_HEAD, T.COUNT_HEAD)
    )
    return (
        f'<table class="shares"><caption class="table-caption">{html.escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _place_figure(source: str, places: Places, max_pixels: int) -> str:
    image = small_image(Path(places.picture), SIDE, max_pixels) if places.picture else None
    words = main_places(places.grid)
    pictures = text.formatting.pictures(places.defects)
    below = T.PLACES_BELOW.format(pictures=pictures, words=words)
    alt = T.PLACES_ALT.format(source=source, pictures=pictures, words=words)
    scale = T.PLACES_SCALE.format(most=int(places.grid.max(initial=0)))
    return (
        f'<figure class="chart"><figcaption>{html.escape(T.PLACES.format(source=source))}</figcaption>'
        f'<img class="place-map" alt="{html.escape(alt)}" src="{image_address(place_map(places.grid, image))}">'
        f'<p class="scale"><i style="background:{css_gradient()}"></i> {html.escape(scale)}</p><p>{html.escape(below)}</p></figure>'
    )
