"""Records of verdicts for tests of a line."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from favae_demo.line.verdict_record import VerdictRecord

REGION = {"box": (0.1, 0.2, 0.3, 0.4), "area": 0.04, "peak": 9.5, "centre": (0.2, 0.3)}


def record(number: int, **changes: Any) -> VerdictRecord:
    """Returns the record number so-and-so; every third is a defect."""
    is_defect = number % 3 == 0
    values: dict[str, Any] = {
        "id": f"{number:032x}", "time": f"2026-03-01T06:{number // 60 % 60:02}:{number % 60:02}.125Z", "source": "left",
        "name": f"{number:05}.png", "category": "widget", "verdict": "defect" if is_defect else "good",
        "multiple": 1.5 if is_defect else 0.5, "score": 3.0 if is_defect else 1.0, "threshold": 2.0,
        "regions": (REGION,) if is_defect else (), "model": "widget-none-quick", "fingerprint": "ab" * 32, "milliseconds": 12.5,
    }  # fmt: skip
    return VerdictRecord(**values | changes)


def rows(database: Path, query: str = "SELECT id FROM verdicts ORDER BY number") -> list[Any]:
    """Returns what a query finds in a database that others may write; of one column the values."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as reader:
        found = reader.execute(query).fetchall()
    reader.close()
    return [row[0] if len(row) == 1 else row for row in found]


def without_regions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values of a record that JSON keeps as they are."""
    return {name: value for name, value in values.items() if name != "regions"}
