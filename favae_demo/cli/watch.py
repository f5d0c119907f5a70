"""The command `watch`: judges what a folder or a camera gives, for days, without a page."""

import argparse
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from favae_demo.core import logs
from favae_demo.core.errors import ConfigError, FavaeError, PartialFailureError
from favae_demo.core.settings import Settings

if TYPE_CHECKING:
    from favae_demo.line.config import LineConfig
    from favae_demo.line.line import Models

log = logging.getLogger(__name__)
STOP, RELOAD = ("SIGTERM", "SIGINT"), ("SIGHUP",)  # names, since Windows lacks some


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `watch`."""
    parser.add_argument("source", nargs="?", metavar="FOLDER", help="folder to watch, for the simple case")
    parser.add_argument("--model", help="model file, or the name of a model, that judges the folder")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="SQLite file that takes the verdicts (default: the one that the page reads)",
    )
    parser.add_argument("--rate", type=float, help="false-alarm rate that sets the limit (default: 0.05)")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="TOML file with sources and sinks, instead of the options above",
    )
    parser.add_argument("--once", action="store_true", help="end when what is there now has been judged")
    parser.add_argument(
        "--check", action="store_true", help="try every source and sink, and say what is wrong"
    )


def watch(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Watches folders and cameras without a page: judges every picture, keeps the verdicts and tells them to other systems.

    Returns:
        The number of verdicts by kind, what was dropped, and what waits for each sink; with `--check` the state of each source and sink.

    Raises:
        ConfigError: The options or the file are not valid.
        PartialFailureError: With `--check`, something does not work; with `--once`, a sink did not take all verdicts.
    """
    from favae_demo.line.line import Models

    logs.configure(os.environ)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config, models = _config(options, settings), Models(settings)
    if options.check:
        return _checked(config, models)
    report = _run(config, models, options)
    if options.once and any(report["waiting"].values()):
        raise PartialFailureError("Not every sink took all verdicts; the next start delivers them.", report)
    return report


def _config(options: argparse.Namespace, settings: Settings) -> "LineConfig":
    from favae_demo.line.config import read_config, simple_config

    given = (options.source, options.model, options.out, options.rate)
    if options.config:
        if any(value is not None for value in given):
            raise ConfigError("Give either --config, or a folder with --model.")
        return read_config(options.config)
    out = options.out or settings.line_db
    if options.source is None or options.model is None:
        raise ConfigError("Give a folder with --model, or --config with a file.")
    if out is None:
        raise ConfigError("Name the database of the verdicts with --out.")
    source = {"kind": "folder", "name": Path(options.source).absolute().name or "folder"}
    source |= {"path": options.source, "model": options.model}
    return simple_config(source | ({} if options.rate is None else {"rate": options.rate}), out, Path.cwd())


def _checked(config: "LineConfig", models: "Models") -> dict[str, Any]:
    from favae_demo.line.check import OK, check

    results: dict[str, Any] = dict(check(config, models))
    wrong = sum(text != OK for text in results.values())
    if wrong:
        raise PartialFailureError(f"{wrong} of {len(results)} sources and sinks do not work.", results)
    return results


def _run(config: "LineConfig", models: "Models", options: argparse.Namespace) -> dict[str, Any]:
    """Runs the line until a signal ends it or its sources are over; another signal reads the configuration anew."""
    from favae_demo.line.line import Line

    with _signals() as received:
        while True:
            line = Line(config, models, once=options.once)
            line.start()
            fresh = None
            while fresh is None:
                line.run(received.wake)
                if received.stop or not received.wake.is_set():
                    return line.close()
                received.wake.clear()
                fresh = _read_anew(options, models)
            line.close()
            config = fresh


def _read_anew(options: argparse.Namespace, models: "Models") -> "LineConfig | None":
    """Returns the new configuration, or None if it cannot be used; the line then goes on as it is."""
    try:
        fresh = _config(options, models.settings)
        for plan in fresh.sources:
            models.load(plan)
    except (FavaeError, OSError) as error:
        log.warning("The configuration was not read anew: %s", error)
        return None
    log.info("The configuration is read anew.")
    return fresh


class _SignalState:
    """What the signals received so far ask for."""

    def __init__(self) -> None:
        self.stop = False
        self.wake = threading.Event()

    def on_stop(self, number: int, frame: object) -> None:
        self.stop = True
        self.wake.set()

    def on_reload(self, number: int, frame: object) -> None:
        self.wake.set()


@contextlib.contextmanager
def _signals() -> Iterator[_SignalState]:
    """Yields what the signals received within the block ask for."""
    received = _SignalState()
    handlers: dict[str, Any] = dict.fromkeys(STOP, received.on_stop) | dict.fromkeys(
        RELOAD, received.on_reload
    )
    before = {}
    for name, handler in handlers.items():
        if (number := getattr(signal, name, None)) is not None:
            before[number] = signal.signal(number, handler)
    try:
        yield received
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
