"""What sinks that tell a control whether the part in front of the camera passes have in common."""

import logging
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from favae_demo.line.options import Table
from favae_demo.line.verdict_record import UNREADABLE, VerdictRecord
from favae_demo.scoring.detection import DEFECT, GOOD, NOT_JUDGED

log = logging.getLogger(__name__)
CODES = {GOOD: 1, DEFECT: 2, NOT_JUDGED: 3, UNREADABLE: 4}


class SignalOptions(Table):
    """What every signal has.

    Attributes:
        max_age: Seconds after which a verdict is not signalled any more, since its part is gone; `inf` for never.
    """

    max_age: Annotated[float, Field(gt=0)] = 5.0


def is_timely(record: VerdictRecord, options: SignalOptions) -> bool:
    """Returns whether a verdict is still to be signalled; a late one is logged."""
    age = (datetime.now(UTC) - taken(record)).total_seconds()
    if age <= options.max_age:
        return True
    log.info(
        "The verdict on %s of %s is %.0f seconds old, and is not signalled.",
        record.name or record.time,
        record.source,
        age,
    )
    return False


def is_rejected(record: VerdictRecord) -> bool:
    """Returns whether a part does not pass: only a good one does."""
    return record.verdict != GOOD


def taken(record: VerdictRecord) -> datetime:
    """Returns when the picture was taken up."""
    return datetime.fromisoformat(record.time)
