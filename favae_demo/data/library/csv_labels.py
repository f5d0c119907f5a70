"""Reads labels from CSV and TSV tables."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from favae_demo.core.errors import DataError
from favae_demo.data.library.label_entries import LabelEntry, LabelTable, merged, read_notes
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.path_finder import PathFinder
from favae_demo.data.library.vocabulary import GOOD_WORDS, plain, split_name

COLUMNS = {
    "path": ("path", "image", "image_path", "img", "img_path", "file", "filename", "file_name", "filepath", "picture"),
    "label": ("label", "class", "anomaly_class", "anomaly", "target", "defect", "category_name", "label_index", "status", "result"),
    "mask": ("mask", "mask_path", "mask_file", "ground_truth", "gt"),
    "split": ("split", "set", "subset", "fold"),
    "category": ("object", "product", "category", "part"),
}  # fmt: skip
_CLEAR_NUMBERS = ("anomaly", "defect", "label_index")  # columns in which 0 can only mean good
_EMPTY = ("", "none", "nan", "null", "-")
_MOST_ROWS = 200_000  # of a table


def read_csv(listing: Listing, finder: PathFinder) -> LabelTable | None:
    """Reads the tables that have a column of paths and one of labels; None where there are none."""
    names = [path for path in listing.notes if path.lower().endswith((".csv", ".tsv"))]
    entries = merged(csv_entries(read_notes(listing, names), finder))
    return LabelTable("table of labels", "", tuple(entries)) if entries else None


def csv_entries(texts: Mapping[str, bytes], finder: PathFinder) -> Iterator[LabelEntry]:
    """Yields an entry for each row of tables, given by their paths and contents."""
    for name, text in sorted(texts.items()):
        rows = _rows(text)
        columns = _columns(rows[0]) if rows else {}
        if not {"path", "label"} <= columns.keys():
            continue
        for row in rows[1:]:
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
    try:
        content = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = text.decode("latin-1")
    first = content.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(islice(csv.reader(io.StringIO(content), delimiter=delimiter), _MOST_ROWS + 1))
    except csv.Error:
        return []
    if len(rows) > _MOST_ROWS:
        raise DataError(f"A table of the source has more than {_MOST_ROWS:,} rows; split it, or take it out.")
    return [row for row in rows if row]


def _columns(header: list[str]) -> dict[str, int]:
    words = [plain(word) for word in header]
    found = {}
    for key, names in COLUMNS.items():
        place = next((words.index(name) for name in names if name in words), None)
        if place is not None:
            found[key] = place
    return found


def _is_good(label: str, column: str = "") -> bool | None:
    word = plain(label)
    if word in GOOD_WORDS:
        return True
    if re.fullmatch(r"[01](\.0*)?|true|false", word):
        return word[0] in "0f" if plain(column) in _CLEAR_NUMBERS else None
    return None if re.fullmatch(r"[\d.]*", word) else False
