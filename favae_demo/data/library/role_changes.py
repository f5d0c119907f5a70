"""Roles that a user gives to rows or files of an import plan."""

import fnmatch
import re
from dataclasses import replace

from favae_demo.core.errors import DataError
from favae_demo.core.files import display_name
from favae_demo.data.library.plan_rows import CategoryPlan, Plan, PlanRow
from favae_demo.data.library.roles import ASK, BY_MASK, DEFECT, GOOD, ROLES, TEST, TRAIN


def with_role(plan: Plan, pattern: str, role: str) -> Plan:
    """Returns a plan in which the rows or files that a pattern names have another role.

    Args:
        plan: The plan.
        pattern: Names rows (by their pattern, their folder, its last part, or their label), otherwise files by a path with `*`.
        role: The role, as `defect:scratch`; a defect without a kind takes the folder's name.

    Raises:
        DataError: The role is unknown, or nothing matches the pattern.
    """
    name, _, argument = role.partition(":")
    if name not in ROLES or name == ASK or (name == BY_MASK and argument not in ("", TRAIN, TEST, GOOD)):
        known = ", ".join(key for key in ROLES if key != ASK)
        raise DataError(f"There is no role {role!r}; there are {known}, and defect:KIND.")
    is_named = any(_matches(row, pattern) for _, row in plan.rows())
    if not is_named and not any(_matching(row, category, pattern) for category, row in plan.rows()):
        rows = ", ".join(dict.fromkeys(f"'{row.pattern}'" for _, row in plan.rows()))
        raise DataError(f"No pictures match {pattern!r}; the plan has {display_name(rows, 400)}.")
    categories = tuple(
        replace(
            category,
            rows=tuple(
                part for row in category.rows for part in _given(row, category, pattern, role, is_named)
            ),
        )
        for category in plan.categories
    )
    return replace(plan, categories=categories)


def _matches(row: PlanRow, pattern: str) -> bool:
    """Whether a pattern names a row: by its own pattern, its folder, the last part of its folder, or its label."""
    folder = row.pattern.removesuffix("/*")
    label = re.sub(r"^.* (?=label=)", "", row.pattern)  # of each split
    names = (row.pattern, folder, folder.rpartition("/")[2], label)
    return pattern.rstrip("/").lower() in {name.lower() for name in names}


def _matching(row: PlanRow, category: CategoryPlan, pattern: str) -> list[str]:
    """Files of a row whose path matches a pattern with `*`."""
    form = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    return [path for path in row.files if form.match(path) or form.match(path.removeprefix(category.root))]


def _given(row: PlanRow, category: CategoryPlan, pattern: str, role: str, is_named: bool) -> list[PlanRow]:
    """A row with the user's role, or two where only some of its files match.

    A pattern that names rows means these alone: the row `*` holds what no other row does, though `*` matches all files.
    """
    reason = "you said so"
    if _matches(row, pattern):
        return [replace(row, role=_full_role(role, row), reason=reason, doubt="")]
    matching = [] if is_named else _matching(row, category, pattern)
    if not matching:
        return [row]
    chosen = set(matching)
    rest = tuple(path for path in row.files if path not in chosen)
    given = PlanRow(pattern, _full_role(role, row), tuple(matching), reason)
    return [given, replace(row, files=rest)] if rest else [given]


def _full_role(role: str, row: PlanRow) -> str:
    """A defect without a kind takes the folder's name."""
    if role == BY_MASK:
        return f"{BY_MASK}:{GOOD}"
    if role != DEFECT:
        return role
    kind = re.sub(r"^.*label=", "", row.pattern.rpartition("/")[0].rpartition("/")[2] or row.pattern).strip(
        "*._ "
    )
    return f"{DEFECT}:{kind or DEFECT}"
