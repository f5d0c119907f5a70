"""Reads labels from annotations: Real-IAD's JSON, and shapes drawn with COCO, LabelMe and CVAT."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from favae_demo.data.library import annotations
from favae_demo.data.library.annotations import Annotation
from favae_demo.data.library.label_entries import NONE_DRAWN, LabelEntry, LabelTable, merged, read_notes
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.path_finder import PathFinder
from favae_demo.data.library.vocabulary import GOOD_WORDS, plain


def read_json(listing: Listing, finder: PathFinder) -> LabelTable | None:
    """Reads the annotations in JSON files, of the kind that most entries have; None where there are none."""
    texts = read_notes(listing, [path for path in listing.notes if path.lower().endswith(".json")])
    entries_of: dict[str, list[LabelEntry]] = defaultdict(list)
    for name, text in sorted(texts.items()):
        try:
            record = annotations.parse_record(text)
            kind, entries = _json_entries(record, name, finder)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            continue  # not every JSON file of a data set is an annotation
        entries_of[kind] += entries
    kind = max(entries_of, key=lambda kind: len(entries_of[kind]), default="")
    paper = "Wang et al., Real-IAD, CVPR 2024" if kind == "Real-IAD" else ""
    return LabelTable(kind, paper, tuple(merged(entries_of[kind]))) if kind else None


def _json_entries(record: Any, name: str, finder: PathFinder) -> tuple[str, list[LabelEntry]]:
    if not isinstance(record, dict):
        return "", []
    if "annotations" in record and "images" in record:
        return "COCO", _drawn_entries(annotations.read_coco(record), name, finder)
    if "shapes" in record:
        return "LabelMe", _drawn_entries(annotations.read_labelme(record, name), "", finder)
    if "meta" in record and ("train" in record or "test" in record):
        return "Real-IAD", list(_real_iad(record, finder))
    return "", []


def _real_iad(record: Mapping[str, Any], finder: PathFinder) -> Iterator[LabelEntry]:
    meta = record["meta"]
    normal, prefix = str(meta.get("normal_class", "OK")), str(meta.get("prefix", ""))
    for split in ("train", "test"):
        for one in record.get(split, []):
            path = finder.find(f"{prefix}{one['image_path']}", "")
            label, mask = str(one["anomaly_class"]), one.get("mask_path")
            if path:
                mask_path = finder.find(f"{prefix}{mask}", "", is_mask=True) if mask else ""
                yield LabelEntry(path, label, label == normal, split, str(one.get("category", "")), mask_path)


def read_cvat(listing: Listing, finder: PathFinder) -> LabelTable | None:
    """Reads the shapes in CVAT's XML files; None where there are none."""
    texts = read_notes(listing, [path for path in listing.notes if path.lower().endswith(".xml")])
    entries: list[LabelEntry] = []
    for name, text in sorted(texts.items()):
        try:
            entries += _drawn_entries(annotations.read_cvat(text), name, finder)
        except (ValueError, KeyError):
            continue
    return LabelTable("CVAT", "", tuple(merged(entries))) if entries else None


def _drawn_entries(annotations: Iterable[Annotation], name: str, finder: PathFinder) -> list[LabelEntry]:
    entries = []
    for annotation in annotations:
        path = finder.find(annotation.path, name)
        if path:
            entries.append(drawn_entry(annotation, path))
    return entries


def drawn_entry(annotation: Annotation, path: str) -> LabelEntry:
    """Returns an entry for an image with shapes: a defect of the kind that is drawn first; a shape around a good part leaves it open."""
    if not annotation.labels:
        return LabelEntry(path, NONE_DRAWN, True)
    label = annotation.labels[0]
    is_open = any(plain(word) in GOOD_WORDS for word in annotation.labels)
    return LabelEntry(path, label, None if is_open else False, drawing=annotation.drawing)
