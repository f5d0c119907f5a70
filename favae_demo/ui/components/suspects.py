"""Suspicious good pictures on the page: who they are, why, and which of them a training leaves out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.config.train_config import TrainConfig
from favae_demo.core.files import display_name
from favae_demo.data.catalog import data_dir_of
from favae_demo.data.library.feedback import name_as_given, with_marked
from favae_demo.data.mvtec import load_category, require_training
from favae_demo.runs import manager
from favae_demo.scoring.suspects import Suspect
from favae_demo.ui import text
from favae_demo.ui.components.strip import CaptionedImage, image_data_url, strip_html
from favae_demo.ui.services import Services

SHOWN = 24  # pictures at most; the list names all


def build() -> tuple[gr.HTML, gr.CheckboxGroup]:
    """Returns a strip of pictures, and the choice of those that are left out; both hidden."""
    pictures = gr.HTML(visible=False, elem_classes="flush")
    choice = gr.CheckboxGroup(
        [], label=text.train.LEAVE_OUT, info=text.train.LEAVE_OUT_INFO, visible=False, interactive=True
    )
    return pictures, choice


def values(
    services: Services, category: str, suspects: Sequence[Suspect], worth: str = ""
) -> tuple[Any, Any]:
    """Returns values of both components; those that stand far out are chosen.

    Args:
        services: The core.
        category: Name of the category.
        suspects: Its suspicious good pictures.
        worth: What the limit without them is worth, a sentence.
    """
    if not suspects:
        return hidden()
    names = [one.name for one in suspects]
    return (
        gr.HTML(suspects_html(services, category, suspects, worth), visible=True),
        gr.CheckboxGroup(
            [(display_name(name_as_given(name)), name) for name in names],
            value=[one.name for one in suspects if one.left_out],
            visible=True,
        ),
    )


def look(services: Services, category: str, config: TrainConfig) -> tuple[tuple[Suspect, ...], str]:
    """Returns the suspicious good pictures of a category, and a sentence where there are none.

    Args:
        services: The core.
        category: Name of the category.
        config: Settings of the training that is planned.

    Raises:
        FavaeError: Such a training is not allowed, there are no training images, or one cannot be read.
    """
    from favae_demo.runs.inspection import inspect_category  # torch: not before it is needed

    settings = services.settings
    manager.check_policy(config, settings)
    index = with_marked(load_category(data_dir_of(category, settings), category), settings.marks_dir)
    require_training(index)
    suspicious = inspect_category(index, config, settings)
    return suspicious, "" if suspicious else text.train.LOOK_NOTHING.format(count=len(index.train))


def hidden() -> tuple[Any, Any]:
    """Returns values of both components where there is nothing to show."""
    return gr.HTML("", visible=False), gr.CheckboxGroup([], value=[], visible=False)


def suspects_html(services: Services, category: str, suspects: Sequence[Suspect], worth: str = "") -> str:
    """Returns the suspicious pictures with their names and why they are suspicious; see `values`."""
    parts = services.category(category)
    by_name = {sample.name: sample for sample in parts.train} if parts else {}
    shown = [one for one in suspects if one.name in by_name][:SHOWN]
    thumbnails = services.thumbnails([by_name[one.name] for one in shown], category)
    images = [
        CaptionedImage(
            image_data_url(Path(path)), display_name(name_as_given(one.name)), _note(one), "suspect"
        )
        for one, (path, _) in zip(shown, thumbnails, strict=True)
    ]
    aside = sum(one.left_out for one in suspects)
    notes = [
        text.train.SUSPECTS_NOTE,
        text.train.SUSPECTS_ASIDE.format(count=aside) if aside else "",
        text.sentences.translate(worth) if aside else "",
    ]
    return strip_html(text.train.SUSPECTS.format(count=len(suspects)), images, notes, "wide")


def _note(suspect: Suspect) -> str:
    return "; ".join(
        (
            *map(text.sentences.translate, suspect.reasons),
            *([text.train.NOT_COUNTED] if suspect.left_out else []),
        )
    )
