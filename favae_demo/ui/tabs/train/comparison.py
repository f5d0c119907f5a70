"""Two runs beside each other: their curves in one chart, their figures in one table."""

from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.training.events import Finished
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.components.html import table_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train.loss_curves import CONTROLS, CurveOptions, chart_html, last_step, loss_lines
from favae_demo.ui.tabs.train.run_list import format_run_name
from favae_demo.ui.tabs.train.view import run_facts


def build() -> dict[str, Any]:
    """Returns the components, hidden while there is no second run."""
    ui: dict[str, Any] = {}
    with gr.Column(visible=False) as ui["comparing"]:
        ui["other_run"] = gr.Dropdown(
            [(text.train.ALONE, "")], value="", label=text.train.BESIDE, info=text.train.BESIDE_INFO, interactive=True,
            filterable=False,
        )  # fmt: skip
        ui["both"] = gr.HTML(elem_classes="flush")
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the events: another run on either side, and other curves."""
    settings = services.settings

    def offer(run: str | None, other: str) -> tuple[Any, Any, str]:
        choices = other_runs(settings, run)
        kept = other if other in {id for _, id in choices} else ""
        shown = gr.Column(visible=len(choices) > 1)
        return shown, gr.Dropdown(choices=choices, value=kept), ""

    @show_errors
    def beside(run: str | None, other: str, *values: Any) -> str:
        return comparison_html(settings, run, other, CurveOptions(*values))

    controls = [ui[name] for name in CONTROLS]
    chosen = [ui["run"], ui["other_run"], *controls]
    offered = ui["run"].change(
        offer, chosen[:2], [ui["comparing"], ui["other_run"], ui["both"]], **QUIET
    )  # fmt: skip
    offered.then(beside, chosen, ui["both"], **QUIET)
    gr.on([choice_of(ui["other_run"]), *(one.input for one in controls)], beside, chosen, ui["both"], **QUIET)


def other_runs(settings: Settings, run: str | None) -> list[tuple[str, str]]:
    """Returns the runs to compare with as (name, id), below the choice of none."""
    infos = (info for info in manager.list_infos(settings) if info.id != run)
    return [(text.train.ALONE, ""), *((format_run_name(info), info.id) for info in infos)]


def comparison_html(settings: Settings, run: str | None, other: str, options: CurveOptions) -> str:
    """Returns the chart and the table of two runs; an empty string unless there are two.

    Args:
        settings: The folder of the runs.
        run: The run that is shown.
        other: The run beside it.
        options: How the curves are drawn.
    """
    if not run or not other:
        return ""
    try:
        views = [manager.view(one, settings) for one in (run, other)]
    except FavaeError:  # deleted by somebody else meanwhile
        return ""
    mine, others = (loss_lines(view)["total"] for view in views)
    lines = mine | {f"other_{series}": line for series, line in others.items()}
    steps = max(last_step(view) for view in views)
    chart = chart_html(text.train.BOTH, "loss_both", lines, steps, options) if lines else ""
    facts = [_facts(view) for view in views]
    rows = [[name, *(one.get(name, text.train.UNKNOWN) for one in facts)] for name in facts[0] | facts[1]]
    heads = [text.compare.FIGURE, *map(format_run_name, views)]
    return chart + table_html(text.train.BOTH_FIGURES, heads, rows, "")


def _facts(view: manager.RunView) -> dict[str, str]:
    """Returns the figures of a run by their names on screen: of its course, then on the test images."""
    finished = view.last(Finished)
    metrics = (finished.metrics or {}) if finished else {}
    return run_facts(view) | {
        meaning: f"{metrics[name]:.3f}"
        for name, (meaning, _) in text.train.METRICS.items()
        if metrics.get(name) is not None
    }
