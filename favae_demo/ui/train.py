"""The Train tab: start a training, watch it through its run folder, stop, resume or delete it.

The tab holds no training state: a timer reads the run folder, so a reload, a second visitor or a restarted server
shows the same run.
"""

from typing import Any

import gradio as gr
import numpy as np
import pandas as pd

from favae_demo.data.images import decode
from favae_demo.data.sources import data_dir_of
from favae_demo.presets import PRESETS, make_config
from favae_demo.training import job
from favae_demo.training.events import EpochDone, Finished, Snapshot, StepDone
from favae_demo.ui import text
from favae_demo.ui.errors import shown
from favae_demo.ui.html import progress_html
from favae_demo.ui.services import Services

SECONDS = 1.5  # between two looks at the run folder
MOST_POINTS = 400


def build(services: Services) -> dict[str, Any]:
    """The tab's components, by name."""
    names = services.categories()
    first = services.first_category()
    allowed = ["quick"] if services.settings.training == "limited" else list(PRESETS)
    off = services.settings.training == "off"
    ui: dict[str, Any] = {"seen": gr.State(None)}
    if off:
        gr.Markdown(f"**{text.TRAINING_OFF}**")
    with gr.Row():
        ui["category"] = gr.Dropdown(
            names,
            value=first,
            label="What to train on",
            info="Only its good parts are used",
            interactive=True,
        )
        ui["teacher"] = gr.Dropdown(
            [(title, key) for key, title in text.VARIANTS.items()], value="vgg16", label="Variant", interactive=True,
            info="With VGG it also learns shapes and textures, and finds far more",
        )  # fmt: skip
        ui["preset"] = gr.Dropdown(
            [(text.PRESETS[key], key) for key in allowed], value="quick", label="How long", interactive=True,
            info="Quick is right for a first look",
        )  # fmt: skip
        ui["seed"] = gr.Number(
            0,
            label="Seed",
            precision=0,
            minimum=0,
            info="The same seed gives the same model",
            interactive=True,
        )
    with gr.Row():
        ui["start"] = gr.Button("Start training", variant="primary", interactive=not off)
        ui["stop"] = gr.Button("Stop and keep the best so far")
        ui["resume"] = gr.Button("Resume")
        ui["delete"] = gr.Button("Delete this run")
    ui["sure"] = gr.Checkbox(False, label="Yes, delete the run that is shown, with its model")
    ui["run"] = gr.Dropdown(
        job.list_runs(services.settings), label="Run", info="Newest first", interactive=True
    )
    ui["progress"] = gr.HTML(progress_html(0, "No training yet."))
    with gr.Row():
        ui["total"] = gr.LinePlot(
            None, x="step", y="loss", color="series", title="Loss per picture (log10)", show_label=False, height=300,
        )  # fmt: skip
        ui["terms"] = gr.LinePlot(
            None, x="step", y="loss", color="series", title="Loss by term, training (log10)", show_label=False, height=300,
        )  # fmt: skip
    ui["snapshots"] = gr.Gallery(
        [], label="Rebuilt pictures as they improve (originals above, rebuilt below)", columns=1, height=420, object_fit="contain", allow_preview=True,
        interactive=False,
    )  # fmt: skip
    ui["figures"] = gr.Markdown("")
    ui["download"] = gr.DownloadButton("Download model", interactive=False)
    ui["timer"] = gr.Timer(SECONDS)
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """The tab's events."""
    settings = services.settings
    watched = [ui[k] for k in ("seen", "progress", "total", "terms", "snapshots", "figures", "download")]
    quiet = {"api_visibility": "private", "show_progress": "hidden"}

    def runs(value: str | None) -> Any:
        return gr.Dropdown(choices=job.list_runs(settings), value=value)

    @shown
    def start(category: str, teacher: str, preset: str, seed: float) -> Any:
        if not category:
            gr.Warning("Choose what to train on first.")
            return gr.skip()
        return runs(start_training(services, category, teacher, preset, int(seed or 0)))

    @shown
    def stop(run: str | None) -> None:
        if run:
            job.stop(run, settings)
            gr.Info("The training ends after this step; the best model so far is kept.")

    @shown
    def resume(run: str | None) -> Any:
        if run:
            job.resume(run, settings)
        return runs(run)

    @shown
    def delete(run: str | None, sure: bool) -> tuple:
        if not run or not sure:
            gr.Warning("Tick the box beside 'Delete' first: the run and its model will be gone.")
            return gr.skip(), False
        job.delete(run, settings)
        rest = job.list_runs(settings)
        return gr.Dropdown(choices=rest, value=rest[0] if rest else None), False

    @shown
    def look(run: str | None, seen: Any) -> tuple:
        return watch(services, run, seen)

    @shown
    def attach() -> Any:
        rest = job.list_runs(settings)
        return runs(job.find_running(settings) or (rest[0] if rest else None))

    ui["start"].click(start, [ui[k] for k in ("category", "teacher", "preset", "seed")], ui["run"], **quiet)
    ui["stop"].click(stop, ui["run"], None, **quiet)
    ui["resume"].click(resume, ui["run"], ui["run"], **quiet)
    ui["delete"].click(delete, [ui["run"], ui["sure"]], [ui["run"], ui["sure"]], **quiet)
    ui["timer"].tick(look, [ui["run"], ui["seen"]], watched, concurrency_limit=None, **quiet)
    ui["attach"] = attach


def start_training(services: Services, category: str, teacher: str, preset: str, seed: int) -> str:
    """Starts a training in the background and returns the run's name.

    Raises:
        FavaeError: It is not allowed here, one is running, or the settings are out of range.
    """
    config = make_config(preset, category, teacher=teacher, seed=seed)
    folder = data_dir_of(category, services.settings)
    return job.start(config, category, folder, services.settings).id


def watch(services: Services, run: str | None, seen: Any) -> tuple:
    """What the tab shows of a run; nothing is sent again that has not changed since `seen`."""
    known = job.list_runs(services.settings)
    if run not in known:
        same = seen == "none"
        blank = (
            "none",
            progress_html(0, "No training yet."),
            None,
            None,
            [],
            "",
            gr.DownloadButton(interactive=False),
        )
        return tuple(gr.skip() for _ in range(7)) if same else blank
    view = job.view(run, services.settings)
    mark = (run, view.state, len(view.events))
    if seen == mark:
        return tuple(gr.skip() for _ in range(7))
    folder = job.open_run(run, services.settings)
    done = view.last(Finished)
    pictures = [
        (decode(folder.path / shot.path), f"epoch {shot.epoch}: {shot.kind}")
        for shot in view.all(Snapshot)[-4:]
        if (folder.path / shot.path).exists()
    ]
    button = gr.DownloadButton(value=str(folder.model) if done else None, interactive=done is not None)
    total, terms = loss_tables(view)
    return mark, progress_html(view.share, view.status()), total, terms, pictures, figures(done), button


def loss_tables(view: job.RunView) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Long tables of the total loss (training by step, held-out by epoch) and of its terms, as log10."""
    steps, epochs = view.all(StepDone), view.all(EpochDone)
    steps = steps[:: max(1, len(steps) // MOST_POINTS)]
    if not steps:
        return None, None
    first = epochs[0].validation["total"] if epochs else steps[0].train["total"]
    # Both series are in the very first table: the plot fixes its colours by it.
    held_out = [(e.step, e.validation["total"]) for e in epochs] or [(steps[0].step, first)]
    rows = [(s.step, s.train["total"], "training") for s in steps] + [
        (x, y, "held-out good parts") for x, y in held_out
    ]
    parts = [(s.step, value, name) for s in steps for name, value in s.train.items() if name != "total"]
    return _table(rows), _table(parts)


def figures(done: Finished | None) -> str:
    """The measured figures of a finished run, in words."""
    if done is None:
        return ""
    names = {
        "pixel_auroc": "pixel AUROC",
        "image_auroc": "image AUROC",
        "aupro": "AUPRO",
        "pixel_ap": "pixel AP",
        "f1_max": "F1-max",
    }
    found = [
        f"{words} **{done.metrics[key]:.3f}**"
        for key, words in names.items()
        if done.metrics.get(key) is not None
    ]
    counts = (
        f" on {done.metrics['n_good']} good and {done.metrics['n_defect']} defective test pictures"
        if found
        else ""
    )
    return (
        f"Done in {done.seconds:.0f} s. "
        + (", ".join(found) or "There are no test pictures to measure on")
        + counts
        + "."
    )


def _table(rows: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["step", "loss", "series"])
    return table.assign(loss=np.log10(table["loss"].clip(lower=1e-6)))
