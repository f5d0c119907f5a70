"""What the description inside a checkpoint must look like: a file from elsewhere is trusted in nothing that is computed or written with it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MOST_CHANNELS = 16_384
LONGEST_NAME = 200


def _file_name(text: str) -> str:
    """A category becomes part of file names, so it must not lead elsewhere."""
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
    """A JSON object whose types are taken as they are; fields of later versions are ignored."""

    model_config = ConfigDict(strict=True)


class GoodRecord(_Record):
    """Scores of the held-out good images."""

    images: Scores
    peaks: dict[str, Scores]


class CalibrationRecord(_Record):
    """Scales and good scores."""

    scales: Annotated[dict[str, Positive], Field(min_length=1)]
    score: Literal["max", "top"]
    plain: GoodRecord
    masked: GoodRecord
    channels: dict[str, Annotated[list[Positive], Field(min_length=1)]] = {}
    weights: dict[str, Weight] = {}
    share: Annotated[Positive, Field(le=1)] = 0.01
    geometric: bool = False

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
    """Measured figures that are shown."""

    pixel_auroc: Figure = None
    image_auroc: Figure = None
    aupro: Figure = None
    pixel_ap: Figure = None
    f1_max: Figure = None
    n_good: int | None = None
    n_defect: int | None = None
    reasons: dict[str, str] = {}
    data: str = ""


class DataRecord(_Record):
    """What is said of the training's images."""

    source: str = ""
    licence: str = ""
    note: str = ""
    train: int | None = None
    held_out: int | None = None


class ConfigRecord(_Record):
    """Of the settings only what they do not check themselves."""

    preset: Name


class CardRecord(_Record):
    """The whole description."""

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
