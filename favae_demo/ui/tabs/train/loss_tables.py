"""Tables for the loss plots, and the strips that show how the pictures it rebuilds improve."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from favae_demo.core.errors import FavaeError
from favae_demo.data.io.images import decode
from favae_demo.runs import manager
from favae_demo.training.events import EpochDone, Snapshot, StepDone
from favae_demo.ui import text
from favae_demo.ui.tabs.train.html import Figure, image_source, strip_html

MOST_POINTS = 400
ROUNDS = 4  # rows of rebuilt pictures
LEAST = 1e-6  # the logarithm of a loss of 0 would be endless
PLOTS = ("total", "terms", "held_out")


def loss_tables(view: manager.RunView, log: bool = True) -> dict[str, pd.DataFrame | None]:
    """Long tables (`step`, `loss`, `series`) of the plots in `PLOTS`; None where there is nothing to draw yet.

    A plot fixes its colours by its first table, so each appears only once all of its series have values.

    Args:
        view: The run.
        log: Whether losses become powers of ten.
    """
    steps, epochs = thinned(view.all(StepDone)), thinned(view.all(EpochDone))
    training = [(step.step, step.train["total"], text.train.TRAINING) for step in steps]
    held_out = [(epoch.step, epoch.validation["total"], text.train.HELD_OUT) for epoch in epochs]
    terms = [(step.step, value, _series(name)) for step in steps for name, value in _terms(step.train)]
    checked = [
        (epoch.step, value, _series(name)) for epoch in epochs for name, value in _terms(epoch.validation)
    ]
    several = len(epochs) > 1  # one point is no line
    rows = (
        training + held_out if several else [],
        terms if len(steps) > 1 else [],
        checked if several else [],
    )
    return {name: _table(part, log) if part else None for name, part in zip(PLOTS, rows, strict=True)}


def thinned(events: list, most: int = MOST_POINTS) -> list:
    """At most `most` events, evenly spread, the last one included."""
    if len(events) <= most:
        return events
    return [events[i] for i in np.linspace(0, len(events) - 1, most).round().astype(int)]


def rebuilt_html(view: manager.RunView, folder: Path) -> str:
    """Photographs and, row by row, what the model made of them after some of its rounds; one block a kind of picture."""
    shots = [shot for shot in view.all(Snapshot) if (folder / shot.path).is_file()]
    kinds = dict.fromkeys(shot.kind for shot in shots)
    blocks = (_rebuilt_block(kind, [s for s in shots if s.kind == kind], folder) for kind in kinds)
    return f'<div class="side-by-side">{"".join(blocks)}</div>' if kinds else ""


def _rebuilt_block(kind: str, shots: Sequence[Snapshot], folder: Path) -> str:
    figures: list[Figure] = []
    for shot in thinned(list(shots), ROUNDS):
        try:
            sheet = decode(folder / shot.path)
        except FavaeError:  # the run was deleted while this was drawn
            continue
        above, below = np.split(sheet, 2)
        if not figures:
            figures.append(Figure(image_source(above), text.train.REBUILT_ORIGINAL))
        figures.append(Figure(image_source(below), text.train.REBUILT_ROUND.format(epoch=shot.epoch)))
    return strip_html(text.train.REBUILT.format(kind=kind), figures, [text.train.REBUILT_NOTE], "rows")


def _terms(losses: dict[str, float]) -> list[tuple[str, float]]:
    return [(name, value) for name, value in losses.items() if name != "total"]


def _series(name: str) -> str:
    return text.train.SERIES.get(name, name)


def _table(rows: list[tuple[int, float, str]], log: bool) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["step", "loss", "series"])
    return table.assign(loss=np.log10(table["loss"].clip(lower=LEAST))) if log else table
