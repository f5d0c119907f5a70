"""Updates of the Train tab for a run, read from its run folder; the tab itself has no state of the training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import FavaeError
from favae_demo.core.plain_text import escape_markdown
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.scoring.coverage import coverage_sentence
from favae_demo.scoring.suspects import Suspect
from favae_demo.scoring.thresholds import DEFAULT_FALSE_ALARM_RATE
from favae_demo.training.events import EpochDone, Finished, FirstModel, Snapshot, Started, StepDone
from favae_demo.ui import text
from favae_demo.ui.components.suspects import values as suspect_values
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train.html import run_bar_html, run_card_html
from favae_demo.ui.tabs.train.loss_curves import PLOTS, CurveOptions, loss_html, loss_lines
from favae_demo.ui.tabs.train.reconstructions import reconstructions_html
from favae_demo.ui.tabs.train.results import copy_for_download, examples_html, metrics_html
from favae_demo.ui.tabs.train.run_list import default_run, format_run_name, run_choices, run_state

Updates = dict[str, Any]
"""Updates for Gradio, by name of the component."""

# Names of all components that `run_updates` may change.
UPDATED = (
    "page_state", "timer", "run", "list", "watching", "card", "naming", "label", "elsewhere", "stop", "resume", "delete", "plots", *PLOTS, "rebuilt",
    "suspects", "excluded", "again", "figures", "examples", "open", "download", "model_path", "model_category", "side",
)  # fmt: skip
BUSY, IDLE = 1.5, 5.0  # seconds between two readings of the run folders while a training runs, and else
PREVIEW, RUN = "preview", "run"  # ids of the two tabs beside the steps
RESULTS = ("suspects", "excluded", "again", "figures", "examples", "open", "download")
NO_RESULTS: Updates = {name: gr.update(visible=False) for name in RESULTS}
NO_RESULTS |= {"model_path": None, "model_category": None}
HIDDEN: Updates = NO_RESULTS | {"watching": gr.update(visible=False), "side": gr.update(selected=PREVIEW)}


@dataclass(frozen=True)
class PageState:
    """The content of a page, so that only changes are sent.

    Attributes:
        choices: The list of runs.
        busy: Whether a training runs, so that the run folders are read more often.
        run: Key of the run's header and plots; images and results, which take longer to build, have separate keys.
        images: Key of the snapshots.
        results: Key of the results.
    """

    choices: tuple[tuple[str, str], ...] = ()
    busy: bool = True
    run: tuple[Any, ...] | None = None
    images: tuple[Any, ...] | None = None
    results: tuple[Any, ...] | None = None


DEFAULT_CURVES = CurveOptions()


@dataclass(frozen=True)
class _Now:
    """What there is to show at this moment.

    Attributes:
        selected: The run that is shown, or None.
        view: Its status; None without a run, or if it was deleted at this moment.
        running: The run in progress, or None.
        state: The content of a page that shows it.
    """

    selected: str | None
    view: manager.RunView | None
    running: str | None
    state: PageState


def _now(settings: Settings, run: str | None, options: CurveOptions) -> _Now:
    choices = tuple(run_choices(settings))
    selected = run if any(run == run_id for _, run_id in choices) else default_run(settings)
    view = _read_view(selected, settings)
    if view is None:
        return _Now(selected, None, None, PageState(choices, busy=False))
    running = manager.find_running(settings)
    state = PageState(
        choices,
        running is not None,
        (view.id, view.label, view.state, view.stopping, len(view.events), running, options),
        (view.id, len(view.all(Snapshot))),
        (view.id, view.state, view.last(Finished), view.last(FirstModel)),
    )
    return _Now(selected, view, running, state)


def is_due(
    settings: Settings, run: str | None, state: PageState | None, options: CurveOptions = DEFAULT_CURVES
) -> bool:
    """Returns whether `run_updates` has anything for a page; the arguments are as there."""
    now = _now(settings, run, options)
    return now.state != state or now.selected != run


def run_updates(
    services: Services, run: str | None, state: PageState | None, options: CurveOptions = DEFAULT_CURVES
) -> Updates:
    """Returns the updates of the tab since `state`; they always include the new state, as `page_state`.

    Args:
        services: The app's services.
        run: The selected run, or None. A run that no longer exists is replaced by the default one.
        state: The content of the page, or None when it is opened.
        options: How the curves are drawn.
    """
    settings, state = services.settings, state or PageState()
    now = _now(settings, run, options)
    selected, view, new = now.selected, now.view, now.state
    changed = new.choices != state.choices or selected != run
    updates = _list_updates(new.choices, run, selected) if changed else {}
    if new.busy != state.busy:
        updates["timer"] = gr.Timer(BUSY if new.busy else IDLE)
    if view is None:
        return updates | (HIDDEN if selected != run or state.run else {}) | {"page_state": new}
    if new.run != state.run:
        names = {run_id: name for name, run_id in new.choices}
        other = names.get(now.running) if now.running and now.running != view.id else None
        updates |= _progress_updates(view, settings, other) | _plot_updates(view, options)
        if state.run is None or state.run[0] != view.id:
            updates["side"] = gr.Tabs(selected=RUN)
            updates["label"] = gr.Textbox(view.label)  # not at each change: somebody may be typing
            updates["naming"] = gr.Row(visible=settings.training != "off")
    if new.images != state.images:
        html = reconstructions_html(view, settings.runs_dir / view.id)
        updates["rebuilt"] = gr.HTML(html, visible=bool(html))
    if new.results != state.results:
        updates |= _result_updates(services, view)
    return updates | {"page_state": new}


def run_facts(view: manager.RunView) -> dict[str, str]:
    """Returns the known figures of a run by their labels."""
    values = {}
    step, started, epochs = view.last(StepDone), view.last(Started), view.all(EpochDone)
    best = next((epoch for epoch in reversed(epochs) if epoch.is_best), None)
    if step is not None:
        # Not every step is recorded, but the last one of every epoch is.
        finished = view.last(Finished)
        newest = max(step.step, epochs[-1].step if epochs else 0, finished.steps if finished else 0)
        values["round"] = text.train.FACT_ROUND.format(
            epoch=step.epoch,
            step=text.formatting.grouped(newest),
            total=text.formatting.grouped(step.total_steps),
        )
        values["time"] = text.formatting.duration(step.seconds)
    if best is not None:
        loss = text.formatting.amount(best.validation["total"])
        values["best"] = text.train.FACT_BEST.format(value=loss, epoch=best.epoch)
    if (first := view.last(FirstModel)) and view.state != manager.FINISHED:
        values["first"] = text.train.FACT_FIRST.format(seconds=text.formatting.duration(first.seconds))
    if started is not None:
        values["pictures"] = text.train.FACT_PICTURES.format(
            train=started.train_pictures, held_out=started.held_out_pictures
        )
    return {label: values[key] for key, label in text.train.FACTS.items() if key in values}


def run_header_html(view: manager.RunView) -> str:
    """Returns the header of a run as HTML."""
    state = "stopping" if view.stopping else run_state(view)
    icon, word = text.train.STATES[state]
    # Screen readers announce every change of this text, so it changes only every ten percent.
    announcement = text.train.SPOKEN.format(state=word, percent=int(10 * view.share) * 10)
    bar = run_bar_html(view.share, text.sentences.translate(view.status()), text.train.PROGRESS, announcement)
    return run_card_html(format_run_name(view), (state, icon, word), bar, run_facts(view))


def _list_updates(choices: tuple[tuple[str, str], ...], run: str | None, selected: str | None) -> Updates:
    """Returns updates of the list of runs; one that stays selected is not set, for another may have been started or chosen meanwhile."""
    listed = list(choices)
    runs = gr.Radio(choices=listed) if selected == run else gr.Radio(choices=listed, value=selected)
    return {"run": runs, "list": gr.Column(visible=bool(choices))}


def _progress_updates(view: manager.RunView, settings: Settings, other: str | None) -> Updates:
    """Returns updates of the header and its buttons.

    Args:
        view: The run.
        settings: Settings, which say what visitors may do.
        other: Name of another run that is in progress, or None.
    """
    allowed, running = settings.training != "off", view.state == manager.RUNNING
    return {
        "watching": gr.Tab(visible=True),
        "card": run_header_html(view),
        "elsewhere": gr.Markdown(
            text.train.ELSEWHERE.format(name=escape_markdown(other or "")), visible=other is not None
        ),
        "stop": gr.Button(visible=allowed and running, interactive=not view.stopping),
        "resume": gr.Button(visible=allowed and view.can_resume, interactive=other is None),
        "delete": gr.Button(visible=settings.training == "on" and not running),
    }


def _plot_updates(view: manager.RunView, options: CurveOptions) -> Updates:
    plots: Updates = {name: loss_html(view, name, lines, options) for name, lines in loss_lines(view).items()}
    return plots | {"plots": gr.Column(visible=any(plots.values()))}


def _result_updates(services: Services, view: manager.RunView) -> Updates:
    finished = view.last(Finished)
    folder = services.settings.runs_dir / view.id
    model = folder / "model.safetensors"
    if view.state != manager.FINISHED or finished is None or not model.is_file():
        return NO_RESULTS | _first_model_updates(view, model)
    try:
        file = str(copy_for_download(folder, model))
    except (FavaeError, OSError):  # deleted or damaged in the meantime; the next update shows the new state
        file = None
    suspects, worth = _suspects(model)
    strip, choice = suspect_values(services, view.category, suspects, worth)
    may_train = services.settings.training != "off"
    return {
        "suspects": strip,
        "excluded": choice,
        "again": gr.Button(visible=bool(suspects) and may_train),
        "figures": gr.HTML(metrics_html(finished, services.category(view.category)), visible=True),
        "examples": gr.HTML(examples_html(services, model, view.category), visible=True),
        "open": gr.Button(text.train.OPEN, visible=True),
        "download": gr.DownloadButton(value=file, visible=True, interactive=file is not None),
        "model_path": str(model),
        "model_category": view.category,
    }


def _first_model_updates(view: manager.RunView, model: Path) -> Updates:
    """Returns updates of the button that opens a run's first model, where there is one and the run has not ended."""
    if view.last(FirstModel) is None or not model.is_file():
        return {}
    return {
        "open": gr.Button(text.train.OPEN_FIRST, visible=True),
        "model_path": str(model),
        "model_category": view.category,
    }


def _suspects(model: Path) -> tuple[tuple[Suspect, ...], str]:
    """Returns the suspicious good pictures of a model, and what its limit is worth."""
    try:
        card = read_card(model)
    except FavaeError:  # deleted or damaged in the meantime
        return (), ""
    support = card.good_scores.threshold(DEFAULT_FALSE_ALARM_RATE).support
    return card.calibration.suspects, coverage_sentence(support)


def _read_view(run: str | None, settings: Settings) -> manager.RunView | None:
    try:
        return manager.view(run, settings) if run else None
    except FavaeError:  # deleted by somebody else since the list was read
        return None
