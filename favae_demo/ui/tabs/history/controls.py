"""What the visitor asks for: the filters, with times in the visitor's own time zone."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from favae_demo.line.history.reader import Filter, HistoryError, Span, whole_span
from favae_demo.ui import text

ALL = ""  # value of the list of sources for all of them


_HOUR_MS = 3_600_000
# By value of the control: the length in milliseconds; None for everything.
SPANS = {
    "hour": _HOUR_MS,
    "8 hours": 8 * _HOUR_MS,
    "day": 24 * _HOUR_MS,
    "7 days": 7 * 24 * _HOUR_MS,
    "30 days": 30 * 24 * _HOUR_MS,
    "all": None,
}
OWN_SPAN, DEFAULT_SPAN = "own", "30 days"


@dataclass(frozen=True)
class Zone:
    """A time zone.

    Attributes:
        info: The zone.
        words: Whose it is, and its name.
    """

    info: tzinfo
    words: str

    def moment(self, time_ms: float) -> datetime:
        """Returns a moment in this zone, of milliseconds since 1970 in UTC."""
        return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone(self.info)

    def words_of(self, time_ms: float) -> str:
        """Returns day and time of a moment."""
        return f"{self.moment(time_ms):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Controls:
    """Values of the controls, in the order of `tab.CONTROLS`.

    Attributes:
        zone: Name of the browser's time zone; empty if the browser does not tell it.
        source: Name of a source, or `ALL`.
        span: A key of `SPANS`, or `OWN_SPAN`.
        begin: Begin of an own span, as typed.
        end: Its end.
        text: What name or remark contain.
        show: A key of `text.history.SHOWS`.
        order: A key of `text.history.ORDERS`.
    """

    zone: str = ""
    source: str = ALL
    span: str = DEFAULT_SPAN
    begin: str = ""
    end: str = ""
    text: str = ""
    show: str = "kept"
    order: str = "new"


def zone_of(name: str) -> Zone:
    """Returns the time zone of a browser by its name, or the server's if there is no such zone."""
    try:
        return Zone(ZoneInfo(name), text.history.BROWSER_ZONE.format(name=name))
    except (KeyError, ValueError, OSError):  # empty, unknown, a path, no database of zones
        local = datetime.now().astimezone()
        return Zone(_local(local), text.history.SERVER_ZONE.format(name=local.tzname() or "UTC"))


def asked_filter(database: sqlite3.Connection, controls: Controls) -> Filter | None:
    """Returns the filter that the controls describe; None for a database without verdicts.

    Raises:
        HistoryError: A time is not valid.
    """
    whole = whole_span(database)
    if whole is None:
        return None
    return Filter(_span(controls, whole), controls.source or ALL, (controls.text or "").strip())


def parse_moment(typed: str, zone: Zone) -> int | None:
    """Returns a typed moment in milliseconds since 1970 in UTC; None for an empty text.

    Raises:
        HistoryError: It is no date and time.
    """
    typed = typed.strip()
    if not typed:
        return None
    try:
        moment = datetime.fromisoformat(typed)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=zone.info)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise HistoryError(text.history.BAD_MOMENT.format(text=typed[:40])) from None


def _span(controls: Controls, whole: Span) -> Span:
    if controls.span != OWN_SPAN:
        return Span.latest(whole, SPANS.get(controls.span))
    zone = zone_of(controls.zone)
    begin, end = (parse_moment(typed or "", zone) for typed in (controls.begin, controls.end))
    all_of_it = Span.latest(whole, None)
    span = Span(
        all_of_it.start_ms if begin is None else max(begin, all_of_it.start_ms),
        all_of_it.end_ms if end is None else min(end, all_of_it.end_ms),
    )
    if begin is not None and end is not None and begin >= end:
        raise HistoryError(text.history.BAD_SPAN)
    return span if span.length_ms > 0 else Span(span.start_ms, span.start_ms + 1)


def _local(now: datetime) -> tzinfo:
    return now.tzinfo or UTC


def ticks(span: Span, zone: Zone, most: int) -> list[tuple[int, str]]:
    """Returns round moments of a span with their labels, at most so many.

    Args:
        span: The span.
        zone: The zone in which they are round.
        most: Most of them.
    """
    step, form = next(
        ((step, form) for step, form in _TICKS if span.length_ms / (step * 1000) <= most), _TICKS[-1]
    )
    origin = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
    start = zone.moment(span.start_ms).replace(tzinfo=UTC)
    local = origin + timedelta(seconds=step * -(-(start - origin).total_seconds() // step))
    marks = []
    while (time_ms := round(local.replace(tzinfo=zone.info).timestamp() * 1000)) < span.end_ms:
        marks.append((time_ms, _tick(local, form)))
        local += timedelta(seconds=step)
    return marks[:most]


def _tick(moment: datetime, form: str) -> str:
    return text.formatting.day(moment) if form == _DAY else f"{moment:{form}}"


_DAY = "day"
# Seconds between two labels, and their form.
_TICKS = (
    *((seconds, "%H:%M:%S") for seconds in (1, 5, 15, 30)),
    *((60 * minutes, "%H:%M") for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)),
    *((86_400 * days, _DAY) for days in (1, 2, 4, 7, 14, 28, 91, 364)),
)
