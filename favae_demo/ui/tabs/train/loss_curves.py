"""The loss curves of a run: what is drawn, and their HTML."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from favae_demo.core.plain_text import write_csv_rows
from favae_demo.runs import manager
from favae_demo.training.events import EpochDone, StepDone
from favae_demo.ui import text
from favae_demo.ui.tabs.train.html import curves_html
from favae_demo.viz.loss_chart import DEFAULT_SMOOTHING, Line, loss_chart, pointer_values

MAX_POINTS = 200  # largest number of points of a line
PLOTS = ("total", "terms", "held_out")  # keys of `text.train.PLOTS`
Losses = Sequence[tuple[int, Mapping[str, float]]]
"""Steps with the terms of their losses."""

T = TypeVar("T")


@dataclass(frozen=True)
class CurveOptions:
    """How curves are drawn, in the order of `CONTROLS`.

    Attributes:
        log: Whether the axis of losses is logarithmic.
        smoothing: A key of `loss_chart.SMOOTHING`.
    """

    log: bool = True
    smoothing: str = DEFAULT_SMOOTHING


CONTROLS = tuple(CurveOptions.__dataclass_fields__)


def loss_lines(view: manager.RunView) -> dict[str, dict[str, Line]]:
    """Returns the lines of each of `PLOTS`, by the series that they show: a key of `text.train.SERIES`, or another term."""
    steps, epochs = subsample(view.all(StepDone), MAX_POINTS), subsample(view.all(EpochDone), MAX_POINTS)
    training = [(step.step, step.train) for step in steps]
    held_out = [(epoch.step, epoch.validation) for epoch in epochs]
    total = _lines(training, {"total": "training"}) | _lines(held_out, {"total": "held_out"})
    return dict(zip(PLOTS, (total, _terms(training), _terms(held_out)), strict=True))


def loss_html(view: manager.RunView, plot: str, lines: Mapping[str, Line], options: CurveOptions) -> str:
    """Returns one of `PLOTS` of a run; an empty string where there is nothing to draw yet."""
    title = f"{text.train.PLOTS[plot]} ({view.config.title})"
    name = f"loss_{plot}_{view.config.name}"
    return chart_html(title, name, lines, last_step(view), options) if lines else ""


def last_step(view: manager.RunView) -> int:
    """Returns the number of steps that a run makes at most; 0 before its first."""
    step = view.last(StepDone)
    return step.total_steps if step else 0


def chart_html(title: str, name: str, lines: Mapping[str, Line], steps: int, options: CurveOptions) -> str:
    """Returns a chart of at least one line, with its buttons.

    Args:
        title: Shown above.
        name: Stem of the files that are saved: the same in every language, as the series in the CSV are.
        lines: By series.
        steps: Right end of the axis.
        options: How it is drawn.
    """
    named = {text.train.SERIES.get(series, series): line for series, line in lines.items()}
    group = text.values.GROUP
    drawn = loss_chart(
        named, steps, log=options.log, smoothing=options.smoothing, x_title=text.train.STEP, y_title=text.train.ERROR,
        group=group,
    )  # fmt: skip
    last = "; ".join(f"{word} {text.formatting.number(line[1][-1])}" for word, line in named.items())
    alt = text.train.PLOT_ALT.format(title=title, last=last)
    over = pointer_values(named, steps, text.train.STEP, group)
    return curves_html(title, name, alt, drawn, over, csv_of(lines), text.train.PLOT_SAVE)


def csv_of(lines: Mapping[str, Line]) -> str:
    """Returns the points of all lines as CSV, by series."""
    rows = [
        (name, step, loss)
        for name, line in lines.items()
        for step, loss in zip(*line, strict=True)
    ]  # fmt: skip
    out = io.StringIO(newline="")
    write_csv_rows(out, [("series", "step", "error"), *rows])
    return out.getvalue()


def subsample(items: Sequence[T], count: int) -> list[T]:
    """Returns at most `count` evenly spaced items, including the first and the last one."""
    if len(items) <= count:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, count).round().astype(int)]


def _terms(losses: Losses) -> dict[str, Line]:
    names = [name for name in (losses[0][1] if losses else ()) if name != "total"]
    return _lines(losses, {name: name for name in names})


def _lines(losses: Losses, names: Mapping[str, str]) -> dict[str, Line]:
    """Returns the lines of some terms, by their series."""
    if not losses:
        return {}
    return {
        series: ([step for step, _ in losses], [terms[name] for _, terms in losses])
        for name, series in names.items()
    }
