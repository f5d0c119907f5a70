"""The parts of an import plan: rows of files that have one role, by category."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from favae_demo.data.library.annotations import Drawing
from favae_demo.data.library.roles import ASK, SKIP


@dataclass(frozen=True)
class PlanRow:
    """Files of a category that have one role.

    Attributes:
        pattern: What they have in common, as `test/scratch/*`.
        role: One of `roles.ROLES`, after a colon the kind of defect or the split.
        files: Their paths in the source.
        reason: Why they have this role, for people.
        doubt: What speaks against it, or an empty string.
    """

    pattern: str
    role: str
    files: tuple[str, ...]
    reason: str
    doubt: str = ""

    @property
    def role_name(self) -> str:
        """The role without kind or split."""
        return self.role.partition(":")[0]

    @property
    def argument(self) -> str:
        """The kind of defect, the split, or an empty string."""
        return self.role.partition(":")[2]


@dataclass(frozen=True)
class CategoryPlan:
    """How one category is understood.

    Attributes:
        name: As a person would write it.
        root: Folder in the source with `/` at its end, or an empty string.
        rows: Its files by role.
        masks: Files that mark an image's defects, where a table says so; elsewhere they are found by their names.
        drawings: Shapes that mark an image's defects.
    """

    name: str
    root: str
    rows: tuple[PlanRow, ...]
    masks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)

    def files(self, *roles: str) -> tuple[str, ...]:
        """Paths of the files that have one of some roles."""
        return tuple(path for row in self.rows if row.role_name in roles for path in row.files)


@dataclass(frozen=True)
class Plan:
    """How a source is understood.

    Attributes:
        layout: Name of the layout.
        paper: Where the layout was published, or an empty string.
        categories: Its categories.
        verbatim: Whether images are copied byte by byte, as for published data sets; others are stored like uploads.
        remarks: What speaks against the whole, as files that a table names and that are not there.
    """

    layout: str
    paper: str
    categories: tuple[CategoryPlan, ...]
    verbatim: bool = True
    remarks: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[CategoryPlan, PlanRow]]:
        """All rows with their categories."""
        return ((category, row) for category in self.categories for row in category.rows)

    @property
    def questions(self) -> tuple[PlanRow, ...]:
        """Rows whose role is not known."""
        return tuple(row for _, row in self.rows() if row.role_name == ASK)

    @property
    def left_out(self) -> tuple[PlanRow, ...]:
        """Rows that are not taken."""
        return tuple(row for _, row in self.rows() if row.role_name == SKIP)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What speaks against the roles, and against the whole."""
        return (*self.remarks, *(f"{row.pattern}: {row.doubt}" for _, row in self.rows() if row.doubt))

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {
            "layout": self.layout,
            "paper": self.paper,
            "clear": not self.questions,
            "remarks": list(self.remarks),
            "categories": {
                category.name: [
                    {
                        "pattern": row.pattern,
                        "role": row.role,
                        "count": len(row.files),
                        "reason": row.reason,
                        "doubt": row.doubt,
                    }
                    for row in category.rows
                ]
                for category in self.categories
            },
        }
