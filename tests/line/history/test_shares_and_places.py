"""Shares of defects by the clock on the wall, and where defects lie."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from line_history import NOON_MS, at, everything, kept, write_database
from line_records import REGION

from favae_demo.line.history.places import GRID, read_places
from favae_demo.line.history.reader import HOUR_MS, reading
from favae_demo.line.history.shares import Share, read_shares, shift_of
from favae_demo.line.history.timeline import DAY_MS

SHIFTS = (360, 840, 1320)
MINUTES = DAY_MS // 60_000


@pytest.mark.parametrize(
    ("minute", "shift"), [(359, 2), (360, 0), (839, 0), (840, 1), (1319, 1), (1320, 2), (0, 2)]
)
def test_the_last_shift_goes_on_after_midnight(minute: int, shift: int) -> None:
    assert shift_of(minute, SHIFTS) == shift
    assert shift_of(minute, (480,)) == 0


def test_shares_follow_the_clock_of_the_zone(tmp_path: Path) -> None:
    # Clocks in Berlin go forward on 2026-03-29: noon in UTC is 13:00 before and 14:00 after.
    days = [*range(20, 28), *range(29, 35)]
    records = [at(day * MINUTES, day, verdict="defect" if day in (20, 30) else "good") for day in days]
    records += [
        at(20 * MINUTES + 1, 90, verdict="unreadable", multiple=None),
        at(20 * MINUTES + 2, 91, verdict="not judged"),
    ]
    path = write_database(tmp_path / "v.sqlite", records)
    with reading(path) as database:
        found = read_shares(database, everything(path), ZoneInfo("Europe/Berlin"), SHIFTS)
        in_utc = read_shares(database, everything(path), UTC, SHIFTS)
    assert {hour: share for hour, share in enumerate(found.hours) if share.judged} == {
        13: Share(8, 1),
        14: Share(6, 1),
    }
    assert found.shifts == (Share(8, 1), Share(6, 1), Share(0, 0))
    assert found.sources == {"left": Share(14, 2)}
    assert in_utc.hours[12] == Share(14, 2)
    assert found.shifts[0].value == pytest.approx(1 / 8)
    assert found.shifts[2].value == 0


def test_places_are_those_of_the_peaks(tmp_path: Path) -> None:
    corner = REGION | {"centre": (1.0, 0.999)}
    records = [
        at(0, 0, verdict="defect", regions=(REGION, corner)),
        at(1, 1, verdict="defect"),
        at(2, 2, verdict="defect", source="right", regions=()),
        kept(tmp_path / "kept", at(3, 3)),
    ]
    path = write_database(tmp_path / "v.sqlite", records)
    with reading(path) as database:
        found = read_places(database, everything(path))
    assert list(found) == ["left", "right"]
    left = found["left"]
    x, y = REGION["centre"]
    assert left.defects == 2
    assert left.grid[int(y * GRID), int(x * GRID)] == 2
    assert left.grid[GRID - 1, GRID - 1] == 1
    assert left.grid.sum() == 3
    assert left.picture == records[3].picture
    assert (found["right"].defects, found["right"].grid.sum(), found["right"].picture) == (1, 0, "")


def test_only_defects_of_the_span_count(tmp_path: Path) -> None:
    path = write_database(
        tmp_path / "v.sqlite", [at(0, 0), at(600, 1, verdict="not judged", regions=(REGION,))]
    )
    with reading(path) as database:
        assert read_places(database, everything(path)) == {}
    assert everything(path).span.length_ms > 10 * HOUR_MS
    assert everything(path).span.start_ms == NOON_MS
