"""The command `teachers`: downloads teacher weights, or reports which are available."""

import argparse
from typing import Any

from favae_demo.cli.progress import advance, progress_bar
from favae_demo.config.variants import REPORT_TEACHERS, TEACHERS
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `teachers`."""
    parser.add_argument(
        "action", choices=("fetch", "status"), help="download the weights, or say which are on this machine"
    )
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="teachers (default: fetch those of the report, status of all)"
    )


def teachers(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Downloads the weights of teachers, or says which are on this machine."""
    from favae_demo.teacher import weight_store
    from favae_demo.teacher.teacher import TEACHER_SPECS

    # The other teachers, up to 138 MB each, are downloaded only if they are named.
    default = REPORT_TEACHERS if options.action == "fetch" else TEACHERS
    ids = options.ids or default[1:]
    folders = settings.cache_dir, settings.teacher_dir
    for teacher in ids:
        if teacher not in TEACHER_SPECS:
            raise ConfigError(f"There is no teacher {teacher!r}. Known: {', '.join(TEACHER_SPECS)}.")
        if options.action == "fetch":
            with progress_bar(teacher, options.json, unit="B", unit_scale=True) as bar:
                weight_store.ensure(teacher, *folders, lambda _source, done, total: advance(bar, done, total))
    records = [weight_store.status(teacher, *folders) for teacher in ids]
    if options.json:
        return {"teachers": records}
    return {record["id"]: _line(record, weight_store.is_installed(record["id"])) for record in records}


def _line(record: dict[str, Any], installed: bool) -> str:
    """Returns the state of a teacher's weights for people; see `weight_store.status`."""
    if record["ready"]:
        size = f", {record['bytes'] / 1e6:.0f} MB" if "bytes" in record else ""
        note = f", {record['note']}" if record["note"] else ""
        return f"ready, from {record['source'] or 'a file in FAVAE_TEACHER_DIR'}{note}{size}"
    if installed:
        return "ready, installed with the app's packages"
    return record["note"] or "downloaded when first needed"
