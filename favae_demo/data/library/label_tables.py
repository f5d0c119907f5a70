"""Files that say which images are defective: CSV tables, Real-IAD's JSON, and drawn shapes. Each becomes a list of entries."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.library import annotations
from favae_demo.data.library.annotations import Annotation, Drawing
from favae_demo.data.library.known_layouts import (
    GOOD_WORDS,
    IMAGE_WORDS,
    MASK_WORDS,
    TEST_WORDS,
    TRAIN_WORDS,
    plain,
)  # fmt: skip
from favae_demo.data.library.listing import LARGEST_NOTE, Listing

COLUMNS = {
    "path": ("path", "image", "image_path", "img", "img_path", "file", "filename", "file_name", "filepath", "picture"),
    "label": ("label", "class", "anomaly_class", "anomaly", "target", "defect", "category_name", "label_index", "status", "result"),
    "mask": ("mask", "mask_path", "mask_file", "ground_truth", "gt"),
    "split": ("split", "set", "subset", "fold"),
    "category": ("object", "product", "category", "part"),
}  # fmt: skip
NONE_DRAWN = "(nothing drawn)"
_CLEAR_NUMBERS = ("anomaly", "defect", "label_index")  # columns in which 0 can only mean good
_EMPTY = ("", "none", "nan", "null", "-")


@dataclass(frozen=True)
class Entry:
    """What a table says of one image.

    Attributes:
        path: Path in the source.
        label: As written there; empty for a good part where defects are drawn.
        good: Whether it is a good part; None if the label does not tell.
        split: `train`, `test` or an empty string.
        category: As written there, or an empty string.
        mask: Path of its mask in the source, or an empty string.
        drawing: Its drawn defects, or None.
    """

    path: str
    label: str
    good: bool | None
    split: str = ""
    category: str = ""
    mask: str = ""
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Table:
    """Entries of the tables of a source, with the kind of table for people, its paper, and what could not be found."""

    kind: str
    paper: str
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()


_MOST_ROWS = 200_000  # of a table
_LARGEST_YOLO = 1_000_000  # bytes of the shapes of one image
_MOST_NAMESAKES = 200  # images of one file name that are told apart by their folders


class _Finder:
    """Finds the path in the source of an image that a table names by a path of another folder."""

    def __init__(self, images: Iterable[str]):
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in images:
            self._by_name[path.rpartition("/")[2].lower()].append(path)
        self.lost: list[str] = []

    def find(self, written: str, beside: str, *, is_mask: bool = False) -> str:
        """The path with most folders in common with the written one; empty, and noted as lost, if there is not a single one.

        Args:
            written: As a table names it.
            beside: Path of the table.
            is_mask: Whether it is a mask, which a folder of masks may hold under its picture's name.
        """
        best = self._best(written, beside)
        for fits in (lambda path: _is_below(path, MASK_WORDS) == is_mask, _fits_split(beside)):
            best = [path for path in best if fits(path)] or best
        if len(best) != 1:
            self.lost.append(written)
            return ""
        return best[0]

    def remarks(self) -> tuple[str, ...]:
        """A sentence on what was not found."""
        lost = list(dict.fromkeys(self.lost))
        if not lost:
            return ()
        names = ", ".join(repr(display_name(path, 80)) for path in lost[:3])
        more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
        what = (
            "1 file that a table names is"
            if len(lost) == 1
            else f"{len(lost):,} files that a table names are"
        )
        return (f"{what} not there, or several have that name: {names}{more}.",)

    def _best(self, written: str, beside: str) -> list[str]:
        written = written.strip().replace("\\", "/")
        candidates = self._by_name.get(written.rpartition("/")[2].lower(), [])
        if len(candidates) > _MOST_NAMESAKES:
            candidates = [path for path in candidates if path.endswith(written.lstrip("./"))][:2]
        folders = (PurePosixPath(beside).parent / written).parts
        common = {path: _common_end(path, folders) for path in candidates}
        most = max(common.values(), default=0)
        return [path for path in candidates if common[path] == most]


def _is_below(path: str, words: Collection[str]) -> bool:
    return any(plain(part) in words for part in path.split("/")[:-1])


def _fits_split(table: str) -> Callable[[str], bool]:
    """Whether a path lies in the split that a table's name says, as `instances_train.json` does."""
    named = {_split(word) for word in re.split(r"[^a-z]+", table.rpartition("/")[2].lower())} - {""}
    return lambda path: len(named) == 1 and split_of(path) in named


def _common_end(path: str, folders: tuple[str, ...]) -> int:
    mine = [part.lower() for part in PurePosixPath(path).parts]
    same = 0
    for left, right in zip(reversed(mine), reversed(folders), strict=False):
        if left != right.lower():
            break
        same += 1
    return same


def read_table(listing: Listing) -> Table | None:
    """Reads the tables and annotations of a source; None where no file says anything of its images."""
    finder = _Finder(listing.images)
    for read in _READERS:
        finder.lost.clear()  # of a reader that found nothing
        table = read(listing, finder)
        if table and table.entries:
            return replace(table, remarks=finder.remarks())
    return None


def read_visa_split(listing: Listing) -> Table | None:
    """Reads VisA's own split, which tells training from test images; None where there is none."""
    finder = _Finder(listing.images)
    names = [path for path in listing.notes if path.lower().endswith("split_csv/1cls.csv")]
    entries = list(_csv_entries(_texts(listing, names), finder))
    return Table("VisA", "Zou et al., SPot-the-Difference, ECCV 2022", tuple(entries)) if entries else None


def _texts(listing: Listing, names: Sequence[str], most: int = LARGEST_NOTE) -> Mapping[str, bytes]:
    """Contents of the files of a kind.

    Raises:
        DataError: One is too large: what it says must not be missing in silence.
    """
    texts = listing.peek(names, most)
    lost = next((name for name in names if name not in texts), None)
    if lost:
        raise DataError(
            f"{display_name(lost)!r} cannot be read, or is larger than {most / 1e6:.0f} MB; it may say which pictures are "
            "defective, so take it out or split it."
        )
    return texts


def _tables(listing: Listing, finder: _Finder) -> Table | None:
    names = [path for path in listing.notes if path.lower().endswith((".csv", ".tsv"))]
    entries = _merged(_csv_entries(_texts(listing, names), finder))
    return Table("table of labels", "", tuple(entries)) if entries else None


def _csv_entries(texts: Mapping[str, bytes], finder: _Finder) -> Iterator[Entry]:
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
                yield Entry(
                    path,
                    value.get("label", ""),
                    _is_good(value.get("label", ""), rows[0][columns["label"]]),
                    _split(value.get("split", "")),
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


def _split(word: str) -> str:
    word = plain(word)
    return "train" if word in TRAIN_WORDS else "test" if word in TEST_WORDS else ""


def _merged(entries: Iterable[Entry]) -> list[Entry]:
    """One entry an image: the first that names it, whose label is open where another contradicts it."""
    found: dict[str, Entry] = {}
    for entry in entries:
        first = found.setdefault(entry.path, entry)
        if first.good != entry.good and first.good is not None:
            label = f"{first.label} and {entry.label}"
            found[entry.path] = replace(first, label=label, good=None)
    return list(found.values())


def _json_tables(listing: Listing, finder: _Finder) -> Table | None:
    texts = _texts(listing, [path for path in listing.notes if path.lower().endswith(".json")])
    found: dict[str, list[Entry]] = defaultdict(list)
    for name, text in sorted(texts.items()):
        try:
            record = annotations.parse_record(text)
            kind, entries = _json_entries(record, name, finder)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            continue  # not every JSON file of a data set is an annotation
        found[kind] += entries
    kind = max(found, key=lambda kind: len(found[kind]), default="")
    paper = "Wang et al., Real-IAD, CVPR 2024" if kind == "Real-IAD" else ""
    return Table(kind, paper, tuple(_merged(found[kind]))) if kind else None


def _json_entries(record: Any, name: str, finder: _Finder) -> tuple[str, list[Entry]]:
    if not isinstance(record, dict):
        return "", []
    if "annotations" in record and "images" in record:
        return "COCO", _drawn(annotations.read_coco(record), name, finder)
    if "shapes" in record:
        return "LabelMe", _drawn(annotations.read_labelme(record, name), "", finder)
    if "meta" in record and ("train" in record or "test" in record):
        return "Real-IAD", list(_real_iad(record, finder))
    return "", []


def _real_iad(record: Mapping[str, Any], finder: _Finder) -> Iterator[Entry]:
    meta = record["meta"]
    normal, prefix = str(meta.get("normal_class", "OK")), str(meta.get("prefix", ""))
    for split in ("train", "test"):
        for one in record.get(split, []):
            path = finder.find(f"{prefix}{one['image_path']}", "")
            label, mask = str(one["anomaly_class"]), one.get("mask_path")
            if path:
                found = finder.find(f"{prefix}{mask}", "", is_mask=True) if mask else ""
                yield Entry(path, label, label == normal, split, str(one.get("category", "")), found)


def _cvat(listing: Listing, finder: _Finder) -> Table | None:
    texts = _texts(listing, [path for path in listing.notes if path.lower().endswith(".xml")])
    entries: list[Entry] = []
    for name, text in sorted(texts.items()):
        try:
            entries += _drawn(annotations.read_cvat(text), name, finder)
        except (ValueError, KeyError):
            continue
    return Table("CVAT", "", tuple(_merged(entries))) if entries else None


def _yolo(listing: Listing, finder: _Finder) -> Table | None:
    """A text file for each image, beside it or in `labels` in place of `images`; images without one show no defect."""
    texts = {path.rpartition(".")[0].lower(): path for path in listing.notes if path.lower().endswith(".txt")}
    pairs = {
        image: texts.get(key) for image in listing.images if (key := _yolo_key(image, texts)) is not None
    }
    there = [path for path in pairs.values() if path]
    contents = _texts(listing, there, _LARGEST_YOLO)
    names = _yolo_names(listing)
    entries = []
    for image in listing.images:
        text = contents.get(pairs.get(image) or "", b"")
        try:
            entries.append(_entry(annotations.read_yolo(text, image, names), image))
        except (ValueError, UnicodeDecodeError):
            return None
    return Table("YOLO", "", tuple(entries)) if any(contents.values()) else None


def _yolo_key(image: str, texts: Mapping[str, str]) -> str | None:
    stem = image.rpartition(".")[0].lower()
    moved = "/".join("labels" if part in IMAGE_WORDS else part for part in stem.split("/")[:-1])
    candidates = (stem, f"{moved}/{stem.rpartition('/')[2]}".lstrip("/"))
    return next((key for key in candidates if key in texts), None)


def _yolo_names(listing: Listing) -> dict[int, str]:
    """Names of the classes, where `classes.txt` or `obj.names` lists them."""
    names = [
        path for path in listing.notes if path.rpartition("/")[2].lower() in ("classes.txt", "labels.txt")
    ]
    for text in listing.peek(names).values():
        return dict(enumerate(line.strip() for line in text.decode("utf-8", "replace").splitlines()))
    return {}


def _drawn(found: Iterable[Annotation], name: str, finder: _Finder) -> list[Entry]:
    entries = []
    for annotation in found:
        path = finder.find(annotation.path, name)
        if path:
            entries.append(_entry(annotation, path))
    return entries


def _entry(annotation: Annotation, path: str) -> Entry:
    """An image with shapes is a defect of the kind that is drawn first; a shape around a good part leaves it open."""
    if not annotation.labels:
        return Entry(path, NONE_DRAWN, True)
    label = annotation.labels[0]
    is_open = any(plain(word) in GOOD_WORDS for word in annotation.labels)
    return Entry(path, label, None if is_open else False, drawing=annotation.drawing)


def split_of(path: str) -> str:
    """The split that a folder of a path names, or an empty string."""
    return next((word for part in path.split("/")[:-1] if (word := _split(part))), "")


_READERS: tuple[Callable[[Listing, _Finder], Table | None], ...] = (_json_tables, _cvat, _tables, _yolo)
