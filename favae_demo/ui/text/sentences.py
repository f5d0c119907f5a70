"""Translates what the core says in English: its sentences, phrases and names.

`SENTENCES` of a language has the core's templates with their translations. What is not among them, as most errors, stays English.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from favae_demo.ui import language

_PLACE = re.compile(r"\\\{(\w+)\\\}")
_NUMBERS = ("black", "count", "number", "white")  # places that only a number takes, where anything would fit
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_BETWEEN = (re.compile(r"(?<=[.!?…]) (?=\S)"), re.compile(r"; "))  # sentences, then parts of one


def translate(said: str) -> str:
    """Returns what the core says, one or more sentences, in the language of the request."""
    return _translated(language.current(), said)


@lru_cache(maxsize=2048)
def _translated(code: str, said: str, level: int = 0) -> str:
    """Returns the translation of the whole, else that of its parts as far as they are known.

    Args:
        code: The language.
        said: One or more sentences, or a phrase.
        level: Number of separators that have been tried; no template spans several sentences.
    """
    if code == language.DEFAULT or not said.strip():
        return said
    known = _known(code, said, only_exact=level == 0)
    if known is not None or level == len(_BETWEEN):
        return said if known is None else known
    gap = _BETWEEN[level]
    between = [*gap.findall(said), ""]
    parts = (_translated(code, part, level + 1) for part in gap.split(said))
    return "".join(part + after for part, after in zip(parts, between, strict=True))


def _known(code: str, sentence: str, *, only_exact: bool) -> str | None:
    """Returns the translation of one sentence or phrase, whose full stop does not count, or None."""
    exact, patterns = _templates(code)
    bare = sentence.removesuffix(".")
    end = sentence[len(bare) :]
    if bare in exact:
        return exact[bare] + end
    for pattern, target in () if only_exact else patterns:
        match = pattern.fullmatch(bare)
        if match:
            values = {name: _part(code, value) for name, value in match.groupdict().items()}
            return target.format(**values) + end
    return None


def _part(code: str, value: str) -> str:
    """Returns the translation of what stands in a place of a template: a number, a phrase, or several with commas."""
    if _THOUSANDS.fullmatch(value):
        return value.replace(",", import_module(f"favae_demo.ui.text.{code}.values").GROUP)
    known = _translated(code, value)
    return known if known != value else ", ".join(_translated(code, phrase) for phrase in value.split(", "))


@lru_cache
def _templates(code: str) -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    table = import_module(f"favae_demo.ui.text.{code}.sentences").SENTENCES
    table = {source.removesuffix("."): target.removesuffix(".") for source, target in table.items()}
    patterns = {source: target for source, target in table.items() if "{" in source}
    exact = {source: target for source, target in table.items() if source not in patterns}
    return exact, tuple((as_pattern(source), target) for source, target in patterns.items())


def as_pattern(template: str) -> re.Pattern[str]:
    """Returns the pattern of a template's sentences, with a group for each of its places."""

    def group(place: re.Match[str]) -> str:
        return f"(?P<{place[1]}>{r'[0-9][0-9,.e+]*' if place[1] in _NUMBERS else '.+?'})"

    return re.compile(_PLACE.sub(group, re.escape(template)), re.DOTALL)
