"""Dataclass fields with range, choices and explanation, which forms, checks and the command line share."""

import math
from collections.abc import Iterable
from dataclasses import Field, field
from reprlib import repr as short
from typing import Any

from favae_demo.core.errors import ConfigError


def option(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Any, ...] = (),
    *,
    help: str,
) -> Any:  # as `dataclasses.field`, whose result stands for a value of the field's type
    """Returns a dataclass field with metadata.

    Args:
        default: Default value.
        low: Smallest allowed value, or None.
        high: Largest allowed value, or None.
        choices: Allowed values; empty allows all in the range.
        help: Explanation for the user.
    """
    return field(default=default, metadata={"low": low, "high": high, "choices": choices, "help": help})


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Parses `key=value` texts, as in `--set epochs=5`, for `TrainConfig.with_text`.

    Raises:
        ConfigError: A text has no equals sign.
    """
    for text in texts:
        if "=" not in text:
            raise ConfigError(f"--set takes key=value, as in epochs=5, not {short(text)}.")
    return dict(text.split("=", 1) for text in texts)


def field_type(item: Field[Any]) -> type:
    """Returns the type of a dataclass field, as its module declares it without postponed annotations."""
    if not isinstance(item.type, type):
        raise TypeError(f"The type of field {item.name!r} is {item.type!r}, which is not a class.")
    return item.type


def parse(key: str, text: str, kind: type) -> Any:
    """Converts text to a value of a type.

    Args:
        key: Name of the setting, for the message.
        text: The text.
        kind: `bool`, `int`, `float` or `str`.

    Raises:
        ConfigError: The text does not represent a value of this type; the message names the setting.
    """
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if kind is bool:
        if text.lower() not in words:
            raise ConfigError(f"The setting {key!r} is yes or no, not {short(text)}.")
        return words[text.lower()]
    try:
        return kind(text)
    except ValueError:
        raise ConfigError(
            f"The setting {key!r} must be a {'whole ' if kind is int else ''}number, not {short(text)}."
        ) from None


def check(item: Field[Any], value: Any) -> None:
    """Checks a value against the type, choices and range of its field.

    Raises:
        ConfigError: The value is not allowed; the message names the setting.
    """
    meta, name, kind = item.metadata, item.name, field_type(item)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = _as_float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"The setting {name!r} must be of type {kind.__name__}, not {short(value)}.")
    if meta["choices"] and value not in meta["choices"]:
        raise ConfigError(
            f"The setting {name!r} must be one of {', '.join(map(str, meta['choices']))}, not {short(value)}."
        )
    if meta["low"] is not None and not meta["low"] <= value <= meta["high"]:
        raise ConfigError(
            f"The setting {name!r} must be between {meta['low']:,.10g} and {meta['high']:,.10g}, not {short(value)}."
        )


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:  # beyond every range
        return math.inf if value > 0 else -math.inf
