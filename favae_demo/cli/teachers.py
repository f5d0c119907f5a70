"""The command `teachers`: downloads teacher weights, or reports which are available."""

import argparse
from typing import Any

from favae_demo.cli.progress import advance, progress_bar
from favae_demo.config.train_config import REPORT_TEACHERS, TEACHERS
from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `teachers`."""
    parser.add_argument("action", choices=("fetch", "status"))
    parser.add_argument("ids", nargs="*", metavar="ID")


def teachers(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Downloads the weights of teachers (action `fetch`), then returns the state of each teacher's weights."""
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
    return {"teachers": [weight_store.status(teacher, *folders) for teacher in ids]}
