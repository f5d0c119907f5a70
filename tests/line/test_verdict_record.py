"""What is kept of a detection, and its JSON form."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from line_records import REGION, record

from favae_demo.line.verdict_record import (
    ModelIdentity,
    VerdictRecord,
    judged_record,
    unreadable_record,
    utc_text,
)
from favae_demo.scoring.detection import Detection, Region

MODEL = ModelIdentity("widget-none-quick", "ab" * 32, "widget")
NOON_IN_BERLIN = datetime(2026, 7, 1, 12, 0, 0, 125_000, timezone(timedelta(hours=2)))


def detection(score: float, threshold: float) -> Detection:
    flat = np.zeros((8, 8), np.float32)
    image = np.zeros((8, 8, 3), np.uint8)
    region = Region((0.1, 0.2, 0.3, 0.4), 0.04, 9.5, (0.2, 0.3))
    remarks = ("It is dark.", "It is small.")
    return Detection(
        image, image, {"combined": flat}, flat == 0, score, threshold, 1.0, (region,), name="a.png", remarks=remarks
    )  # fmt: skip


def test_the_score_is_kept_as_a_multiple_of_the_limit_and_the_time_in_utc() -> None:
    made = judged_record(
        detection(3.0, 2.0), MODEL, id="1", time=NOON_IN_BERLIN, source="left", milliseconds=12.34
    )
    assert (made.multiple, made.score, made.threshold, made.verdict) == (1.5, 3.0, 2.0, "defect")
    assert (made.time, made.milliseconds) == ("2026-07-01T10:00:00.125Z", 12.3)
    assert (made.name, made.category, made.remark) == ("a.png", "widget", "It is dark. It is small.")
    assert made.regions == (REGION,)


def test_a_picture_unlike_the_good_ones_is_not_judged_and_the_remark_says_why() -> None:
    odd = replace(detection(3.0, 2.0), unlike=("It is blank.",))
    made = judged_record(odd, MODEL, id="1", time=NOON_IN_BERLIN, source="left", milliseconds=1)
    assert (made.verdict, made.remark) == ("not judged", "It is blank. It is dark. It is small.")


def test_a_limit_of_zero_gives_no_multiple() -> None:
    made = judged_record(
        detection(3.0, 0.0), MODEL, id="1", time=NOON_IN_BERLIN, source="left", milliseconds=0
    )
    assert (made.multiple, made.verdict) == (None, "defect")


def test_an_unreadable_picture_has_a_reason_and_no_score() -> None:
    made = unreadable_record(
        "It is damaged.", MODEL, id="1", time=NOON_IN_BERLIN, source="left", name="b.png"
    )
    assert (made.verdict, made.score, made.multiple, made.remark) == (
        "unreadable",
        None,
        None,
        "It is damaged.",
    )


def test_a_record_is_one_line_of_json_and_comes_back() -> None:
    given = record(3, name="Überlauf\n2.png")
    line = given.to_json()
    assert "\n" not in line
    assert json.loads(line)["multiple"] == 1.5
    back = VerdictRecord.from_json(line)
    assert back.to_json() == line
    assert back.name == given.name


def test_times_sort_as_text() -> None:
    moments = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=step) for step in (0, 999, 1000, 86_400_000)
    ]
    texts = [utc_text(moment) for moment in moments]
    assert texts == sorted(texts)
    assert len({len(text) for text in texts}) == 1
