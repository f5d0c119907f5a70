"""The list of runs, with readable names."""

from datetime import datetime

from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.ui import text


def format_run_name(run: manager.RunInfo | manager.RunView) -> str:
    """Returns what is trained and since when, as in `Bottle · VAE + VGG16 · quick · 24 Nov 11:03`, after the run's own name, if it has one."""
    preset = "" if run.config.preset == run.config.variant else text.formatting.preset(run.config.preset)
    started = text.formatting.time(datetime.fromtimestamp(run.created))
    parts = (run.label, text.formatting.category(run.category), run.config.title, preset, started)
    return " · ".join(filter(None, parts))


def run_state(run: manager.RunInfo | manager.RunView) -> str:
    """Returns the state of a run on screen, a key of `text.train.STATES`."""
    return "stopped" if run.is_stopped else run.state


def run_choices(settings: Settings) -> list[tuple[str, str]]:
    """Returns all runs as (name with state, id), the newest first."""
    return [
        (f"{format_run_name(info)} · {text.train.STATES[run_state(info)][1]}", info.id)
        for info in manager.list_infos(settings)
    ]


def run_name(run: str, settings: Settings) -> str:
    """Returns the readable name of a run.

    Raises:
        TrainingError: There is no such run.
    """
    return format_run_name(manager.info(run, settings))


def default_run(settings: Settings) -> str | None:
    """Returns the run to show when the page is opened: the running one, else the newest, else None."""
    choices = run_choices(settings)
    return manager.find_running(settings) or (choices[0][1] if choices else None)
