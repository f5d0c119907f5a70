"""How the files of a folder or an archive are understood: a plan that people can read and correct before anything is copied."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from favae_demo.core.errors import DataError, PlanError
from favae_demo.core.files import display_name
from favae_demo.core.plain_text import counted
from favae_demo.data.library import folder_words, label_tables
from favae_demo.data.library.known_layouts import LAYOUTS, Layout
from favae_demo.data.library.label_entries import NONE_DRAWN, LabelEntry, LabelTable
from favae_demo.data.library.listing import Listing
from favae_demo.data.library.plan_rows import CategoryPlan, Plan, PlanRow
from favae_demo.data.library.role_changes import with_role
from favae_demo.data.library.roles import ASK, DEFECT, GOOD, SKIP, TEST, TRAIN
from favae_demo.data.library.vocabulary import BAD_WORDS, MASK_ENDING, MASK_WORDS, plain, split_of

MOST_CATEGORIES = 50
_SHOWN = 4  # rows named in a sentence
_DRAWN = ("COCO", "LabelMe", "CVAT", "YOLO")


def make_plan(listing: Listing, roles: Mapping[str, str] | None = None) -> Plan:
    """Says what each file of a source is.

    Published layouts are recognised first, then tables and drawn shapes, then the words by which people name folders and files.

    Args:
        listing: The source's files.
        roles: Roles that the user gives, by pattern.

    Raises:
        DataError: There are no images, a pattern matches none, or a role is unknown.
    """
    if not listing.images:
        raise DataError(no_images(listing.name, listing.archives))
    plan = _visa_split(listing) or _published(listing) or _labelled(listing) or _named(listing)
    if len(plan.categories) > MOST_CATEGORIES:
        raise DataError(f"{listing.name!r} holds more than {MOST_CATEGORIES} categories; add them in parts.")
    for pattern, role in (roles or {}).items():
        plan = with_role(plan, pattern, role)
    return replace(plan, remarks=(*plan.remarks, *_on_archives(listing.archives)))


def no_images(name: str, archives: Sequence[str]) -> str:
    """Returns a sentence on a source that holds no images, but perhaps archives."""
    inside = f", but {_archives(archives)}; unpack first" if archives else ""
    return f"There are no pictures in {name!r}{inside}."


def _on_archives(archives: Sequence[str]) -> tuple[str, ...]:
    if not archives:
        return ()
    return (
        f"Left out because only pictures outside of archives are taken: {_archives(archives)}; unpack first.",
    )


def _archives(archives: Sequence[str]) -> str:
    names = ", ".join(repr(display_name(path, 80)) for path in archives[:_SHOWN])
    more = f" and {len(archives) - _SHOWN:,} more" if len(archives) > _SHOWN else ""
    return f"{counted(len(archives), 'archive')} ({names}{more})"


def check_clear(plan: Plan) -> None:
    """Checks that the role of every row is known.

    Raises:
        PlanError: It is not; the sentence names the rows.
    """
    if not plan.questions:
        return
    first = plan.questions[0]
    rows = ", ".join(
        f"'{display_name(row.pattern, 80)}' ({len(row.files):,})" for row in plan.questions[:_SHOWN]
    )
    more = f" and {len(plan.questions) - _SHOWN} more" if len(plan.questions) > _SHOWN else ""
    folders = {path.rpartition("/")[0] for _, row in plan.rows() for path in row.files}
    where = "The pictures lie in several folders, and it" if len(folders) > 1 else "It"
    raise PlanError(
        f"{where} is not known what the pictures {rows}{more} show: {first.reason}.", first.pattern, GOOD
    )


def _published(listing: Listing) -> Plan | None:
    for layout in LAYOUTS:
        roots = _roots(layout, listing.images)
        if roots:
            return Plan(layout.name, layout.paper, _by_rules(layout, roots, listing), layout.verbatim)
    return None


def _roots(layout: Layout, paths: Iterable[str]) -> list[str]:
    """Folders for which each sign of a layout matches a file."""
    roots_of: list[set[str]] = [set() for _ in layout.signs]
    signs = [re.compile(sign, re.IGNORECASE) for sign in layout.signs]
    for path in paths:
        for roots, sign in zip(roots_of, signs, strict=True):
            match = sign.fullmatch(path)
            if match:
                roots.add(match["root"])
    return sorted(set.intersection(*roots_of))


def _by_rules(layout: Layout, roots: Sequence[str], listing: Listing) -> tuple[CategoryPlan, ...]:
    rows: dict[str, dict[tuple[str, str, str], list[str]]] = {root: defaultdict(list) for root in roots}
    for path in listing.images:
        root = next((root for root in roots if path.startswith(root)), roots[0])
        rows[root][_ruled(layout, path, root)].append(path)
    return tuple(
        CategoryPlan(
            root.rstrip("/").rpartition("/")[2] if root and layout.own_names else listing.name,
            root,
            tuple(
                PlanRow(pattern, role, tuple(paths), reason)
                for (pattern, role, reason), paths in groups.items()
            ),
        )
        for root, groups in rows.items()
    )


def _ruled(layout: Layout, path: str, root: str) -> tuple[str, str, str]:
    """Pattern, role and reason of a file."""
    inner = path.removeprefix(root)
    folder = inner.rpartition("/")[0]
    pattern = f"{folder}/*" if folder else "*"
    for rule in layout.rules:
        match = rule.regex.fullmatch(inner) if path.startswith(root) else None
        if match:
            kind = match.groupdict().get("kind") or ""
            return _shown(pattern, path, rule.role), rule.role.format(kind=kind), rule.reason
    return pattern, SKIP, f"no part of the layout of {layout.name}"


def _shown(pattern: str, path: str, role: str) -> str:
    """Masks beside their pictures are another row."""
    match = MASK_ENDING.match(path.rpartition(".")[0])
    if role == "mask" and not any(part in MASK_WORDS for part in pattern.lower().split("/")):
        return f"{pattern}_{match[2]}.*" if match else f"{pattern}.{path.rpartition('.')[2].lower()}"
    return pattern


def _visa_split(listing: Listing) -> Plan | None:
    table = label_tables.read_visa_split(listing)
    return _from_table(table, listing) if table else None


def _labelled(listing: Listing) -> Plan | None:
    table = label_tables.read_table(listing)
    return _from_table(table, listing) if table else None


def _from_table(table: LabelTable, listing: Listing) -> Plan:
    groups: dict[str, list[LabelEntry]] = defaultdict(list)
    for entry in table.entries:
        groups[entry.category or listing.name].append(entry)
    plans = [
        CategoryPlan(
            name,
            "",
            _rows_of_entries(entries),
            {entry.path: (entry.mask,) for entry in entries if entry.mask},
            {entry.path: entry.drawing for entry in entries if entry.drawing},
        )
        for name, entries in groups.items()
    ]
    plans[0] = replace(plans[0], rows=(*plans[0].rows, *_not_in(table, listing)))
    verbatim = table.kind not in _DRAWN
    return Plan(table.kind, table.paper, tuple(plans), verbatim, table.remarks)


def _rows_of_entries(entries: Sequence[LabelEntry]) -> tuple[PlanRow, ...]:
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for entry in entries:
        split = entry.split or split_of(entry.path)
        pattern = f"{split} label={entry.label}" if split else f"label={entry.label}"
        if doubtful := _folder_of_defects(entry):
            pattern = f"{doubtful}/* {pattern}"
        groups[(pattern, *_role_of(entry, split))].append(entry.path)
    masks = tuple(dict.fromkeys(entry.mask for entry in entries if entry.mask))
    rows = [
        PlanRow(pattern, role, tuple(paths), reason)
        for (pattern, role, reason), paths in sorted(groups.items())
    ]
    return (
        (*rows, PlanRow("masks of the table", "mask", masks, "the table names them"))
        if masks
        else tuple(rows)
    )


def _role_of(entry: LabelEntry, split: str) -> tuple[str, str]:
    if entry.good is None:
        return ASK, f"the label {entry.label!r} does not say whether a part is good"
    if not entry.good:
        return f"{DEFECT}:{entry.label}", "labelled as a defect"
    role = {"train": TRAIN, "test": TEST}.get(split, GOOD)
    if entry.label != NONE_DRAWN:
        return role, "labelled as good"
    named = _folder_of_defects(entry)
    return (
        (ASK, f"no defect is drawn in them, but {named!r} names a defect")
        if named
        else (role, "no defect is drawn in them")
    )


def _folder_of_defects(entry: LabelEntry) -> str:
    """Name of a folder of defects that holds an image in which nobody has drawn one, or an empty string."""
    if entry.label != NONE_DRAWN:
        return ""
    return next((part for part in entry.path.split("/")[:-1] if plain(part) in BAD_WORDS), "")


def _not_in(table: LabelTable, listing: Listing) -> list[PlanRow]:
    """Images of which the tables say nothing; where defects are drawn, a picture without a drawing may be one that nobody has inspected."""
    named = {path for entry in table.entries for path in (entry.path, entry.mask)}
    others = tuple(path for path in listing.images if path not in named)
    if not others:
        return []
    if table.kind not in _DRAWN:
        return [PlanRow("not in the table", SKIP, others, "the table does not name them")]
    plans = folder_words.plan_by_names(replace(listing, images=others))
    return [
        replace(row, role=ASK, reason="no defect is drawn, and nothing says that they are good parts")
        if row.role == GOOD and row.pattern == "*"
        else row
        for plan in plans
        for row in plan.rows
    ]


def _named(listing: Listing) -> Plan:
    categories = folder_words.plan_by_names(listing)
    loose = len(categories) == 1 and [row.pattern for row in categories[0].rows] == ["*"]
    if loose and (note := label_tables.note_not_understood(listing)):
        reason = f"{display_name(note)!r} names some of them, but what it says is not understood"
        categories = (
            replace(categories[0], rows=(replace(categories[0].rows[0], role=ASK, reason=reason),)),
        )
    name = "pictures of one folder" if loose else "folders and files by their names"
    return Plan(name, "", categories, verbatim=False)
