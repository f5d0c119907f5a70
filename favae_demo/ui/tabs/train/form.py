"""The form of all training settings, made from `TrainConfig`'s own table of ranges and explanations."""

from collections.abc import Sequence
from dataclasses import Field, fields
from typing import Any

import gradio as gr

from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError
from favae_demo.ui import text

APART = ("preset", "teacher", "seed")  # these have controls of their own
FIELDS = tuple(item for item in fields(TrainConfig) if item.name not in APART)


def grouped() -> dict[str, list[Field]]:
    """The form's fields by heading; a field that the wording does not know yet comes last, under its own name."""
    known = {name: group for group, names in text.train.GROUPS.items() for name in names}
    groups: dict[str, list[Field]] = {group: [] for group in (*text.train.GROUPS, text.train.OTHER_GROUP)}
    for item in FIELDS:
        groups[known.get(item.name, text.train.OTHER_GROUP)].append(item)
    return {group: items for group, items in groups.items() if items}


def build(config: TrainConfig, *, interactive: bool) -> list[Any]:
    """The form's components, in the order of `FIELDS`, filled with a config's values."""
    made = {}
    for group, items in grouped().items():
        gr.Markdown(f"**{group}**")
        with gr.Row(elem_classes="setting-row"):
            for item in items:
                made[item.name] = _component(item, getattr(config, item.name), interactive)
    return [made[item.name] for item in FIELDS]


def values(config: TrainConfig) -> list[Any]:
    """A config's values, in the order of the form."""
    return [getattr(config, item.name) for item in FIELDS]


def read(category: str, teacher: str, preset: str, seed: float | None, form: Sequence[Any]) -> TrainConfig:
    """The settings that the tab's controls describe.

    Args:
        category: What to train on; a preset follows its needs.
        teacher: Kind of model.
        preset: A preset, for which the form is not asked, or `text.train.CUSTOM`, for which it is.
        seed: Starting point of the random numbers.
        form: Values in the order of `FIELDS`.

    Raises:
        ConfigError: A field is empty, not of its type or out of its range; the sentence calls it by its name on screen.
    """
    start = _whole(text.train.SEED, seed)
    try:
        if preset != text.train.CUSTOM:
            return make_config(preset, category, teacher=teacher, seed=start)
        own = {item.name: _typed(item, value) for item, value in zip(FIELDS, form, strict=True)}
        return TrainConfig(preset=preset, teacher=teacher, seed=start, **own)
    except ConfigError as error:
        raise ConfigError(_in_words(str(error))) from error


def label(name: str) -> str:
    """A setting's name on screen."""
    return text.train.FIELDS.get(name) or name.replace("_", " ").capitalize()


def explanation(item: Field) -> str:
    """A setting's help text, with its range."""
    low, high = item.metadata["low"], item.metadata["high"]
    if low is None:
        return item.metadata["help"]
    words = text.train.FIXED if low == high else text.train.RANGE
    return f"{item.metadata['help']} {words.format(low=f'{low:,.10g}', high=f'{high:,.10g}')}"


def _component(item: Field, value: Any, interactive: bool) -> Any:
    fixed = item.metadata["low"] is not None and item.metadata["low"] == item.metadata["high"]
    common = {
        "label": label(item.name),
        "info": explanation(item),
        "interactive": interactive and not fixed,
        "min_width": 200,
    }
    if item.type is bool:
        return gr.Checkbox(value, **common)
    if item.metadata["choices"]:
        return gr.Dropdown(list(item.metadata["choices"]), value=value, **common)
    # No minimum and maximum of Gradio's own: our check names the field, and its sentence is the same everywhere.
    return gr.Number(value, **common)


def _typed(item: Field, value: Any) -> Any:
    if value is None:
        raise ConfigError(text.train.EMPTY_FIELD.format(label=label(item.name)))
    return _whole(label(item.name), value) if item.type is int else item.type(value)


def _whole(name: str, value: float | None) -> int:
    if value is None:
        raise ConfigError(text.train.EMPTY_FIELD.format(label=name))
    if value != int(value):
        raise ConfigError(text.train.WHOLE.format(label=name, value=f"{value:g}"))
    return int(value)


def _in_words(sentence: str) -> str:
    """A sentence of the core, with names on screen in place of names of fields."""
    for item in FIELDS:
        sentence = sentence.replace(f"'{item.name}'", f"'{label(item.name)}'")
    return sentence.replace("'seed'", f"'{text.train.SEED}'")
