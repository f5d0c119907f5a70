"""The command `mark`: says of pictures that they are good, or show a defect, whatever a model said."""

import argparse
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.cli.options import add_checkpoint_option, checkpoint_path
from favae_demo.cli.pictures import picture_files
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.data.library.feedback import Feedback, Verdict

HELP = {
    "good": "marks pictures as good parts, whatever a model said",
    "defect": "marks pictures as parts with a defect, whatever a model said",
    "undo": "takes the marks of pictures back",
    "list": "prints who said what of which picture",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of `mark` and their arguments."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for said, command in {"good": mark, "defect": mark, "undo": take_back, "list": list_marks}.items():
        child = actions.add_parser(said, help=HELP[said], description=HELP[said])
        # SUPPRESS: a default would overwrite the value of an option that precedes the action.
        child.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        child.add_argument("--category", required=True, help="the kind of part")
        child.set_defaults(command=command, said=said)
        if said != "list":
            child.add_argument(
                "pictures", type=Path, nargs="+", metavar="PICTURE", help="or a folder of them"
            )
        if command is mark:
            add_checkpoint_option(child)


def mark(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Says of pictures that they are good parts or show a defect, takes that back, or lists who said what.

    Good ones join the category's good parts, for `recalibrate` and later trainings; defects become test pictures. With `--checkpoint`
    the log also holds what that model said.

    Raises:
        ConfigError: A path does not exist, or no picture is there.
        ImageError: A picture cannot be read.
        DataError: The marks cannot be written.
    """
    feedback, judge = _feedback(options, settings), _judge(options, settings)
    paths = picture_files(options.pictures)
    for path in paths:
        feedback.mark(path, options.said, user_name(), verdict=judge(path), max_pixels=settings.max_pixels)
    return {"marked": len(paths)} | _counts(feedback)


def take_back(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Takes back what was said of pictures.

    Raises:
        DataError: A picture is not marked.
    """
    from favae_demo.data.library.feedback import digest

    feedback, paths = _feedback(options, settings), picture_files(options.pictures)
    for path in paths:
        feedback.take_back(digest(path), user_name())
    return {"taken_back": len(paths)} | _counts(feedback)


def list_marks(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Lists who said what of which picture, when, and what the model had said."""
    feedback = _feedback(options, settings)
    return _counts(feedback) | {"log": [vars(entry) for entry in feedback.log()]}


def _feedback(options: argparse.Namespace, settings: Settings) -> "Feedback":
    from favae_demo.data.library.feedback import Feedback

    return Feedback(settings.marks_dir, options.category)


def _judge(options: argparse.Namespace, settings: Settings) -> Callable[[Path], "Verdict"]:
    """Returns a function that gives what the model says of an image; nothing without `--checkpoint`."""
    from favae_demo.data.library.feedback import Verdict

    if not options.checkpoint:
        return lambda path: Verdict()
    from favae_demo.detection.detector import Detector
    from favae_demo.runs.revisions import spoken

    model = checkpoint_path(options, settings)
    detector = Detector.load(model, settings)
    return lambda path: spoken(detector.detect([path])[0], model)


def _counts(feedback: "Feedback") -> dict[str, Any]:
    from favae_demo.data.library.feedback import SAID

    said = [entry.said for entry in feedback.marks()]
    return {"category": feedback.category} | {what: said.count(what) for what in SAID}


def user_name() -> str:
    """Returns the name of who runs the command, for the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "command line"
