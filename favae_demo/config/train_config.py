"""The settings of a training as one checked value: its name, the shapes that follow from it, and its conversions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from favae_demo.config.fields import check, field_type, parse
from favae_demo.config.methods import METHODS, Term
from favae_demo.config.train_settings import TrainSettings
from favae_demo.config.variants import VARIANT_TITLES
from favae_demo.core.errors import ConfigError

MAP_SIDE = 128  # height and width of reconstructions and error maps of the report's network, in pixels
STRIDE = 32  # pixels of the image along each side for one place of the spatial code of `latent_side` 8
# Settings of scoring, which do not affect the training of the network.
SCORING_SETTINGS = (
    "mask_score",
    "score",
    "pixel_weight",
    "centre",
    "neighbours",
    "image_score",
    "top_share",
    "blur",
    "weight_bits",
    "nuisance",
    "memory",
    "memory_layer",
    "memory_whitened",
)


@dataclass(frozen=True)
class TrainConfig(TrainSettings):
    """All settings of one training; the defaults are those of the report.

    The fields and their explanations stand in `TrainSettings`. All values are validated on construction.

    Raises:
        ConfigError: A value is out of range; the message names the field and the range.

    Examples:
        >>> from favae_demo import TrainConfig
        >>> TrainConfig().latent
        100
        >>> TrainConfig(epochs=0)
        Traceback (most recent call last):
        favae_demo.core.errors.ConfigError: The setting 'epochs' must be between 1 and 10,000, not 0.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            check(item, getattr(self, item.name))
        if self.encoder == "features" and self.teacher == "none":
            raise ConfigError(
                "A network that looks at a teacher's features needs a teacher; choose another kind of model."
            )
        if self.latent_side == 1 and (self.image_size > 2 * MAP_SIDE or self.aspect != 1):
            raise ConfigError(
                "One code for the whole picture ('latent_side' 1) needs a square picture of at most 256 pixels; set 'latent_side' to 8."
            )
        if METHODS[self.method].teacher == "needed" and self.teacher == "none":
            raise ConfigError(f"{self.title} compares a teacher's features; choose a teacher.")
        if METHODS[self.method].teacher == "unused" and self.teacher != "none":
            raise ConfigError(f"{self.title} looks at pixels alone; set 'teacher' to 'none'.")
        if self.memory and self.teacher == "none":
            raise ConfigError(
                "A memory of patches needs a teacher; set 'memory' to 0, or choose another kind of model."
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainConfig":
        """Creates a config from a stored mapping; unknown fields (of later versions) are ignored, missing ones get their defaults."""
        known = {item.name for item in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})

    @property
    def variant(self) -> str:
        """Key of `VARIANT_TITLES`: the teacher of a FAVAE, otherwise the method."""
        return self.teacher if METHODS[self.method].by_teacher else self.method

    @property
    def title(self) -> str:
        """Display name of the kind of model."""
        return VARIANT_TITLES[self.variant]

    @property
    def name(self) -> str:
        """Variant and preset, for names of files."""
        return "-".join(dict.fromkeys((self.variant, self.preset)))

    def terms(self, teacher_channels: Sequence[int]) -> dict[str, Term]:
        """Returns the terms of the residual by name, for the channels of the teacher's layers."""
        return METHODS[self.method].terms(teacher_channels)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels of the network's input."""
        longer = self.image_size * max(self.aspect, 1 / self.aspect)
        rounded = max(self.image_size, round(longer / STRIDE) * STRIDE)
        return (self.image_size, rounded) if self.aspect >= 1 else (rounded, self.image_size)

    @property
    def map_shape(self) -> tuple[int, int]:
        """Height and width of reconstructions and error maps in pixels."""
        height, width = self.shape
        return height // self.reduction, width // self.reduction

    @property
    def reduction(self) -> int:
        """How many pixels of the image one pixel of the maps covers, along each side."""
        return reduction(self.image_size)

    def to_dict(self) -> dict[str, Any]:
        """Returns the settings as a dictionary, for JSON."""
        return asdict(self)

    def network_config(self) -> "TrainConfig":
        """Returns a copy with default `SCORING_SETTINGS`: configs that lead to the same trained network become equal."""
        defaults: dict[str, Any] = {item.name: item.default for item in fields(self)}
        return replace(self, **{name: defaults[name] for name in SCORING_SETTINGS})

    def with_text(self, assignments: Mapping[str, str]) -> "TrainConfig":
        """Returns a copy with some fields set from text, as in `--set epochs=5`.

        Args:
            assignments: Text of the value, by field.

        Raises:
            ConfigError: A field is unknown, or a value has the wrong type or is out of range.
        """
        types = {item.name: field_type(item) for item in fields(self)}
        changes: dict[str, Any] = {}
        for key, text in assignments.items():
            if key not in types:
                raise ConfigError(f"There is no setting called {key!r}. Known: {', '.join(types)}.")
            changes[key] = parse(key, text, types[key])
        return replace(self, **changes)


def reduction(shorter: int) -> int:
    """Returns how many pixels of an image one pixel of its reconstruction covers, along each side, for its shorter side in pixels."""
    return 1 if shorter < 2 * MAP_SIDE else 2
