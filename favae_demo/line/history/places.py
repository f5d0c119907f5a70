"""Where defects lie in the pictures of each source."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from favae_demo.line.history.reader import Filter

GRID = 24  # cells along each side of a picture
MOST = 10_000  # defects that count, the newest


@dataclass(frozen=True)
class Places:
    """Where the newest defects of one source lie.

    Attributes:
        defects: Number of pictures.
        grid: `GRID`×`GRID` numbers of regions by the place of their peak, rows from the top.
        picture: Path of the newest kept picture; empty if none was kept.
    """

    defects: int
    grid: np.ndarray
    picture: str = ""


def read_places(database: sqlite3.Connection, asked: Filter) -> Mapping[str, Places]:
    """Returns where the newest `MOST` defects lie, by source."""
    newest = f"""SELECT source, regions FROM verdicts WHERE {asked.condition} AND verdict = 'defect' ORDER BY time_ms DESC LIMIT {MOST}"""
    counts = dict(
        database.execute(f"SELECT source, count(*) FROM ({newest}) GROUP BY 1 ORDER BY 1", asked.values)
    )
    grids = {source: np.zeros((GRID, GRID), int) for source in counts}
    query = f"""SELECT source, {_cell(1)}, {_cell(0)}, count(*) FROM ({newest}) AS found, json_each(found.regions) AS region GROUP BY 1, 2, 3"""
    for source, row, column, regions in database.execute(query, asked.values):
        if row is not None and column is not None:
            grids[source][row, column] = regions
    return {
        source: Places(count, grids[source], _picture(database, asked, source))
        for source, count in counts.items()
    }


def _cell(axis: int) -> str:
    """Returns the row (axis 1) or column (axis 0) of a region, as SQL."""
    return (
        f"max(0, min({GRID - 1}, CAST(json_extract(region.value, '$.centre[{axis}]') * {GRID} AS INTEGER)))"
    )


def _picture(database: sqlite3.Connection, asked: Filter, source: str) -> str:
    query = f"""SELECT picture FROM verdicts WHERE {asked.condition} AND source = :name AND picture <> '' ORDER BY time_ms DESC LIMIT 1"""
    row = database.execute(query, asked.values | {"name": source}).fetchone()
    return row[0] if row else ""
