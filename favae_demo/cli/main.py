"""The command line: favae-demo or python -m favae_demo, then {train,evaluate,detect,report,export,zoo,ablation,bench,prepare,doctor,teachers,data,watch,mark,recalibrate,renew}.

An error that the user can act on is printed as one sentence on standard error, with exit status 2; `--json` prints one JSON object as the last
line of standard output.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from favae_demo.cli import (
    ablation,
    bench,
    data,
    detect,
    doctor,
    evaluate,
    export,
    mark,
    prepare,
    recalibrate,
    renew,
    report,
    teachers,
    train,
    watch,
    zoo,
)
from favae_demo.cli.options import Command
from favae_demo.core.device import reuse_memory, wait_passively
from favae_demo.core.errors import FavaeError, PartialFailureError
from favae_demo.core.os_failures import sentence
from favae_demo.core.settings import Settings

# Heavy modules (torch and everything above it) are imported by the command that needs them, so that `--help` is fast.
COMMANDS: dict[str, tuple[Command, Callable[[argparse.ArgumentParser], None]]] = {
    "train": (train.train, train.add_arguments),
    "evaluate": (evaluate.evaluate, evaluate.add_arguments),
    "detect": (detect.detect, detect.add_arguments),
    "report": (report.report, report.add_arguments),
    "export": (export.export, export.add_arguments),
    "bench": (bench.bench, bench.add_arguments),
    "zoo": (zoo.zoo, zoo.add_arguments),
    "ablation": (ablation.ablation, ablation.add_arguments),
    "prepare": (prepare.prepare, prepare.add_arguments),
    "doctor": (doctor.doctor, lambda parser: None),
    "teachers": (teachers.teachers, teachers.add_arguments),
    "data": (data.data, data.add_arguments),
    "watch": (watch.watch, watch.add_arguments),
    "mark": (mark.mark, mark.add_arguments),
    "recalibrate": (recalibrate.recalibrate, recalibrate.add_arguments),
    "renew": (renew.renew, renew.add_arguments),
}
"""Each command's function, whose summary line is its help text, and the function that adds its arguments."""


def run() -> int:
    """Runs `python -m favae_demo` as a process of its own; returns the exit status."""
    reuse_memory()
    return main()


def program() -> int:
    """Runs the installed program `favae-demo`: the given command, or the web app without one; returns the exit status."""
    if sys.argv[1:]:
        reuse_memory()
        return main(prog="favae-demo")
    from favae_demo.ui import start

    return start.main()


def main(arguments: Sequence[str] | None = None, prog: str = "python -m favae_demo") -> int:
    """Runs one command; returns the exit status.

    Args:
        arguments: The command and its arguments; None takes those of the process.
        prog: Name of the program in its help text.
    """
    wait_passively()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console or pipe that cannot show every letter
            stream.reconfigure(errors="backslashreplace")
    options = _parser(prog).parse_args(_without_null(arguments))
    try:
        result = options.command(options, Settings.from_env())
        _print_result(result, options.json)
        sys.stdout.flush()
    except FavaeError as error:
        print(f"favae_demo: {error}", file=sys.stderr)
        if isinstance(error, PartialFailureError):
            _print_result(error.result, options.json)
        return 2
    except BrokenPipeError:
        # Whoever read the output, as `head` does, has ended. Python would fail once more at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        print(f"favae_demo: {sentence(error)}", file=sys.stderr)
        return 2
    except UnicodeError as error:
        print(f"favae_demo: A text could not be read: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("favae_demo: stopped.", file=sys.stderr)
        return 130
    return 0


def _without_null(arguments: Sequence[str] | None) -> Sequence[str] | None:
    """Returns the arguments; a null character, which no path may hold, is replaced by a visible one."""
    return (
        None
        if arguments is None
        else [argument.replace("\0", "\N{REPLACEMENT CHARACTER}") for argument in arguments]
    )


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Trains models for visual anomaly detection, measures them, and judges pictures with them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (command, add_arguments) in COMMANDS.items():
        text = (command.__doc__ or "").partition("\n\n")[0]
        child = commands.add_parser(name, help=text, description=text)
        child.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        child.set_defaults(command=command)
        add_arguments(child)
    return parser


def _row_text(row: dict[str, Any]) -> str:
    shown = {key: value for key, value in row.items() if value != "" and not isinstance(value, dict | list)}
    return ", ".join(f"{key} {value}" for key, value in shown.items())


def _print_result(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    for key, value in result.items():
        if isinstance(value, dict) and value:
            print(f"{key}:")
            for inner, text in value.items():
                print(f"  {inner}: {text}")
        elif isinstance(value, list):
            for row in value:
                print(f"  {row if isinstance(row, str) else _row_text(row)}")
                for remark in row.get("remarks", ()) if isinstance(row, dict) else ():
                    print(f"    {remark}")
        else:
            print(f"{key}: {value}")
