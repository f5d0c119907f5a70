"""Names and notes of other people's making are shown as they are: no markup, no formula."""

import csv
import io

import pytest

from favae_demo.core.plain_text import escape_formula, escape_markdown, escape_markup, write_csv_rows

SIGNS = "=+-@＝＋－＠"
BEFORE = ["", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\t", "\r", "\n", "\x00", " \u00a0\ufeff"]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_starts_a_formula(before: str, sign: str) -> None:
    assert escape_formula(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("text", ["", "good", "1-2", "größe", " a", "0", "\u3000a", "'=1"])
def test_other_text_stays(text: str) -> None:
    assert escape_formula(text) == text


def test_a_line_break_cannot_start_a_cell() -> None:
    assert escape_formula("\nx") == "'\nx"


def test_rows_keep_their_numbers() -> None:
    file = io.StringIO(newline="")
    write_csv_rows(file, [("name", "score"), ("=1+1", -1 / 3), ('a,"b"\n', None)])
    rows = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert rows == [["name", "score"], ["'=1+1", repr(-1 / 3)], ['a,"b"\n', ""]]


def test_markup_is_shown_as_it_is() -> None:
    assert escape_markup("<b>x</b> & 'y'") == "&lt;b&gt;x&lt;/b&gt; &amp; 'y'"


def test_markdown_is_shown_as_it_is() -> None:
    assert escape_markdown("<b>*x*</b>\n\n# [a](b) `c`") == (r"&lt;b&gt;\*x\*&lt;/b&gt; \# \[a\]\(b\) \`c\`")
