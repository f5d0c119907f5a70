"""Adds what an archive or a folder holds: its plan is made, checked and carried out, all or nothing."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from favae_demo.config.categories import CATEGORIES
from favae_demo.core.disk_space import check_space
from favae_demo.core.download import ProgressCallback
from favae_demo.core.errors import CancelledError, DataError
from favae_demo.core.files import display_name
from favae_demo.core.plain_text import counted
from favae_demo.data.io import archives, extraction
from favae_demo.data.library import known_mvtec
from favae_demo.data.library.category_writer import CategoryWriter
from favae_demo.data.library.import_plan import check_clear, make_plan, no_images
from favae_demo.data.library.import_progress import UNPACKING, Progress, ignore
from favae_demo.data.library.listing import ANNOTATIONS, list_source
from favae_demo.data.library.plan_rows import CategoryPlan, Plan
from favae_demo.data.library.store import (
    Library,
    Origin,
    check_new,
    check_writable,
    clean_name,
    folder_bytes,
    publish,
    staging,
)  # fmt: skip

_SHOWN = 3  # patterns named in a sentence
_NOT_THOSE = (
    "{name!r} is a category of {source}, but these are other pictures, so they count as your own; "
    "a name such as 'my_{name}' keeps the two apart."
)


def keep_silent(sentence: str) -> None:
    """Does nothing: the default where nobody reads the remarks."""


def plan_import(source: Path, name: str | None = None, roles: Mapping[str, str] | None = None) -> Plan:
    """Returns how a folder or an archive is understood; nothing is copied.

    Args:
        source: A ZIP or TAR archive, or a folder.
        name: The category's name; by default the folder's own, or the archive's.
        roles: Roles that the user gives, by pattern.

    Raises:
        DataError: It cannot be read, is unsafe or holds no images.
    """
    with _named(source):
        return make_plan(list_source(source, name or _stem(source)), roles)


def add(
    source: Path,
    library: Library,
    name: str | None = None,
    progress: Progress = ignore,
    cancel: Callable[[], bool] = lambda: False,
    *,
    origin: Origin | None = None,
    roles: Mapping[str, str] | None = None,
    remark: Callable[[str], None] = keep_silent,
) -> list[str]:
    """Copies the categories of an archive or a folder into the data folder, all or none; the source stays as it is.

    Args:
        source: A ZIP or TAR archive, or a folder.
        library: Where they are added.
        name: The category's name; by default the folder's own, or the archive's.
        progress: Told what is being done and how far it is.
        cancel: Asked often; True stops, and nothing is left.
        origin: Where it comes from, if its checksum has proved it.
        roles: Roles that the user gives, by pattern, as for `plan_import`.
        remark: Called with each sentence on what the check has found.

    Returns:
        Names of the categories.

    Raises:
        DataError: It cannot be read, is unsafe, holds no images, its plan is not clear, or the name is taken.
        CancelledError: `cancel` answered True.
    """

    def tick(stage: str) -> ProgressCallback:
        def report(done: int, total: int) -> None:
            if cancel():
                raise CancelledError("Stopped; nothing was added.")
            progress(stage, done, total)

        return report

    check_writable(library)
    if source.is_dir():
        check_space({library.data_dir: folder_bytes(source)})
    with staging(library) as inside:
        unpacked, ready = inside / "unpacked", inside / "ready"
        unpacked.mkdir()
        ready.mkdir()
        with _named(source):
            packed: list[str] = []
            if not extraction.unpack(source, unpacked, tick(UNPACKING), notes=ANNOTATIONS, packed=packed):
                raise DataError(no_images(source.name, packed))
        listing = replace(list_source(unpacked, name or _stem(source)), archives=tuple(sorted(packed)))
        plan = make_plan(listing, roles)
        check_clear(plan)
        categories = _named_categories(plan, source, name)
        for each in categories:
            check_new(each, library, own=False)
        said = list(_on_plan(plan))
        for each, category in categories.items():
            writer = CategoryWriter(
                unpacked, ready / each, library.max_pixels, plan.verbatim, proved=origin is not None
            )
            about = f"{each}: " if len(categories) > 1 else ""
            said += [f"{about}{sentence}" for sentence in writer.write(category, tick)]
        origins = {each: origin or _origin(each, source, ready / each) for each in categories}
        said += _on_names(origins, library, is_layout=plan.verbatim)
        for each, taken_from in origins.items():
            publish(ready / each, each, taken_from, library.data_dir, said)
    for sentence in said:
        remark(sentence)
    return list(categories)


def _on_names(origins: Mapping[str, Origin], library: Library, *, is_layout: bool) -> list[str]:
    """Sentences on own pictures under a published category's name.

    Raises:
        DataError: They are no data set in a layout, whose name may be its own.
    """
    own = [name for name, origin in origins.items() if name in CATEGORIES and not origin.licence]
    for name in own:
        check_new(name, library, own=not is_layout)
    return [_NOT_THOSE.format(name=name, source=CATEGORIES[name].source) for name in own]


@contextlib.contextmanager
def _named(source: Path) -> Iterator[None]:
    """A folder that may not be read says so in a sentence."""
    try:
        yield
    except PermissionError as error:
        raise DataError(f"{str(source)!r} may not be read by this app.") from error


def _named_categories(plan: Plan, source: Path, name: str | None) -> dict[str, CategoryPlan]:
    if len(plan.categories) > 1 and name:
        raise DataError(
            f"{source.name!r} holds {len(plan.categories)} categories; leave the name empty, they have their own."
        )
    named = {clean_name(name or category.name): category for category in plan.categories}
    if len(named) < len(plan.categories):
        raise DataError(f"{source.name!r} holds two categories of the same name; rename one.")
    return named


def _on_plan(plan: Plan) -> Iterator[str]:
    """What a person should know of a plan that is carried out without asking."""
    yield from plan.doubts
    rows = [row for row in plan.left_out if row.reason != "you said so"]
    if rows:
        count = sum(len(row.files) for row in rows)
        names = ", ".join(repr(display_name(row.pattern, 80)) for row in rows[:_SHOWN])
        more = f" and {len(rows) - _SHOWN} more folders" if len(rows) > _SHOWN else ""
        yield f"{counted(count, 'picture')} {'is' if count == 1 else 'are'} left out: {names}{more} ({rows[0].reason}); to take them, give them another role."


def _stem(source: Path) -> str:
    """A file's name without the ending of an archive."""
    name = source.name or source.resolve().name
    ending = next((ending for ending in archives.ENDINGS if name.lower().endswith(ending)), "")
    return name[: -len(ending)] if ending else name


def _origin(name: str, source: Path, folder: Path) -> Origin:
    """A published data set's terms hold for its own pictures, which are recognised; a name alone says nothing."""
    info = CATEGORIES.get(name)
    is_published = info is not None and known_mvtec.matches(name, folder)
    return (
        Origin(info.source, info.licence, source.name)
        if info and is_published
        else Origin("own pictures", "", source.name)
    )
