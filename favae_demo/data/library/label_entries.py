"""What files with labels say of the images of a source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.library.annotations import Drawing
from favae_demo.data.library.listing import LARGEST_NOTE, Listing

NONE_DRAWN = "(nothing drawn)"


@dataclass(frozen=True)
class LabelEntry:
    """What a table says of one image.

    Attributes:
        path: Path in the source.
        label: As written there; `NONE_DRAWN` for an image without shapes where defects are drawn.
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
class LabelTable:
    """Entries of the tables of a source, with the kind of table for people, its paper, and what could not be found."""

    kind: str
    paper: str
    entries: tuple[LabelEntry, ...]
    remarks: tuple[str, ...] = ()


def merged(entries: Iterable[LabelEntry]) -> list[LabelEntry]:
    """Returns one entry for each image: the first that names it, whose label is open where another contradicts it."""
    by_path: dict[str, LabelEntry] = {}
    for entry in entries:
        first = by_path.setdefault(entry.path, entry)
        if first.good != entry.good and first.good is not None:
            label = f"{first.label} and {entry.label}"
            by_path[entry.path] = replace(first, label=label, good=None)
    return list(by_path.values())


def read_notes(listing: Listing, names: Sequence[str], most: int = LARGEST_NOTE) -> Mapping[str, bytes]:
    """Returns the contents of files with labels, by path.

    Raises:
        DataError: One is too large: what it says must not be ignored silently.
    """
    texts = listing.peek(names, most)
    lost = next((name for name in names if name not in texts), None)
    if lost:
        raise DataError(
            f"{display_name(lost)!r} cannot be read, or is larger than {most / 1e6:.0f} MB; it may say which pictures are "
            "defective, so take it out or split it."
        )
    return texts
