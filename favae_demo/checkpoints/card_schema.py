"""Schema of a card's JSON: no value of a file from elsewhere is used before it was validated."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MOST_CHANNELS = 16_384
LONGEST_NAME = 200
LONGEST_PATH, LONGEST_REASON, MOST_REASONS = 4096, 8192, 32


def _file_name(text: str) -> str:
    """Validates a category's name, which becomes part of file names and must not lead out of a folder."""
    if text.startswith(".") or "/" in text or "\\" in text or not text.isprintable():
        raise ValueError("no name of a category")
    return text


Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_file_name)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Weight = Annotated[Number, Field(ge=0)]
Scores = Annotated[list[Number], Field(min_length=1)]
Figure = Number | None


class _Record(BaseModel):
    """A JSON object, validated without conversion of types; fields of later versions are ignored."""

    model_config = ConfigDict(strict=True)


class GoodRecord(_Record):
    """`GoodScores` as JSON."""

    images: Scores
    peaks: dict[str, Scores]
    left_out: Annotated[int, Field(ge=0)] = 0


class RangeRecord(_Record):
    """`PropertyRange` as JSON."""

    model_config = ConfigDict(strict=True, extra="forbid")

    centre: Number
    spread: Weight
    low: Number
    high: Number


class SuspectRecord(_Record):
    """`Suspect` as JSON."""

    name: Annotated[str, Field(max_length=LONGEST_PATH)]
    reasons: Annotated[list[Annotated[str, Field(max_length=LONGEST_REASON)]], Field(max_length=MOST_REASONS)]
    distance: Number
    left_out: bool


class CalibrationRecord(_Record):
    """`Calibration` as JSON, without its tensors."""

    scales: Annotated[dict[str, Positive], Field(min_length=1)]
    score: Literal["max", "top"]
    plain: GoodRecord
    masked: GoodRecord
    channels: dict[str, Annotated[list[Positive], Field(min_length=1)]] = {}
    weights: dict[str, Weight] = {}
    share: Annotated[Positive, Field(le=1)] = 0.01
    geometric: bool = False
    exponents: dict[str, Weight] = {}
    usual: dict[str, Positive] = {}
    ranges: dict[str, RangeRecord] = {}
    ranges_from: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    suspects: list[SuspectRecord] = []
    grey: bool = False

    @model_validator(mode="after")
    def _agree(self) -> "CalibrationRecord":
        count, maps = len(self.plain.images), {"combined", *self.scales}
        for good in (self.plain, self.masked):
            if good.peaks.keys() != maps or {count, len(good.images)} != {
                len(v) for v in good.peaks.values()
            }:
                raise ValueError("not every map has a score of every good picture")
        if not any(self.weights.get(name, 1.0) for name in self.scales):
            raise ValueError("no term counts")
        return self


class MetricsRecord(_Record):
    """The metrics that are shown on screen."""

    pixel_auroc: Figure = None
    image_auroc: Figure = None
    aupro: Figure = None
    pixel_ap: Figure = None
    f1_max: Figure = None
    n_good: int | None = None
    n_defect: int | None = None
    reasons: dict[str, str] = {}
    data: str = ""


class LevelsRecord(_Record):
    """Black and white level of images with more than 8 bits."""

    black: Number
    white: Number

    @model_validator(mode="after")
    def _ordered(self) -> "LevelsRecord":
        if not self.black < self.white:
            raise ValueError("white lies above black")
        return self


class DataRecord(_Record):
    """Origin and number of the training images."""

    source: str = ""
    licence: str = ""
    note: str = ""
    train: int | None = None
    held_out: int | None = None
    held_out_keys: list[str] = []
    levels: LevelsRecord | None = None


class ConfigRecord(_Record):
    """The settings that `TrainConfig` does not validate itself."""

    preset: Name


class OutcomeRecord(_Record):
    """`evaluation.outcomes.Outcome` as JSON."""

    pictures: Annotated[int, Field(ge=0)]
    called: Annotated[int, Field(ge=0)]
    unjudged: Annotated[int, Field(ge=0)]


class RevisionRecord(_Record):
    """`runs.revisions.Revision` as JSON; empty for a model as it was trained."""

    number: Annotated[int, Field(ge=2, le=1_000_000)] = 2
    root: str = ""
    parent: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    pictures: Annotated[int, Field(ge=0)] = 0
    who: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    time: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    seconds: Weight = 0.0
    before: dict[str, OutcomeRecord] = {}
    after: dict[str, OutcomeRecord] = {}


class CardRecord(_Record):
    """`Card` as JSON."""

    format: Annotated[int, Field(ge=1)]
    category: Name
    config: ConfigRecord
    teacher_fingerprint: str
    teacher_source: str
    teacher_channels: Annotated[list[Annotated[int, Field(ge=1, le=MOST_CHANNELS)]], Field(max_length=16)]
    calibration: CalibrationRecord
    data: DataRecord = DataRecord()
    training: dict[str, Any] = {}
    metrics: MetricsRecord = MetricsRecord()
    version: str = ""
    revision: RevisionRecord = RevisionRecord()
