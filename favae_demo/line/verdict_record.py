"""`VerdictRecord`: what is kept of one `Detection`, and sent to other systems."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from favae_demo.scoring.detection import DEFECT, GOOD, NOT_JUDGED, Detection

UNREADABLE = "unreadable"
VERDICTS = (GOOD, DEFECT, NOT_JUDGED, UNREADABLE)


@dataclass(frozen=True)
class ModelIdentity:
    """Which model judged.

    Attributes:
        name: Name of the model's file without its ending.
        fingerprint: SHA-256 of the file.
        category: Category that the model was trained on.
    """

    name: str
    fingerprint: str
    category: str


@dataclass(frozen=True)
class VerdictRecord:
    """The verdict on one image, without its pixels. The attributes are the keys of the JSON form.

    Attributes:
        id: Unique; the same image of a folder or frame of a video always has the same.
        time: When the image was taken up, as ISO 8601 in UTC with milliseconds.
        source: Name of the source.
        name: Name of the image within the source.
        category: Category that the model was trained on.
        verdict: One of `VERDICTS`.
        multiple: The score as a multiple of the threshold, above 1 for a defect; None if the image is unreadable.
        score: The score on the model's scale, or None.
        threshold: The threshold on the same scale, or None.
        regions: Areas above the pixel threshold, highest first: `box`, `area`, `peak` and `centre` as in `Region`.
        model: Name of the model.
        fingerprint: SHA-256 of the model's file.
        remark: Sentences on how the image was read, or why it could not be, or why it is not judged.
        picture: Path of the kept image; empty if it was not kept.
        milliseconds: From the whole image at hand to the verdict.
    """

    id: str
    time: str
    source: str
    name: str
    category: str
    verdict: str
    multiple: float | None
    score: float | None
    threshold: float | None
    regions: tuple[Mapping[str, Any], ...]
    model: str
    fingerprint: str
    remark: str = ""
    picture: str = ""
    milliseconds: float = 0.0

    def to_json(self) -> str:
        """Returns the record as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "VerdictRecord":
        """Reads what `to_json` returned."""
        values = json.loads(text)
        return cls(**values | {"regions": tuple(values["regions"])})


def utc_text(moment: datetime) -> str:
    """Returns a moment as ISO 8601 in UTC with milliseconds, as in `2026-03-01T06:30:00.125Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def judged_record(
    detection: Detection, model: ModelIdentity, *, id: str, time: datetime, source: str, milliseconds: float
) -> VerdictRecord:
    """Returns the record of a detection."""
    return VerdictRecord(
        id=id,
        time=utc_text(time),
        source=source,
        name=detection.name,
        category=model.category,
        verdict=detection.verdict,
        multiple=detection.multiple if detection.threshold > 0 else None,
        score=detection.score,
        threshold=detection.threshold,
        regions=tuple(asdict(region) for region in detection.regions),
        model=model.name,
        fingerprint=model.fingerprint,
        remark=" ".join((*detection.reasons, *detection.remarks)),
        milliseconds=round(milliseconds, 1),
    )


def unreadable_record(
    reason: str, model: ModelIdentity, *, id: str, time: datetime, source: str, name: str
) -> VerdictRecord:
    """Returns the record of a file that cannot be read as an image."""
    return VerdictRecord(
        id=id, time=utc_text(time), source=source, name=name, category=model.category, verdict=UNREADABLE,
        multiple=None, score=None, threshold=None, regions=(), model=model.name, fingerprint=model.fingerprint,
        remark=reason,
    )  # fmt: skip
