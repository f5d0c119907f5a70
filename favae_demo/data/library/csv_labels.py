"""Reads labels from CSV and TSV tables."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from favae_demo.core.errors import DataError
from favae_demo.data.library.label_entries import LabelEntry, LabelTable, merged, read_notes
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.path_finder import PathFinder
from favae_demo.data.library.vocabulary import BAD_WORDS, GOOD_WORDS, plain, split_name

COLUMNS = {
    "path": ("path", "image", "image_path", "img", "img_path", "file", "filename", "file_name", "filepath", "picture",
             "dateiname", "datei", "bild", "bildname", "pfad"),
    "label": ("label", "class", "anomaly_class", "anomaly", "target", "defect", "category_name", "label_index", "status", "result",
              "ergebnis", "befund", "urteil", "klasse", "bewertung", "zustand"),
    "mask": ("mask", "mask_path", "mask_file", "ground_truth", "gt", "maske"),
    "split": ("split", "set", "subset", "fold"),
    "category": ("object", "product", "category", "part"),
}  # fmt: skip
_NO_COLUMN = -1
_CLEAR_NUMBERS = ("anomaly", "defect", "label_index")  # columns in which 0 can only mean good
_EMPTY = ("", "none", "nan", "null", "-")
_MOST_ROWS = 200_000  # of a table
_MOST_COLUMNS, _LONGEST_LINE = 200, 200_000  # letters
_PROBED = 200  # rows by which columns are known


def read_csv(listing: Listing, finder: PathFinder) -> LabelTable | None:
    """Reads the tables that have a column of paths and one of labels; None where there are none."""
    names = [path for path in listing.notes if path.lower().endswith((".csv", ".tsv"))]
    entries = merged(csv_entries(read_notes(listing, names), finder))
    return LabelTable("table of labels", "", tuple(entries)) if entries else None


def csv_entries(texts: Mapping[str, bytes], finder: PathFinder) -> Iterator[LabelEntry]:
    """Yields an entry for each row of tables, given by their paths and contents."""
    for name, text in sorted(texts.items()):
        rows = _rows(text)
        columns = _columns(rows, finder)
        if not {"path", "label"} <= columns.keys():
            continue
        for row in rows[1:] if _has_header(rows, columns, finder) else rows:
            value = {key: row[place].strip() for key, place in columns.items() if place < len(row)}
            path = finder.find(value.get("path", ""), name)
            if path:
                mask = value.get("mask", "")
                yield LabelEntry(
                    path,
                    value.get("label", ""),
                    _is_good(value.get("label", ""), rows[0][columns["label"]]),
                    split_name(value.get("split", "")),
                    value.get("category", ""),
                    finder.find(mask, name, is_mask=True) if mask.lower() not in _EMPTY else "",
                )


def _rows(text: bytes) -> list[list[str]]:
    rows = _first_rows(text, _MOST_ROWS + 1)
    if len(rows) > _MOST_ROWS:
        raise DataError(f"A table of the source has more than {_MOST_ROWS:,} rows; split it, or take it out.")
    return [row for row in rows if row]


def _first_rows(text: bytes, most: int) -> list[list[str]]:
    """The first rows of a table, without what lies right of `_MOST_COLUMNS`; none of a file with lines that no table has."""
    content = decoded(text)
    content = content if "\n" in content else content.replace("\r", "\n")  # Excel's "CSV (Macintosh)"
    first, _, rest = content.partition("\n")
    if first.strip().lower().startswith("sep="):  # a line for Excel
        content, delimiter = rest, first.strip()[4:5] or "\t"
    else:
        delimiter = max(
            ",;\t| ", key=lambda letter: (first.count(letter) > 0, letter != " ", first.count(letter))
        )
    if max(map(len, content.split("\n"))) > _LONGEST_LINE:
        return []
    try:
        read = csv.reader(io.StringIO(content), delimiter=delimiter, skipinitialspace=delimiter == " ")
        return [row[:_MOST_COLUMNS] for row in islice(read, most)]
    except csv.Error:
        return []


def decoded(text: bytes) -> str:
    """Returns a text in the encoding that spreadsheets write: UTF-8, UTF-16 with its mark, or Latin-1."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        return text.decode("utf-16", "replace")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _columns(rows: list[list[str]], finder: PathFinder) -> dict[str, int]:
    """Places of the columns, by their names, or by what stands in them where paths or labels have a name of their own."""
    words = [plain(word) for word in rows[0]] if rows else []
    columns = {}
    for key, names in COLUMNS.items():
        place = next((words.index(name) for name in names if name in words), None)
        if place is not None:
            columns[key] = place
    probed = rows[:_PROBED]
    if not any(finder.holds(value) for value in _column(probed, columns.get("path", _NO_COLUMN))):
        _guess(columns, "path", probed, finder.holds)
    if "label" not in columns:
        _guess(columns, "label", probed, lambda value: plain(value) in GOOD_WORDS | BAD_WORDS)
    return columns


def _guess(columns: dict[str, int], key: str, rows: list[list[str]], fits: Callable[[str], bool]) -> None:
    """Adds the column in which at least every other value fits."""
    free = [place for place in range(len(rows[0]) if rows else 0) if place not in columns.values()]
    shares = {place: sum(map(fits, _column(rows, place))) for place in free}
    best = max(shares, key=lambda place: shares[place], default=_NO_COLUMN)
    if best != _NO_COLUMN and 2 * shares[best] >= max(len(rows) - 1, 1):
        columns[key] = best


def _column(rows: list[list[str]], place: int) -> list[str]:
    return [row[place].strip() for row in rows if 0 <= place < len(row)]


def _has_header(rows: list[list[str]], columns: Mapping[str, int], finder: PathFinder) -> bool:
    return not any(map(finder.holds, _column(rows[:1], columns["path"])))


def _is_good(label: str, column: str = "") -> bool | None:
    word = plain(label)
    if word in GOOD_WORDS:
        return True
    if re.fullmatch(r"[01](\.0*)?|true|false", word):
        return word[0] in "0f" if plain(column) in _CLEAR_NUMBERS else None
    return None if re.fullmatch(r"[\d.]*", word) or label.strip().lower() in _EMPTY else False
