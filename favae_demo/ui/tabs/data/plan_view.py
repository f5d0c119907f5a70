"""The Data tab's view of an import plan: one row a folder or name pattern, with an example and a role that can be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.core.errors import ImageError
from favae_demo.core.plain_text import escape_markdown
from favae_demo.data.io.archives import is_archive
from favae_demo.data.io.deep_files import shrunk
from favae_demo.data.io.images import decode
from favae_demo.data.library.importer import plan_import
from favae_demo.data.library.listing import list_source
from favae_demo.data.library.plan_rows import Plan
from favae_demo.data.library.roles import ASK, BY_MASK, DEFECT, GOOD, MASK, SKIP, TEST, TRAIN
from favae_demo.data.thumbnails import SIDE
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.components.html import notice_html

MOST_ROWS = 40
_LARGEST_EXAMPLE = 30_000_000  # bytes
CHOICES = (GOOD, TRAIN, TEST, DEFECT, MASK, SKIP)


@dataclass(frozen=True)
class RoleRow:
    """A row of a plan for the page; rows of several categories that look the same are one.

    Attributes:
        pattern: What the files have in common.
        title: The pattern, or words in its place where it is not readable.
        role: Their role.
        count: Number of files.
        note: Reason and doubt.
        example: Path of the first file in the source.
    """

    pattern: str
    title: str
    role: str
    count: int
    note: str
    example: str


def role_rows(plan: Plan) -> list[RoleRow]:
    """Returns the rows of a plan, those whose role is not known first."""
    merged: dict[tuple[str, str], RoleRow] = {}
    patterns = {row.pattern for _, row in plan.rows()}
    titles = {"*": text.data.OTHER_FILES if len(patterns) > 1 else text.data.ALL_FILES}
    for _, row in plan.rows():
        key, note = (row.pattern, row.role), ". ".join(filter(None, (row.reason, row.doubt)))
        before = merged[key].count if key in merged else 0
        example = merged[key].example if key in merged else row.files[0]
        merged[key] = RoleRow(
            row.pattern,
            titles.get(row.pattern, row.pattern),
            row.role,
            before + len(row.files),
            note,
            example,
        )
    return sorted(merged.values(), key=lambda row: row.role != ASK)


def role_choices(role: str) -> list[tuple[str, str]]:
    """Returns the roles as (title, role): the given one and all that can be chosen."""
    values = dict.fromkeys((role, *CHOICES))
    return [(role_title(value), value) for value in values]


def role_title(role: str) -> str:
    """Returns a role in words."""
    name, _, argument = role.partition(":")
    title = text.data.ROLES[name]
    return f"{title}: {argument}" if argument and name != BY_MASK else title


def examples(source: Path, rows: Sequence[RoleRow], max_pixels: int) -> list[tuple[np.ndarray, str]]:
    """Returns the first image of each row at thumbnail size, with the row's pattern; none of a TAR, which would be read twice."""
    if source.is_file() and is_archive(source) and source.suffix.lower() != ".zip":
        return []
    shown = rows[:MOST_ROWS]
    contents = list_source(source, source.name).peek([row.example for row in shown], _LARGEST_EXAMPLE)
    thumbnails = []
    for row in shown:
        try:
            image = decode(contents[row.example], max_pixels=max_pixels)
        except (KeyError, ImageError):
            continue
        thumbnails.append((shrunk(image, SIDE), row.title))
    return thumbnails


def summary_html(plan: Plan) -> str:
    """Returns the layout's name, the categories, and whether something must be chosen."""
    names = ", ".join(category.name for category in plan.categories[:8])
    paper = f" ({plan.paper})" if plan.paper else ""
    lines = [text.data.PLAN.format(layout=text.sentences.translate(plan.layout) + paper, names=names)]
    lines += plan.remarks
    lines += [text.data.PLAN_ASKS.format(pictures=_asked(plan))] if plan.questions else []
    return notice_html(lines)


def _asked(plan: Plan) -> str:
    return text.formatting.pictures(sum(len(row.files) for row in plan.questions))


def build() -> dict[str, Any]:
    """Returns the components by name; `plan` holds the rows and `roles` what was changed, by pattern."""
    ui: dict[str, Any] = {"plan": gr.State([]), "roles": gr.State({})}
    ui["look"] = gr.Button(text.data.LOOK)
    ui["plan_summary"] = gr.HTML(elem_classes="flush")
    ui["examples"] = gr.Gallery(
        [], label=text.data.EXAMPLES, show_label=False, columns=4, height=220, visible=False, allow_preview=False,
        object_fit="contain", interactive=False, buttons=[], elem_classes="data-pictures",
    )  # fmt: skip

    @gr.render(inputs=ui["plan"])
    def show_rows(rows: list[RoleRow]) -> None:
        for row in rows[:MOST_ROWS]:
            _row(row, ui["roles"])
        if len(rows) > MOST_ROWS:
            gr.Markdown(text.data.MORE_ROWS.format(count=len(rows) - MOST_ROWS), elem_classes="help")

    return ui


def _row(row: RoleRow, roles: gr.State) -> None:
    choice = gr.Dropdown(
        role_choices(row.role),
        value=row.role,
        label=text.data.ROW.format(pattern=row.title, pictures=text.formatting.pictures(row.count)),
        info=escape_markdown(text.sentences.translate(row.note)),
        interactive=True,
    )

    def change(role: str, before: dict[str, str]) -> dict[str, str]:
        return changed_roles(before, row, role)

    choice.input(change, [choice, roles], roles, **QUIET)


def changed_roles(before: dict[str, str], row: RoleRow, role: str) -> dict[str, str]:
    """Returns the roles by pattern after one was chosen; the plan's own is none."""
    others = {pattern: given for pattern, given in before.items() if pattern != row.pattern}
    return others if role == row.role else others | {row.pattern: role}


def plan_updates(source: Path, name: str, max_pixels: int) -> tuple[list[RoleRow], dict, str, gr.Gallery]:
    """Returns updates of `plan`, `roles`, `plan_summary` and `examples` for a source.

    Raises:
        DataError: The source cannot be read, or holds no images.
    """
    plan = plan_import(source, name.strip() or None)
    rows = role_rows(plan)
    items = examples(source, rows, max_pixels)
    return rows, {}, summary_html(plan), gr.Gallery(items, visible=bool(items))


def no_plan() -> tuple[list[RoleRow], dict, str, gr.Gallery]:
    """Returns updates of `plan`, `roles`, `plan_summary` and `examples` that show none."""
    return [], {}, "", gr.Gallery([], visible=False)


UPDATED = ("plan", "roles", "plan_summary", "examples")
