"""Images that a user gives of own parts, and what a check of them has found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from favae_demo.core.files import display_name

MIN_GOOD, FEW_GOOD, MOST = 5, 20, 20_000
STOP, WARN, FINE = "stop", "warn", "fine"
UNREADABLE = "cannot be read"
ASPECT_TOLERANCE = 0.05  # relative difference of width / height up to which two shapes count as the same


@dataclass(frozen=True)
class UploadedImage:
    """One image that the user gave.

    Attributes:
        path: Its file.
        good: Whether it was given as a good part.
        mask: File that marks the defect, or None.
        note: What is odd about it, or an empty string.
        used: Whether it goes into the category.
        in_test: Whether it was given as a test image.
    """

    path: Path
    good: bool
    mask: Path | None = None
    note: str = ""
    used: bool = True
    in_test: bool = False


@dataclass(frozen=True)
class UploadFinding:
    """One result of the check: how grave (`stop`, `warn`, `fine`), and a sentence."""

    level: str
    sentence: str


@dataclass(frozen=True)
class UploadReport:
    """What was found out about the user's images."""

    parts: tuple[UploadedImage, ...]
    findings: tuple[UploadFinding, ...]

    @property
    def good(self) -> tuple[UploadedImage, ...]:
        """The good parts that will be used."""
        return tuple(part for part in self.parts if part.good and part.used)

    @property
    def defects(self) -> tuple[UploadedImage, ...]:
        """The parts with a defect that will be used."""
        return tuple(part for part in self.parts if not part.good and part.used)

    @property
    def stops(self) -> tuple[str, ...]:
        """Why no category can be made of them; empty if it can."""
        return tuple(finding.sentence for finding in self.findings if finding.level == STOP)


def noted(
    parts: list[UploadedImage], places: Iterable[int], note: str, *, used: bool | None = None
) -> list[UploadedImage]:
    """Returns the images with a note at some places, where there is none yet; `used` also says whether those are used."""
    marked = set(places)
    return [
        replace(part, note=part.note or note, used=part.used if used is None else used)
        if i in marked
        else part
        for i, part in enumerate(parts)
    ]


def names_of(parts: list[UploadedImage], places: Iterable[int]) -> str:
    """Returns the file names of up to three images, and how many more there are."""
    names = [display_name(parts[i].path.name) for i in places]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def count_of(count: int, noun: str = "picture") -> str:
    """Returns a number with its noun: `No pictures`, `1 picture`, `2 pictures`."""
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"
