"""Files that say which images are defective: tables, annotations, and drawn shapes. The first kind that says something counts."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from favae_demo.data.io.formats import EXTENSIONS
from favae_demo.data.library.annotation_labels import read_cvat, read_json
from favae_demo.data.library.csv_labels import csv_entries, decoded, read_csv
from favae_demo.data.library.label_entries import LabelTable, read_notes
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.path_finder import PathFinder
from favae_demo.data.library.yolo_labels import read_yolo

_READERS: tuple[Callable[[Listing, PathFinder], LabelTable | None], ...] = (
    read_json,
    read_cvat,
    read_csv,
    read_yolo,
)

_ABOUT = (
    "readme",
    "licen",
    "attribution",
    "copying",
    "classes",
    "data",
    "dataset",
    "changelog",
)  # files that tell of the whole
_PROBED = 200_000  # bytes of a file


def read_table(listing: Listing) -> LabelTable | None:
    """Reads the tables and annotations of a source; None where no file says anything of its images."""
    finder = PathFinder(listing.images)
    for read in _READERS:
        finder.lost.clear()  # of a reader that found nothing
        table = read(listing, finder)
        if table and table.entries:
            return replace(table, remarks=finder.remarks())
    return None


def note_not_understood(listing: Listing) -> str:
    """Returns the path of a file that names images, or has the name of one, and of which no reader knows what it says; or an empty string."""
    finder = PathFinder(listing.images)
    names = [path for path in listing.notes if not PurePosixPath(path).stem.lower().startswith(_ABOUT)]
    beside = next((path for path in names if finder.holds(PurePosixPath(path).stem)), "")
    return beside or next(
        (path for path, text in sorted(listing.peek(names).items()) if _names_images(text[:_PROBED], finder)),
        "",
    )


def _names_images(text: bytes, finder: PathFinder) -> bool:
    words = re.split(r"[\s\"'<>|,;=]+", decoded(text))
    return any(word.lower().endswith(EXTENSIONS) and finder.holds(word) for word in words)


def read_visa_split(listing: Listing) -> LabelTable | None:
    """Reads VisA's own split, which tells training from test images; None where there is none."""
    finder = PathFinder(listing.images)
    names = [path for path in listing.notes if path.lower().endswith("split_csv/1cls.csv")]
    entries = list(csv_entries(read_notes(listing, names), finder))
    return (
        LabelTable("VisA", "Zou et al., SPot-the-Difference, ECCV 2022", tuple(entries)) if entries else None
    )
