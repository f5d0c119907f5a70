"""The table of a batch: filters, sort orders, and the CSV file."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from favae_demo.core.files import atomic_path
from favae_demo.core.plain_text import write_csv_rows
from favae_demo.detection.batch.judge import BatchVerdict

ALL = "all"
COLUMNS = (
    "name", "verdict", "multiple", "limit supported", "largest region", "milliseconds", "remark", "score", "limit",
)  # fmt: skip


def _score(answer: BatchVerdict) -> float:
    return -1.0 if answer.row.score is None else answer.row.score


# Sort keys; rows with equal keys stay in the order of the input.
SORTS: dict[str, Callable[[BatchVerdict], Any]] = {
    "given": lambda answer: answer.row.number,
    "high": lambda answer: -_score(answer),
    "low": lambda answer: (answer.row.score is None, _score(answer)),
    "area": lambda answer: -answer.area,
    "name": lambda answer: answer.row.name.lower(),
    "slow": lambda answer: -answer.row.milliseconds,
}


def sort_verdicts(
    answers: Iterable[BatchVerdict], show: str = ALL, order: str = "given"
) -> list[BatchVerdict]:
    """Returns the verdicts of one kind, sorted.

    Args:
        answers: Verdicts in the order of the input.
        show: `all`, or the verdict of the rows to return.
        order: A key of `SORTS`.
    """
    return sorted((answer for answer in answers if show in (ALL, answer.verdict)), key=SORTS[order])


def counts(answers: Iterable[BatchVerdict]) -> Counter[str]:
    """Returns the number of rows by verdict."""
    return Counter(answer.verdict for answer in answers)


def record(answer: BatchVerdict) -> dict[str, Any]:
    """Returns a row of the table by the names of `COLUMNS`; numbers are None if there is no score."""
    row, judged = answer.row, answer.row.score is not None
    return {
        "name": row.name,
        "verdict": answer.verdict,
        "multiple": answer.multiple,
        "limit supported": answer.support.is_enough if judged else None,
        "largest region": answer.area if judged else None,
        "milliseconds": round(row.milliseconds, 1) if judged else None,
        "remark": row.remark,
        "score": row.score,
        "limit": answer.threshold if judged else None,
    }


def write_csv(path: Path, answers: Iterable[BatchVerdict]) -> None:
    """Writes a CSV file for spreadsheets: with a UTF-8 byte order mark, and without text that is read as a formula."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv_rows(file, [COLUMNS, *(record(answer).values() for answer in answers)])
