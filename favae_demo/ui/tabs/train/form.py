"""The form of all training settings, generated from the fields of `TrainConfig`: their ranges, choices and help texts."""

from collections.abc import Sequence
from dataclasses import Field, fields
from typing import Any

import gradio as gr

from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError
from favae_demo.ui import text

SEPARATE = ("preset", "teacher", "seed")  # these have controls of their own
FIELDS: tuple[Field[Any], ...] = tuple(field for field in fields(TrainConfig) if field.name not in SEPARATE)
# By heading, a key of `text.settings.GROUPS`.
GROUPS = {
    "duration": ("epochs", "max_steps", "max_seconds", "patience"),
    "pictures": (
        "adapt", "smallest_defect", "image_size", "aspect", "align", "register", "views", "validation_ratio", "augment_validation",
    ),
    "variation": (
        "rotation", "rotation_p", "crop", "crop_p", "hflip_p", "vflip_p",
        "colour", "colour_p", "noise", "noise_p", "elastic", "elastic_p",
    ),
    "background": ("background", "mask_training", "mask_score"),
    "network": ("method", "encoder", "width", "latent", "latent_side", "narrow_adapters", "tap", "standardise", "bank", "bank_mb"),
    "learning": (
        "batch_size", "optimiser", "learning_rate", "decay", "weight_decay", "weight_average", "kl_weight", "balance_layers",
        "snapshot_every", "weight_bits",
    ),
    "verdict": (
        "score", "nuisance", "memory", "memory_layer", "memory_whitened", "dimensions", "boundary", "nu", "search", "pixel_weight", "centre", "neighbours", "image_score", "top_share", "blur",
    ),
}  # fmt: skip
OTHER_GROUP = "other"
MIN_WIDTH = 200  # pixels of a control

SettingControl = gr.Checkbox | gr.Dropdown | gr.Number


def field_groups() -> dict[str, list[Field[Any]]]:
    """Returns the form's fields by heading; fields without a heading come last, under a heading of their own."""
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    groups: dict[str, list[Field[Any]]] = {group: [] for group in (*GROUPS, OTHER_GROUP)}
    for field in FIELDS:
        groups[group_of.get(field.name, OTHER_GROUP)].append(field)
    return {text.settings.GROUPS[group]: members for group, members in groups.items() if members}


def build(config: TrainConfig, *, interactive: bool) -> list[SettingControl]:
    """Returns the form's components in the order of `FIELDS`, filled with the values of a config."""
    controls = {}
    for group, members in field_groups().items():
        with gr.Column(elem_classes="setting-group"):
            gr.Markdown(f"**{group}**")
            with gr.Row(elem_classes="setting-row"):
                for field in members:
                    controls[field.name] = _control(field, getattr(config, field.name), interactive)
    return [controls[field.name] for field in FIELDS]


def form_values(config: TrainConfig) -> list[Any]:
    """Returns the values of a config in the order of `FIELDS`."""
    return [getattr(config, field.name) for field in FIELDS]


def read_config(
    category: str, teacher: str, preset: str, seed: float | None, form: Sequence[Any]
) -> TrainConfig:
    """Returns the settings that the tab's controls describe.

    Args:
        category: What to train on; some settings of a preset depend on it.
        teacher: Name of the teacher network, or `none`.
        preset: Name of a preset, for which the form is ignored, or `text.train.CUSTOM`, for which it is read.
        seed: Seed of the random numbers.
        form: Values in the order of `FIELDS`.

    Raises:
        ConfigError: A field is empty, of the wrong type or out of its range; the sentence uses the field's name on screen.
    """
    whole_seed = _whole_number(text.train.SEED, seed)
    try:
        if preset != text.train.CUSTOM:
            return make_config(preset, category, teacher=teacher, seed=whole_seed)
        custom = {field.name: _convert(field, value) for field, value in zip(FIELDS, form, strict=True)}
        return TrainConfig(preset=preset, teacher=teacher, seed=whole_seed, **custom)
    except ConfigError as error:
        raise ConfigError(_with_screen_names(str(error))) from error


def field_label(name: str) -> str:
    """Returns a setting's name on screen."""
    return text.settings.FIELDS.get(name) or name.replace("_", " ").capitalize()


def field_help(field: Field[Any]) -> str:
    """Returns a setting's help text, with its range."""
    low, high = field.metadata["low"], field.metadata["high"]
    if low is None:
        return text.settings.HELP[field.name]
    template = text.settings.FIXED if low == high else text.settings.RANGE
    return f"{text.settings.HELP[field.name]} {template.format(low=text.formatting.bound(low), high=text.formatting.bound(high))}"


def _control(field: Field[Any], value: Any, interactive: bool) -> SettingControl:
    low, high, choices = (field.metadata[key] for key in ("low", "high", "choices"))
    shared: dict[str, Any] = {
        "label": field_label(field.name),
        "info": field_help(field),
        "interactive": interactive and (low is None or low != high),
        "min_width": MIN_WIDTH,
        "elem_id": f"setting-{field.name}",
        "elem_classes": "setting",
    }
    if field.type is bool:
        return gr.Checkbox(value, **shared)
    if choices:
        return gr.Dropdown(list(choices), value=value, **shared)
    # Without Gradio's `minimum` and `maximum`: the check of `TrainConfig` names the field, here and on the command line alike.
    return gr.Number(value, **shared)


def _convert(field: Field[Any], value: Any) -> Any:
    """Returns a control's value as the field's type; Gradio returns whole numbers as float where they were typed as such."""
    if value is None:
        raise ConfigError(text.settings.EMPTY_FIELD.format(label=field_label(field.name)))
    if field.type is int:
        return _whole_number(field_label(field.name), value)
    if field.type is float:
        return float(value)
    return bool(value) if field.type is bool else str(value)


def _whole_number(label: str, value: float | None) -> int:
    if value is None:
        raise ConfigError(text.settings.EMPTY_FIELD.format(label=label))
    if value != int(value):
        raise ConfigError(text.settings.WHOLE.format(label=label, value=f"{value:g}"))
    return int(value)


def _with_screen_names(sentence: str) -> str:
    """Replaces the names of fields in an error's sentence by their names on screen."""
    for field in FIELDS:
        sentence = sentence.replace(f"'{field.name}'", f"'{field_label(field.name)}'")
    return sentence.replace("'seed'", f"'{text.train.SEED}'")
