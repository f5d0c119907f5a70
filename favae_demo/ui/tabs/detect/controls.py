"""The controls of the Detect tab: what they change is drawn again without running the model."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from favae_demo.ui import text
from favae_demo.ui.choices import titled
from favae_demo.ui.components import rate_slider
from favae_demo.ui.components.turns import Turns
from favae_demo.ui.errors import show_errors
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.detect.answers import redrawn
from favae_demo.ui.tabs.detect.view import CONTROLS, DetectOptions, JudgedImage, dependent_parts
from favae_demo.viz.heatmap import COLOUR_MAPS


def build_main(ui: dict[str, Any]) -> None:
    """Adds the controls that stand beside the verdict."""
    options = DetectOptions()
    ui["rate"] = rate_slider.build()
    ui["opacity"] = gr.Slider(
        0, 100, options.opacity, step=5, label=text.page.OPACITY, info=text.page.OPACITY_INFO, interactive=True
    )  # fmt: skip
    ui["mask"] = gr.Radio(
        titled(text.page.MASKS), value=options.mask, label=text.page.MASK, info=text.page.MASK_INFO,
        interactive=True,
    )  # fmt: skip


def build_heat_map(ui: dict[str, Any]) -> None:
    """Adds the controls of the heat map."""
    options = DetectOptions()
    ui["map"] = gr.Dropdown(  # until a model says which maps it has
        titled({options.map: text.page.MAPS[options.map]}), value=options.map,
        label=text.page.MAP, info=text.page.MAP_INFO, interactive=True, min_width=140,
    )  # fmt: skip
    ui["colours"] = gr.Dropdown(
        [(text.sentences.translate(title), value) for title, value in COLOUR_MAPS.items()], value=options.colours,
        label=text.page.COLOURS, info=text.page.COLOURS_INFO, interactive=True, min_width=140,
    )  # fmt: skip


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects them."""
    for name in CONTROLS:
        _wire_control(ui, services, name, [ui[one] for one in CONTROLS])


def _wire_control(ui: dict[str, Any], services: Services, name: str, controls: list) -> None:
    names = dependent_parts(name)

    @show_errors
    def redraw(turns: Turns, state: JudgedImage | None, *values: Any) -> Iterator[list]:
        yield from redrawn(services, turns, state, DetectOptions(*values), names)

    # `change` hears keys and the reset button too, which `release` does not; of a drag's many values only the last one waits.
    ui[name].change(
        redraw,
        [ui["turns"], ui["shown"], *controls],
        [ui[part] for part in names],
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="always_last",
    )
