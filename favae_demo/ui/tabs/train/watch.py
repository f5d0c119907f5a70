"""What the Train tab shows of a run, read from its run folder; the tab itself holds no training state."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from favae_demo.config.train_config import TITLES
from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.training.events import EpochDone, Finished, Snapshot, Started, StepDone
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train.html import bar_html, card_html
from favae_demo.ui.tabs.train.loss_tables import PLOTS, loss_tables, rebuilt_html
from favae_demo.ui.tabs.train.results import download, examples_html, metrics_html
from favae_demo.ui.tabs.train.run_list import choices, run_name, to_show

# Every component that watching may change, by its name in the tab.
WATCHED = (
    "seen", "run", "list", "watching", "card", "elsewhere", "stop", "resume", "delete", "plots", *PLOTS, "rebuilt",
    "figures", "examples", "open", "download", "model_path", "model_category", "side",
)  # fmt: skip
PREVIEW, RUN = "preview", "run"  # the two tabs beside the steps
NO_RESULTS = {name: gr.update(visible=False) for name in ("figures", "examples", "open", "download")}
NO_RESULTS |= {"model_path": None, "model_category": None}
HIDDEN = NO_RESULTS | {"watching": gr.update(visible=False), "side": gr.update(selected=PREVIEW)}


@dataclass(frozen=True)
class Seen:
    """What a page shows already, so that nothing is sent again.

    Attributes:
        listed: The list of runs.
        run: What it shows of the run; the pictures and the results have marks of their own, as they cost more.
        pictures: Which snapshots it shows.
        results: Whose results it shows.
    """

    listed: tuple = ()
    run: tuple | None = None
    images: tuple | None = None
    results: tuple | None = None


def watch(services: Services, run: str | None, seen: Seen | None, log: bool = True) -> dict[str, Any]:
    """Changes to the tab since `seen`, by name of component; `seen` itself is always among them.

    Args:
        services: The core.
        run: The run that is shown, or None. One that is gone is replaced by the one to show instead.
        seen: What the page shows already, or None at the start.
        log: Whether losses are drawn on a logarithmic scale.
    """
    settings, seen = services.settings, seen or Seen()
    listed = tuple(choices(settings))
    names = {one: name for name, one in listed}
    shown = run if run in names else to_show(settings)
    changes = _list(listed, shown) if listed != seen.listed or shown != run else {}
    view = _view(shown, settings)
    if view is None:
        return changes | (HIDDEN if shown != run or seen.run else {}) | {"seen": Seen(listed)}
    running = manager.find_running(settings)
    now = Seen(
        listed,
        (view.id, view.state, view.stopping, len(view.events), running, log),
        (view.id, len(view.all(Snapshot))),
        (view.id, view.state, view.last(Finished)),
    )
    if now.run != seen.run:
        other = names.get(running) if running != view.id else None
        changes |= _progress(view, settings, other) | _plots(view, log)
        if seen.run is None or seen.run[0] != view.id:
            changes["side"] = gr.Tabs(selected=RUN)
    if now.images != seen.images:
        html = rebuilt_html(view, settings.runs_dir / view.id)
        changes["rebuilt"] = gr.HTML(html, visible=bool(html))
    if now.results != seen.results:
        changes |= _results(services, view)
    return changes | {"seen": now}


def facts(view: manager.RunView) -> dict[str, str]:
    """Figures of a run by what they are, as far as they are known."""
    found = {}
    step, started, epochs = view.last(StepDone), view.last(Started), view.all(EpochDone)
    best = next((epoch for epoch in reversed(epochs) if epoch.is_best), None)
    if step is not None:
        # Not every step is recorded, but the last one of every epoch is.
        newest = max(step.step, epochs[-1].step if epochs else 0)
        found["round"] = text.train.FACT_ROUND.format(epoch=step.epoch, step=newest, total=step.total_steps)
        found["time"] = text.formatting.duration(step.seconds)
    if best is not None:
        found["best"] = text.train.FACT_BEST.format(
            value=text.formatting.amount(best.validation["total"]), epoch=best.epoch
        )
    if started is not None:
        found["pictures"] = text.train.FACT_PICTURES.format(
            train=started.train_pictures, held_out=started.held_out_pictures
        )
    return {text.train.FACTS[key]: found[key] for key in text.train.FACTS if key in found}


def card(view: manager.RunView) -> str:
    """The head of a run as HTML."""
    state = "stopping" if view.stopping else view.state
    icon, word = text.train.STATES[state]
    # Read aloud in steps of ten percent only.
    spoken = text.train.SPOKEN.format(state=word, percent=int(10 * view.share) * 10)
    bar = bar_html(view.share, view.status(), text.train.PROGRESS, spoken)
    return card_html(
        run_name(view.category, view.config, view.created), (state, icon, word), bar, facts(view)
    )


def _list(listed: tuple, shown: str | None) -> dict[str, Any]:
    return {
        "run": gr.Radio(choices=list(listed), value=shown),
        "list": gr.Column(visible=bool(listed)),
    }


def _progress(view: manager.RunView, settings: Settings, other: str | None) -> dict[str, Any]:
    allowed, busy = settings.training != "off", view.state == manager.RUNNING
    return {
        "watching": gr.Tab(visible=True),
        "card": card(view),
        "elsewhere": gr.Markdown(text.train.ELSEWHERE.format(name=other), visible=other is not None),
        "stop": gr.Button(visible=allowed and busy, interactive=not view.stopping),
        "resume": gr.Button(visible=allowed and view.can_resume, interactive=other is None),
        "delete": gr.Button(visible=settings.training == "on" and not busy),
    }


def _plots(view: manager.RunView, log: bool) -> dict[str, Any]:
    tables = loss_tables(view, log)
    plots = {name: _plot(name, view, table, log) for name, table in tables.items()}
    return plots | {"plots": gr.Column(visible=any(table is not None for table in tables.values()))}


def _plot(name: str, view: manager.RunView, table: pd.DataFrame | None, log: bool) -> Any:
    """One plot; a title of its own for each kind of model makes it forget the colours of another run."""
    if table is None:
        return gr.LinePlot(value=None, visible=False)
    return gr.LinePlot(
        value=table,
        visible=True,
        title=f"{text.train.PLOTS[name]} ({TITLES[view.config.teacher]})",
        y_title=text.train.LOG_ERROR if log else text.train.ERROR,
        x_lim=[0, view.last(StepDone).total_steps],
    )


def _results(services: Services, view: manager.RunView) -> dict[str, Any]:
    done = view.last(Finished)
    folder = services.settings.runs_dir / view.id
    model = folder / "model.safetensors"
    if view.state != manager.FINISHED or done is None or not model.is_file():
        return NO_RESULTS
    try:
        file = str(download(folder, model))
    except (FavaeError, OSError):  # deleted or damaged meanwhile: the next look shows what is left
        file = None
    return {
        "figures": gr.HTML(metrics_html(done), visible=True),
        "examples": gr.HTML(examples_html(services, model, view.category), visible=True),
        "open": gr.Button(visible=True),
        "download": gr.DownloadButton(value=file, visible=True, interactive=file is not None),
        "model_path": str(model),
        "model_category": view.category,
    }


def _view(run: str | None, settings: Settings) -> manager.RunView | None:
    try:
        return manager.view(run, settings) if run else None
    except FavaeError:  # deleted by somebody else since the list was read
        return None
