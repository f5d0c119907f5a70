"""The command `data` and its actions: list, get (MVTec AD), look and add (folders, archives, own parts), levels, suspects and delete."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli.options import Command, add_data_option
from favae_demo.cli.progress import advance, progress_bar
from favae_demo.cli.suspects import suspects
from favae_demo.core.errors import ConfigError, DataError, PlanError
from favae_demo.core.files import display_name
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.data.library.store import Library

CHOSEN_ROLES = ("good", "train", "test", "defect", "defect:KIND", "mask", "by-mask", "skip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `data` and its actions; without an action it describes the data folder."""
    add_data_option(parser)
    actions = parser.add_subparsers(metavar="ACTION")

    def add(name: str, command: Command) -> argparse.ArgumentParser:
        child = actions.add_parser(name, help=command.__doc__, description=command.__doc__)
        # SUPPRESS: a default would overwrite the value of an option that precedes the action.
        child.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        child.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder of the categories")
        child.set_defaults(command=command)
        return child

    add("list", list_data)
    action = add("get", get)
    action.add_argument("categories", nargs="+", metavar="CATEGORY")
    action.add_argument(
        "--accept-licence", action="store_true", help="CC BY-NC-SA 4.0: non-commercial use only"
    )
    for name, command in (("look", look_data), ("add", add_data)):
        action = add(name, command)
        action.add_argument("source", type=Path, metavar="PATH", help="a folder, or a ZIP or TAR archive")
        action.add_argument("--name", help="default: the folder's or the archive's own")
        action.add_argument(
            "--role",
            action="append",
            default=[],
            metavar="PATTERN=ROLE",
            help=f"what the pictures of a row of the plan are: {', '.join(CHOSEN_ROLES)}",
        )
    action.add_argument("--defects", type=Path, metavar="FOLDER", help="pictures of parts with a defect")
    action.add_argument(
        "--masks", type=Path, metavar="FOLDER", help="black-and-white, named like the defects"
    )
    action = add("levels", levels)
    action.add_argument("category")
    action.add_argument(
        "--black", type=float, metavar="VALUE", help="value that becomes black (with --white; default: 0)"
    )
    action.add_argument("--white", type=float, metavar="VALUE", help="value that becomes white, as in 4095")
    action.add_argument("--auto", action="store_true", help="decide both from the training pictures again")
    action = add("suspects", suspects)
    action.add_argument("category")
    action = add("delete", delete)
    action.add_argument("category")
    action.add_argument("--yes", action="store_true", help="do it; without, nothing is deleted")


def data(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Describes the categories of a data folder."""
    from favae_demo.data.library.category_summary import summary
    from favae_demo.data.mvtec import level_hint, list_categories, load_category

    folder = options.data or settings.data_dir
    counts = {
        name: summary(load_category(folder, name), settings.cache_dir) for name in list_categories(folder)
    }
    hint = level_hint(folder)
    return {"data": str(folder), "categories": counts} | ({"hint": hint} if hint else {})


def list_data(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Lists the categories with their pictures, origin and licence."""
    from favae_demo.data.library.store import origin_of, remarks_of, terms_of
    from favae_demo.data.mvtec import list_categories, load_category

    settings, rows = _with_data_dir(options, settings), []
    for name in list_categories(settings.data_dir):
        category, terms = load_category(settings.data_dir, name), terms_of(name, settings.data_dir)
        remarks = remarks_of(name, settings.data_dir)
        rows.append(
            {
                "category": name,
                "train": len(category.train),
                "test": len(category.test),
                "source": terms.source,
                "licence": terms.licence,
                "deletable": origin_of(name, settings.data_dir) is not None,
            }
            | ({"remarks": remarks} if remarks else {})
        )
    return {"data": str(settings.data_dir), "categories": rows}


def get(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Fetches categories of MVTec AD, checks and unpacks them; goes on with what was cut off."""
    from favae_demo.data.library.mvtec_download import ARCHIVES, LICENCE, fetch

    unknown = [name for name in options.categories if name not in ARCHIVES]
    if unknown:
        raise DataError(f"MVTec AD has no category {unknown[0]!r}; it has {', '.join(ARCHIVES)}.")
    if not options.accept_licence:
        raise ConfigError(f"{LICENCE} To accept this, add --accept-licence.")
    settings = _with_data_dir(options, settings)
    added: list[str] = []
    for name in options.categories:
        with _StageBar(name, options.json) as bar:
            added += fetch(name, _library(settings), bar.show)
    return _describe(added, settings)


def look_data(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Shows how a folder or an archive would be understood; nothing is copied."""
    from favae_demo.data.library.importer import plan_import

    plan = plan_import(options.source, options.name, _roles(options.role))
    if options.json:
        return plan.to_dict()
    print(f"{plan.layout}{f' ({plan.paper})' if plan.paper else ''}")
    for category in plan.categories:
        print(f"{category.name}:")
        for row in category.rows:
            doubt = f"; {row.doubt}" if row.doubt else ""
            print(f"  {len(row.files):6,}  {row.role:<20} {row.pattern}  ({row.reason}{doubt})")
    for sentence in plan.remarks:
        print(sentence)
    return {"clear": not plan.questions}


def add_data(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Adds a folder or an archive by its plan: published layouts, tables, drawn defects, or folders by their names."""
    from favae_demo.data.library.importer import add

    settings = _with_data_dir(options, settings)
    if options.defects or options.masks:
        return _add_own_parts(options, settings)
    remarks: list[str] = []
    roles = _roles(options.role)
    with _StageBar(options.source.name, options.json) as bar:
        try:
            names = add(
                options.source, _library(settings), options.name, bar.show, roles=roles, remark=remarks.append
            )
        except PlanError as error:
            raise DataError(f"{error} {_say_roles(error)}") from error
    return _describe(names, settings) | _tell(remarks, options)


def levels(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Shows or sets the black and white level of a category's pictures with more than 8 bits; trained models keep theirs."""
    from favae_demo.data.io.levels import Levels
    from favae_demo.data.library.category_levels import category_levels, set_levels
    from favae_demo.data.mvtec import load_category

    settings = _with_data_dir(options, settings)
    if options.black is not None and options.white is None:
        raise ConfigError("--black needs --white, too.")
    if options.auto or options.white is not None:
        wanted = None if options.auto else Levels.chosen(options.black or 0.0, options.white)
        set_levels(options.category, wanted, _library(settings))
    own = category_levels(load_category(settings.data_dir, options.category), settings.cache_dir)
    return {"category": options.category} | (own.to_dict() if own else {"black": None, "white": None})


def delete(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Deletes a category that was added with this app; the models trained on it stay."""
    from favae_demo.data.library import store
    from favae_demo.data.library.feedback import Feedback
    from favae_demo.runs.manager import check_unused

    if not options.yes:
        raise ConfigError(f"This cannot be undone; to delete {options.category!r}, add --yes.")
    settings = _with_data_dir(options, settings)
    check_unused(options.category, settings)
    freed = store.delete(options.category, _library(settings))
    if options.data is None:  # marks are of the usual folder's categories
        Feedback(settings.marks_dir, options.category).forget()
    return {"deleted": options.category, "freed_bytes": freed}


def _add_own_parts(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    from favae_demo.data.library.own_parts import make_category
    from favae_demo.data.library.upload_checks import inspect

    images = [_images(folder) for folder in (options.source, options.defects, options.masks)]
    with _StageBar(options.source.name, options.json) as bar:
        report = inspect(
            *images,
            max_pixels=settings.max_pixels,
            tick=lambda done, total: bar.show("checking", done, total),
        )
        name = make_category(
            options.name or options.source.resolve().name,
            report,
            _library(settings),
            lambda done, total: bar.show("writing", done, total),
        )
    return _describe([name], settings) | _tell([finding.sentence for finding in report.findings], options)


def _tell(remarks: list[str], options: argparse.Namespace) -> dict[str, list[str]]:
    """Prints remarks as lines, or returns them as an item of the JSON object."""
    if options.json:
        return {"remarks": remarks}
    print("".join(f"{remark}\n" for remark in remarks), end="", file=sys.stderr)
    return {}


def _say_roles(error: PlanError) -> str:
    option = f"--role '{display_name(error.pattern, 80)}={error.role}'"
    return f"Say it, as in {option} (or {', '.join(role for role in CHOSEN_ROLES if role != error.role)})."


def _roles(texts: list[str]) -> dict[str, str]:
    """Roles by pattern; a pattern may hold `=`."""
    bad = next((text for text in texts if not text.rpartition("=")[0]), None)
    if bad:
        raise ConfigError(f"A role is given as PATTERN=ROLE, as in --role 'scratched=defect', not {bad!r}.")
    return {pattern: role for pattern, _, role in (text.rpartition("=") for text in texts)}


def _images(folder: Path | None) -> list[Path]:
    from favae_demo.data.io.formats import EXTENSIONS

    if folder is None:
        return []
    if not folder.is_dir():
        raise DataError(
            f"There is no folder {str(folder)!r}; with --defects or --masks, all must be folders."
        )
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in EXTENSIONS)


def _describe(names: list[str], settings: Settings) -> dict[str, Any]:
    from favae_demo.data.library.category_summary import summary
    from favae_demo.data.mvtec import load_category

    return {
        "data": str(settings.data_dir),
        "added": {
            name: summary(load_category(settings.data_dir, name), settings.cache_dir) for name in names
        },
    }


def _with_data_dir(options: argparse.Namespace, settings: Settings) -> Settings:
    return replace(settings, data_dir=options.data) if options.data else settings


def _library(settings: Settings) -> "Library":
    from favae_demo.data.library.store import Library

    writable = settings.training == "on"
    return Library(settings.data_dir, settings.cache_dir, settings.max_pixels, writable)


class _StageBar:
    """A progress bar that restarts for each stage; hidden unless standard error is a terminal."""

    def __init__(self, title: str, quiet: bool):
        self._title, self._stage = title, ""
        self._bar = progress_bar(title, quiet, unit_scale=True)

    def __enter__(self) -> "_StageBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage = stage
            self._bar.reset()
            self._bar.set_description(f"{stage} {self._title}")
        advance(self._bar, done, total)
