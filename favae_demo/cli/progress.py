"""Progress bars on standard error, hidden unless it is a terminal."""

import sys
from typing import Any

from tqdm import tqdm


class TrainingBar:
    """Shows training events on a terminal: a bar over the steps, a line an epoch."""

    def __init__(self, quiet: bool):
        self._bar = progress_bar("training", quiet)

    def __enter__(self) -> "TrainingBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, event: Any) -> None:
        """Shows one of `training.events`."""
        kind = type(event).__name__
        if kind == "StepDone":
            advance(self._bar, event.step, event.total_steps)
        elif kind == "Preparing":
            self._bar.set_description(f"preparing {event.stage} {event.done}/{event.total}")
        elif kind == "EpochDone":
            self._bar.set_description("training")
            losses = f"training {event.train['total']:.4g}, held out {event.validation['total']:.4g}"
            self._bar.write(
                f"epoch {event.epoch}: {losses}{' (best)' if event.is_best else ''}", file=sys.stderr
            )


def progress_bar(title: str, quiet: bool, **options: Any) -> tqdm:
    """Returns a progress bar on standard error; `options` are passed to tqdm."""
    return tqdm(
        desc=title, disable=quiet or not sys.stderr.isatty(), file=sys.stderr, dynamic_ncols=True, **options
    )


def advance(bar: tqdm, done: int, total: int) -> None:
    """Sets a bar to `done` of `total`."""
    bar.total = total
    bar.update(done - bar.n)
