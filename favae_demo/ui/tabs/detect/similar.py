"""The good picture that the shown one resembles most, for comparing them by eye."""

from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.core.errors import ImageError
from favae_demo.core.files import display_name
from favae_demo.data.similar_images import most_similar
from favae_demo.ui import text
from favae_demo.ui.components.strip import CaptionedImage, image_data_url, strip_html
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.view import JudgedImage


def build(ui: dict[str, Any]) -> None:
    """Adds the button and the place of the picture."""
    ui["resembles"] = gr.Button(text.page.SIMILAR, size="sm", elem_classes="settings")
    ui["similar"] = gr.HTML(elem_classes="settings")


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the button."""

    @show_errors
    def resembles(state: JudgedImage | None) -> str:
        if state is None:
            raise ImageError(text.page.CHOOSE_PICTURE)
        return similar_html(services, state)

    ui["resembles"].click(
        resembles, ui["shown"], ui["similar"], api_visibility="private", show_progress="minimal"
    )


def similar_html(services: Services, shown: JudgedImage) -> str:
    """Returns the good training picture that an image resembles most; a sentence where those pictures are not here."""
    card = read_card(Path(shown.model))
    category, odd = card.category, {one.name for one in card.calibration.suspects}
    found = services.category(category)
    good = [sample for sample in found.train if sample.name not in odd] if found else []
    if not good:
        return strip_html(text.page.SIMILAR_TITLE, [], [text.page.NO_SIMILAR])
    settings = services.settings
    sample = most_similar(shown.detection.image, good, settings.cache_dir, services.levels(category))
    ((path, _),) = services.thumbnails([sample], category)
    image = CaptionedImage(image_data_url(Path(path)), display_name(sample.name))
    return strip_html(text.page.SIMILAR_TITLE, [image], [text.page.SIMILAR_NOTE], "wide")
