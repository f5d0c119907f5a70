"""The part of the Train tab that shows a run and acts on it: components and events."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from favae_demo.core.errors import ConfigError, TrainingError
from favae_demo.core.plain_text import escape_markdown
from favae_demo.core.settings import Settings
from favae_demo.data.library.feedback import with_marked
from favae_demo.data.mvtec import load_category, require_training
from favae_demo.runs import manager
from favae_demo.training.run_folder import LABEL_LETTERS
from favae_demo.ui import text
from favae_demo.ui.components import suspects
from favae_demo.ui.components.events import QUIET
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import comparison
from favae_demo.ui.tabs.train.loss_curves import CONTROLS, PLOTS, CurveOptions
from favae_demo.ui.tabs.train.run_list import default_run, run_choices, run_name
from favae_demo.ui.tabs.train.view import BUSY, UPDATED, PageState, is_due, run_updates

ANCHOR = "train-run"  # as in static/page.js
SHOW_RUN = "() => favae.toRun()"
MAY_TELL = "() => favae.mayTell()"


def build_list(services: Services) -> dict[str, Any]:
    """Returns the list of runs, hidden while there is none, and the components without appearance.

    Those are built here because a timer inside of a hidden tab does not run.
    """
    choices = run_choices(services.settings)
    ui: dict[str, Any] = {
        name: gr.State(None) for name in ("page_state", "model_path", "model_category", "to_delete")
    }
    ui["own_runs"] = gr.State(())  # the runs that this visitor has started
    ui["due"] = gr.State(0)  # how often a reading of the run folder has found something new
    ui["timer"] = gr.Timer(BUSY)
    with gr.Column(visible=bool(choices)) as ui["list"]:
        ui["run"] = gr.Radio(
            choices, value=None, label=text.train.RUNS, info=text.train.RUNS_INFO, interactive=True,
            elem_classes=["stacked", "runs"],
        )  # fmt: skip
    return ui


def build() -> dict[str, Any]:
    """Returns the components that show a run; they belong into the tab `watching`, which is hidden until there is a run."""
    ui: dict[str, Any] = {}
    ui["elsewhere"] = gr.Markdown(visible=False, elem_classes="notice")
    ui["card"] = gr.HTML(elem_classes="flush", elem_id=ANCHOR)
    with gr.Row() as ui["naming"]:
        ui["label"] = gr.Textbox(
            label=text.train.NAME, info=text.train.NAME_INFO, max_length=LABEL_LETTERS, interactive=True, scale=4
        )  # fmt: skip
        ui["rename"] = gr.Button(text.train.RENAME, size="sm", min_width=120, scale=1, elem_classes="at-end")
    with gr.Row():
        ui["open"] = gr.Button(text.train.OPEN, variant="primary", visible=False, min_width=140)
        ui["download"] = gr.DownloadButton(text.train.DOWNLOAD, visible=False, min_width=140)
        ui["stop"] = gr.Button(text.train.STOP, variant="stop", visible=False, min_width=140)
        ui["resume"] = gr.Button(text.train.RESUME, visible=False, min_width=140)
        ui["delete"] = gr.Button(text.train.DELETE, visible=False, min_width=140)
    with gr.Column(visible=False) as ui["confirmation"]:
        ui["question"] = gr.Markdown(elem_classes="notice")
        with gr.Row():
            ui["yes"] = gr.Button(text.train.DELETE_YES, variant="stop")
            ui["no"] = gr.Button(text.train.DELETE_NO)
    ui["suspects"], ui["excluded"] = suspects.build()
    ui["again"] = gr.Button(text.train.AGAIN, visible=False)
    ui["figures"] = gr.HTML(visible=False, elem_classes="flush")
    ui["examples"] = gr.HTML(visible=False, elem_classes="flush")
    _build_plots(ui)
    ui |= comparison.build()
    ui["rebuilt"] = gr.HTML(visible=False, elem_classes="flush")
    return ui


def _build_plots(ui: dict[str, Any]) -> None:
    with gr.Column(visible=False) as ui["plots"]:
        for name in PLOTS:
            ui[name] = gr.HTML(elem_classes="flush")
        gr.Markdown(text.train.PLOT_NOTE)
        options = CurveOptions()
        with gr.Row():
            ui["smoothing"] = gr.Radio(
                [(title, key) for key, title in text.train.SMOOTHINGS.items()], value=options.smoothing,
                label=text.train.SMOOTHING, info=text.train.SMOOTHING_INFO, interactive=True,
            )  # fmt: skip
            ui["log"] = gr.Checkbox(
                options.log, label=text.train.LOG, info=text.train.LOG_INFO, interactive=True
            )


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the events: show, stop, resume and delete a run."""
    settings = services.settings
    comparison.wire(ui, services)
    question = [ui["to_delete"], ui["confirmation"], ui["question"]]

    @show_errors
    def refresh(run: str | None, state: PageState | None, *values: Any) -> dict[Any, Any]:
        updates = run_updates(services, run, state, CurveOptions(*values))
        return {ui[name]: value for name, value in updates.items()}

    def look(run: str | None, state: PageState | None, due: int, *values: Any) -> Any:
        return due + 1 if is_due(settings, run, state, CurveOptions(*values)) else gr.skip()

    @show_errors
    def stop(run: str | None, own_runs: tuple[str, ...]) -> None:
        if run:
            require_own(run, own_runs, settings)
            manager.stop(run, settings)
            gr.Info(text.train.STOPPED)

    @show_errors
    def resume(run: str | None, own_runs: tuple[str, ...]) -> tuple[str, ...]:
        if not run:
            return own_runs
        require_own(run, own_runs, settings)
        require_idle(run, settings)
        manager.resume(run, settings)
        return (*own_runs, run)

    @show_errors
    def again(run: str | None, own_runs: tuple[str, ...], names: list[str]) -> tuple[Any, Any]:
        if not run:
            return gr.skip(), gr.skip()
        new = train_without(run, names, settings)
        return (*own_runs, new), gr.Radio(choices=run_choices(settings), value=new)

    @show_errors
    def rename(run: str | None, label: str, own_runs: tuple[str, ...]) -> Any:
        if not run:
            return gr.skip()
        require_own(run, own_runs, settings)
        manager.rename(run, label, settings)
        return gr.Textbox(manager.info(run, settings).label)

    @show_errors
    def ask(run: str | None) -> tuple[Any, Any, Any]:
        if not run:
            return gr.skip(), gr.skip(), gr.skip()
        require_may_delete(settings)
        return (
            run,
            gr.Column(visible=True),
            text.train.ASK_DELETE.format(name=escape_markdown(run_name(run, settings))),
        )

    @show_errors
    def delete(run: str | None) -> tuple[Any, ...]:
        if run:
            require_may_delete(settings)
            manager.delete(run, settings)
        return *leave(), gr.Radio(choices=run_choices(settings), value=default_run(settings))

    def leave() -> tuple[Any, ...]:
        return None, gr.Column(visible=False), ""

    controls, outputs = [ui[name] for name in CONTROLS], [ui[name] for name in UPDATED]
    inputs = [ui["run"], ui["page_state"], *controls]
    # A page goes through all of its components for each output of an event: so many at each tick would keep a quarter of a core busy.
    ui["timer"].tick(
        look, [ui["run"], ui["page_state"], ui["due"], *controls], ui["due"], concurrency_limit=None, **QUIET
    )
    triggers = [ui["due"].change, ui["run"].change, *(one.input for one in controls)]
    gr.on(triggers, refresh, inputs, outputs, concurrency_limit=None, trigger_mode="multiple", **QUIET)
    ui["run"].change(leave, None, question, **QUIET)
    ui["stop"].click(stop, [ui["run"], ui["own_runs"]], None, **QUIET).then(refresh, inputs, outputs, **QUIET)
    named = gr.on(
        [ui["rename"].click, ui["label"].submit], rename, [ui["run"], ui["label"], ui["own_runs"]], ui["label"], **QUIET
    )  # fmt: skip
    named.success(refresh, inputs, outputs, **QUIET)
    resumed = ui["resume"].click(resume, [ui["run"], ui["own_runs"]], ui["own_runs"], **QUIET)
    resumed.success(refresh, inputs, outputs, **QUIET)
    ui["again"].click(
        again, [ui["run"], ui["own_runs"], ui["excluded"]], [ui["own_runs"], ui["run"]], **QUIET
    ).success(None, js=SHOW_RUN, **QUIET)
    for name in ("start", "resume", "again"):
        ui[name].click(None, js=MAY_TELL)
    ui["delete"].click(ask, ui["run"], question, **QUIET)
    ui["yes"].click(delete, ui["to_delete"], [*question, ui["run"]], **QUIET)
    ui["no"].click(leave, None, question, **QUIET)


def train_without(run: str, names: Sequence[str], settings: Settings) -> str:
    """Starts a training with the settings of another, without some of its good pictures, and returns its name.

    Args:
        run: Name of the other training.
        names: Names of the pictures, beside those that it was without itself.
        settings: What visitors may do, and the folder of the runs.

    Raises:
        FavaeError: No picture is chosen, too few are left, or no training may be started.
    """
    if not names:
        raise ConfigError(text.train.NOTHING_CHOSEN)
    task = manager.open_run(run, settings).task()
    exclude = list(dict.fromkeys((*task.exclude, *names)))
    category = with_marked(load_category(task.data_dir, task.category), settings.marks_dir)
    require_training(category.without(exclude))
    return manager.start(task.config, task.category, task.data_dir, settings, exclude).id


def require_own(run: str, own_runs: tuple[str, ...], settings: Settings) -> None:
    """Checks that a visitor may stop or continue a run.

    Args:
        run: Its name.
        own_runs: Names of the runs that this visitor has started.
        settings: What visitors may do.

    Raises:
        TrainingError: Training is switched off, or it is limited and another visitor has started the run.
    """
    if settings.training == "off":
        raise TrainingError(text.page.TRAINING_OFF)
    if settings.training == "limited" and run not in own_runs:
        raise TrainingError(text.train.NOT_YOURS)


def require_idle(run: str, settings: Settings) -> None:
    """Checks that no training is running, before a run is resumed.

    Raises:
        TrainingError: One is, or the run itself has not ended yet; says which by its readable name.
    """
    running = manager.find_running(settings)
    if running == run:
        raise TrainingError(text.train.ENDING)
    if running:
        raise TrainingError(text.train.BUSY.format(name=run_name(running, settings)))


def require_may_delete(settings: Settings) -> None:
    """Checks that visitors may delete runs.

    Raises:
        TrainingError: They may not.
    """
    if settings.training != "on":
        raise TrainingError(text.train.KEPT)
