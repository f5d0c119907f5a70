"""Suspicious good images on the command line, and the command `data suspects`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from favae_demo.config.presets import make_config
from favae_demo.core.files import display_name
from favae_demo.core.settings import Settings
from favae_demo.scoring.suspects import Suspect

QUESTION = "Look at these: are they good? To leave them out, train with --exclude and their names."
LEFT_OUT = "; it does not count for the limit"


def suspects(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Looks for suspicious pictures among the good ones of a category: copies, other parts, what few others show."""
    from favae_demo.data.catalog import data_dir_of
    from favae_demo.data.mvtec import load_category, require_training
    from favae_demo.runs.inspection import inspect_category

    category = load_category(options.data or data_dir_of(options.category, settings), options.category)
    require_training(category)
    named = inspect_category(category, make_config("extended", category.name), settings)
    if not options.json:
        print_suspects(named)
    return {
        "category": category.name,
        "good_pictures": len(category.train),
        "suspects": [asdict(one) for one in named],
    }


def print_suspects(suspects: Sequence[Suspect]) -> None:
    """Says which good images are suspicious, and why; nothing if there are none."""
    if not suspects:
        return
    print(QUESTION, file=sys.stderr)
    for one in suspects:
        aside = LEFT_OUT if one.left_out else ""
        print(f"  {display_name(one.name)}: {'; '.join(one.reasons)}{aside}", file=sys.stderr)
