"""Text of other people's making (names of folders and files, cards of models) as plain text in HTML, Markdown and CSV."""

import csv
import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, TextIO

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:@^=])")
_FORMULA_STARTS = ("=", "+", "-", "@")
_CELL_STARTS = ("\t", "\r", "\n")  # split a cell, or start the next one
_NOT_SEEN = (
    "Cc",
    "Cf",
    "Zs",
    "Zl",
    "Zp",
)  # spaces, byte order marks, joiners: spreadsheets drop some of them


def counted(number: int, noun: str) -> str:
    """Returns a number with its noun, as `1 picture` and `1,200 pictures`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def escape_markup(text: str) -> str:
    """Returns a text as HTML that shows it as it is; quotes stay, so it is not for attributes."""
    return html.escape(text, quote=False)


def escape_markdown(text: str) -> str:
    """Returns a text as Markdown that shows it as it is, in one line."""
    return _MARKDOWN.sub(r"\\\1", escape_markup(" ".join(text.split())))


def write_csv_rows(file: TextIO, rows: Iterable[Iterable[Any]]) -> None:
    """Writes rows as CSV for spreadsheets, in which no text is read as a formula.

    Args:
        file: Opened with `newline=""`.
        rows: Values; numbers stay numbers.
    """
    csv.writer(file).writerows(
        [escape_formula(value) if isinstance(value, str) else value for value in row] for row in rows
    )


def escape_formula(text: str) -> str:
    """Returns a text with an apostrophe in front if a spreadsheet could read it as a formula."""
    seen = (letter for letter in text if unicodedata.category(letter) not in _NOT_SEEN)
    first = unicodedata.normalize("NFKC", next(seen, ""))  # full-width signs start formulas too
    return f"'{text}" if first.startswith(_FORMULA_STARTS) or text.startswith(_CELL_STARTS) else text
