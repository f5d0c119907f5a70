"""Images that a user gives of own parts, and what a check of them has found."""

from dataclasses import dataclass
from pathlib import Path

MIN_GOOD, FEW_GOOD, MOST = 5, 20, 20_000
STOP, WARN, FINE = "stop", "warn", "fine"


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
