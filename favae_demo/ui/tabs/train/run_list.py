"""The list of trainings, with names a person can read."""

import time

from favae_demo.config.categories import category_info
from favae_demo.config.train_config import TITLES, TrainConfig
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.ui import text


def run_name(category: str, config: TrainConfig, created: float) -> str:
    """What is trained and since when, as in `Bottle · VAE + VGG16 · quick · 24 Nov 11:03`."""
    return text.train.RUN.format(
        category=category_info(category).title,
        variant=TITLES.get(config.teacher, config.teacher),
        preset=config.preset,
        time=time.strftime(text.train.TIME, time.localtime(created)),
    )


def choices(settings: Settings) -> list[tuple[str, str]]:
    """All runs as (name with state, id), newest first."""
    return [
        (
            f"{run_name(info.category, info.config, info.created)} · {text.train.STATES[info.state][1]}",
            info.id,
        )
        for info in manager.list_infos(settings)
    ]


def name_of(run: str, settings: Settings) -> str:
    """The readable name of one run.

    Raises:
        TrainingError: There is no such run.
    """
    info = manager.info(run, settings)
    return run_name(info.category, info.config, info.created)


def to_show(settings: Settings) -> str | None:
    """The run to show to somebody who comes in: the one that is running, else the newest, else none."""
    listed = choices(settings)
    return manager.find_running(settings) or (listed[0][1] if listed else None)
