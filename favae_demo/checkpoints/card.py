"""The card of a model: its settings, calibration, metrics and origin."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from favae_demo.checkpoints.card_schema import CardRecord
from favae_demo.config.methods import METHODS
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import CheckpointError
from favae_demo.core.files import parse_json
from favae_demo.data.io.levels import TYPE_LEVELS, Levels
from favae_demo.scoring.calibration import Calibration
from favae_demo.scoring.thresholds import GoodScores

# Format version by bits per weight. A file with 16-bit weights keeps version 1, so that older versions of the app can read it.
FORMATS = {16: 1, 8: 2}
POSED_FORMAT = 3  # of a model with a memory or a reference
NEWEST_FORMAT = 4  # of a model of another method than FAVAE


@dataclass(frozen=True)
class Card:
    """Describes a model; stored as JSON in the metadata of its file.

    Attributes:
        category: Name of the category that it was trained on.
        config: Settings of the training.
        teacher_fingerprint: SHA-256 of the teacher's tensors; empty for the plain VAE.
        teacher_source: Name of the source of the teacher's weights.
        teacher_channels: Channels of the teacher's feature maps.
        calibration: Scales of the error maps and scores of held-out good images.
        data: The training data: source, number of images, licence, notes, black and white level of images with more than 8 bits.
        training: Seconds, steps of how many in all, epochs, and why the training stopped.
        metrics: Metrics with the data that they were computed on; empty if the model was not evaluated.
        version: Version of this software.
        revision: How a recalibrated model came about, see `runs.revisions.Revision`; empty for a model as it was trained.
    """

    category: str
    config: TrainConfig
    teacher_fingerprint: str
    teacher_source: str
    teacher_channels: tuple[int, ...]
    calibration: Calibration
    data: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    version: str = ""
    revision: dict[str, Any] = field(default_factory=dict)

    @property
    def good_scores(self) -> GoodScores:
        """Scores of the held-out good images, with the background mask if the model's settings use it."""
        return self.calibration.good(self.config.mask_score)

    @property
    def levels(self) -> Levels:
        """Black and white level of images with more than 8 bits; the full scale of the file's type if the card has none."""
        known = self.data.get("levels")
        return TYPE_LEVELS if known is None else Levels.from_dict(known)

    @property
    def licence(self) -> str:
        """Terms of the training images; an empty string where none are known."""
        return str(self.data.get("licence", ""))

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped the training before its end."""
        return self.training.get("stopped_because") == "stopped"

    @property
    def name(self) -> str:
        """File name without suffix: category, variant and preset, and the version of a recalibrated model."""
        name = f"{self.category}-{self.config.name}"
        return f"{name}-v{self.version_number}" if self.revision else name

    @property
    def version_number(self) -> int:
        """1 for a model as it was trained, and one more for each recalibration."""
        return int(self.revision.get("number", 1))

    def to_json(self) -> str:
        """Returns the card as JSON text."""
        record = asdict(self) | {"config": self.config.to_dict(), "calibration": self.calibration.to_dict()}
        return json.dumps({"format": self._format} | record)

    @property
    def _format(self) -> int:
        posed = self.config.memory or self.calibration.reference is not None
        own = POSED_FORMAT if posed else FORMATS[self.config.weight_bits]
        return max(own, METHODS[self.config.method].format)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Builds a card from JSON text.

        Raises:
            CheckpointError: The format is that of a later version.
            ConfigError, ValueError: The text does not describe a model.
        """
        record = parse_json(text)
        if not isinstance(record, dict):
            raise ValueError("a description is a JSON object")
        kind = record.pop("format", None)
        if isinstance(kind, int) and kind > NEWEST_FORMAT:
            raise CheckpointError(
                "This model was made by a newer version of the app; update the app to use it."
            )
        CardRecord.model_validate(record | {"format": kind})
        record["config"] = TrainConfig.from_dict(record["config"])
        record["calibration"] = Calibration.from_dict(record["calibration"])
        record["teacher_channels"] = tuple(record["teacher_channels"])
        return cls(**{name: record[name] for name in cls.__dataclass_fields__ if name in record})
