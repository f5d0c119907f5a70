"""Tables for the loss plots of a run."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from favae_demo.runs import manager
from favae_demo.training.events import EpochDone, StepDone
from favae_demo.ui import text

MAX_POINTS = 400  # largest number of points of a line
MIN_LOSS = 1e-6  # smaller losses are raised to it, since 0 has no logarithm
PLOTS = ("total", "terms", "held_out")

T = TypeVar("T")


def loss_tables(view: manager.RunView, log: bool = True) -> dict[str, pd.DataFrame | None]:
    """Returns a table in long format (columns `step`, `loss`, `series`) for each of `PLOTS`; None if there is nothing to draw yet.

    Gradio assigns a plot's colours by its first table, so a plot is drawn only once all of its series have values.

    Args:
        view: The run.
        log: Whether the table contains the base-10 logarithms of the losses.
    """
    steps, epochs = subsample(view.all(StepDone), MAX_POINTS), subsample(view.all(EpochDone), MAX_POINTS)
    training = [(step.step, step.train["total"], text.train.TRAINING) for step in steps]
    held_out = [(epoch.step, epoch.validation["total"], text.train.HELD_OUT) for epoch in epochs]
    training_terms = [(step.step, value, series) for step in steps for series, value in _terms(step.train)]
    held_out_terms = [
        (epoch.step, value, series) for epoch in epochs for series, value in _terms(epoch.validation)
    ]
    several = len(epochs) > 1  # a line needs two points
    rows = (
        training + held_out if several else [],
        training_terms if len(steps) > 1 else [],
        held_out_terms if several else [],
    )
    return {name: _table(points, log) if points else None for name, points in zip(PLOTS, rows, strict=True)}


def subsample(items: Sequence[T], count: int) -> list[T]:
    """Returns at most `count` evenly spaced items, including the first and the last one."""
    if len(items) <= count:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, count).round().astype(int)]


def _terms(losses: dict[str, float]) -> list[tuple[str, float]]:
    """Returns the terms of a loss as (name on screen, value), without their total."""
    return [(text.train.SERIES.get(name, name), value) for name, value in losses.items() if name != "total"]


def _table(rows: list[tuple[int, float, str]], log: bool) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["step", "loss", "series"])
    return table.assign(loss=np.log10(table["loss"].clip(lower=MIN_LOSS))) if log else table
