"""Shares of defects by hour of the day, by shift and by source."""

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from favae_demo.line.history.reader import Filter, cells_table
from favae_demo.line.history.timeline import JUDGED
from favae_demo.line.tallies import QUARTER_MS
from favae_demo.scoring.detection import DEFECT

HOURS = 24
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Share:
    """How many of some judged pictures are defects.

    Attributes:
        judged: Good ones and defects.
        defects: Defects.
    """

    judged: int
    defects: int

    @property
    def value(self) -> float:
        """The share of defects; 0 of no pictures."""
        return self.defects / self.judged if self.judged else 0.0


@dataclass(frozen=True)
class Shares:
    """Shares of defects.

    Attributes:
        hours: For each hour of the day, from 0.
        shifts: For each shift, in the order of their begins.
        sources: By name of the source.
    """

    hours: tuple[Share, ...]
    shifts: tuple[Share, ...]
    sources: Mapping[str, Share]


def read_shares(database: sqlite3.Connection, asked: Filter, zone: tzinfo, shifts: Sequence[int]) -> Shares:
    """Returns the shares of defects.

    Args:
        database: From `reading`.
        asked: Which verdicts count.
        zone: The time zone of hours and shifts.
        shifts: When each shift begins, in minutes since midnight, ascending; the last one goes on after midnight.
    """
    table = cells_table(database, asked, QUARTER_MS)
    query = f"""SELECT start_ms, source, verdict, sum(pictures) FROM {table}
    WHERE {asked.cell_condition} AND verdict IN {JUDGED} GROUP BY 1, 2, 3"""
    by_time: dict[str, Counter[int]] = {verdict: Counter() for verdict in JUDGED}
    by_source: dict[str, Counter[str]] = {verdict: Counter() for verdict in JUDGED}
    for start, source, verdict, pictures in database.execute(query, asked.values):
        by_time[verdict][start] += pictures
        by_source[verdict][source] += pictures
    by_minute = {verdict: _by_minute(counts, zone) for verdict, counts in by_time.items()}
    hours = {verdict: _grouped(counts, lambda minute: minute // 60) for verdict, counts in by_minute.items()}
    turns = {
        verdict: _grouped(counts, lambda minute: shift_of(minute, shifts))
        for verdict, counts in by_minute.items()
    }
    names = sorted(set().union(*by_source.values()))
    return Shares(
        tuple(_share(hours, hour) for hour in range(HOURS)),
        tuple(_share(turns, shift) for shift in range(len(shifts))),
        {name: _share(by_source, name) for name in names},
    )


def shift_of(minute: int, shifts: Sequence[int]) -> int:
    """Returns the number of the shift of a minute of the day, from 0.

    Args:
        minute: Minutes since midnight.
        shifts: When each begins, ascending, at least one.
    """
    return (bisect_right(shifts, minute) - 1) % len(shifts)


def _by_minute(counts: Mapping[int, int], zone: tzinfo) -> Counter[int]:
    """Returns counts by the minute of the day in a time zone."""
    pictures_at: Counter[int] = Counter()
    for start, pictures in counts.items():
        moment = datetime.fromtimestamp(start / 1000, zone)
        pictures_at[60 * moment.hour + moment.minute] += pictures
    return pictures_at


def _grouped(counts: Mapping[int, int], group: Callable[[int], int]) -> Counter[int]:
    pictures_in: Counter[int] = Counter()
    for minute, pictures in counts.items():
        pictures_in[group(minute)] += pictures
    return pictures_in


def _share(counts: Mapping[str, Counter[K]], key: K) -> Share:
    defects = counts[DEFECT][key]
    return Share(sum(one[key] for one in counts.values()), defects)
