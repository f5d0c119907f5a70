"""Reads defects that are drawn in the format of YOLO: a text file for each image."""

from collections.abc import Mapping

from favae_demo.data.library import annotations
from favae_demo.data.library.annotation_labels import drawn_entry
from favae_demo.data.library.label_entries import LabelTable, read_notes
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.path_finder import PathFinder
from favae_demo.data.library.vocabulary import IMAGE_WORDS

_LARGEST = 1_000_000  # bytes of the shapes of one image
_LARGEST_CLASSES = 200_000  # bytes of a file with the names of the classes
_YAML = (".yaml", ".yml")
_LISTS_OF_CLASSES = ("classes.txt", "labels.txt", "obj.names")


def read_yolo(listing: Listing, finder: PathFinder) -> LabelTable | None:
    """Reads a text file for each image, beside it or in `labels` in place of `images`; images without one show no defect."""
    texts = {path.rpartition(".")[0].lower(): path for path in listing.notes if path.lower().endswith(".txt")}
    pairs = {
        image: texts.get(key) for image in listing.images if (key := _note_key(image, texts)) is not None
    }
    paths = [path for path in pairs.values() if path]
    contents = read_notes(listing, paths, _LARGEST)
    names = _class_names(listing)
    entries = []
    for image in listing.images:
        text = contents.get(pairs.get(image) or "", b"")
        try:
            entries.append(drawn_entry(annotations.read_yolo(text, image, names), image))
        except (ValueError, UnicodeDecodeError):
            return None
    return LabelTable("YOLO", "", tuple(entries)) if any(contents.values()) else None


def _note_key(image: str, texts: Mapping[str, str]) -> str | None:
    stem = image.rpartition(".")[0].lower()
    moved = "/".join("labels" if part in IMAGE_WORDS else part for part in stem.split("/")[:-1])
    candidates = (stem, f"{moved}/{stem.rpartition('/')[2]}".lstrip("/"))
    return next((key for key in candidates if key in texts), None)


def _class_names(listing: Listing) -> dict[int, str]:
    """Names of the classes by number, where one of the files says them that programs write beside YOLO's; the highest folder counts."""
    files = sorted(filter(_may_name_classes, listing.notes), key=lambda path: (path.count("/"), path))
    texts = listing.peek(files, _LARGEST_CLASSES)
    for path in files:
        is_yaml = path.lower().endswith(_YAML)
        read = annotations.read_yaml_names if is_yaml else annotations.read_listed_names
        names = read(texts.get(path, b""))
        if names:
            return names
    return {}


def _may_name_classes(path: str) -> bool:
    return path.lower().endswith(_YAML) or path.rpartition("/")[2].lower() in _LISTS_OF_CLASSES
