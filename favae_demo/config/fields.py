"""Options: fields of a dataclass that carry their range, choices and explanation, for checks, forms and the command line."""

from collections.abc import Iterable
from dataclasses import Field, field
from typing import Any

from favae_demo.core.errors import ConfigError


def option(
    default: Any, low: float | None = None, high: float | None = None, choices: tuple = (), *, help: str
):
    """A field with its default, its range (both ends count) or choices, and its explanation."""
    return field(default=default, metadata={"low": low, "high": high, "choices": choices, "help": help})


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """What `--set key=value …` asks for, for `TrainConfig.with_text`.

    Raises:
        ConfigError: A text without an equals sign.
    """
    for text in texts:
        if "=" not in text:
            raise ConfigError(f"--set takes key=value, as in epochs=5, not {text!r}.")
    return dict(text.split("=", 1) for text in texts)


def parse(key: str, text: str, kind: type) -> Any:
    """A value from text.

    Raises:
        ConfigError: It is not of this type; the sentence names the setting.
    """
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if kind is bool:
        if text.lower() not in words:
            raise ConfigError(f"The setting {key!r} is yes or no, not {text!r}.")
        return words[text.lower()]
    try:
        return kind(text)
    except ValueError:
        raise ConfigError(
            f"The setting {key!r} must be a {'whole ' if kind is int else ''}number, not {text!r}."
        ) from None


def check(item: Field, value: Any) -> None:
    """Holds a value against its field's type, choices and range.

    Raises:
        ConfigError: It does not fit; the sentence names the setting.
    """
    meta, name = item.metadata, item.name
    if item.type is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, item.type) or (item.type is int and isinstance(value, bool)):
        raise ConfigError(f"The setting {name!r} must be of type {item.type.__name__}, not {value!r}.")
    if meta["choices"] and value not in meta["choices"]:
        raise ConfigError(
            f"The setting {name!r} must be one of {', '.join(map(str, meta['choices']))}, not {value!r}."
        )
    if meta["low"] is not None and not meta["low"] <= value <= meta["high"]:
        raise ConfigError(
            f"The setting {name!r} must be between {meta['low']:,.10g} and {meta['high']:,.10g}, not {value!r}."
        )
