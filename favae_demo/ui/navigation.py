"""Ties the tabs to the address of the page, which names the tab and what it shows: opening a tab, following it, going to another."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from favae_demo.core.errors import ImageError
from favae_demo.ui import text
from favae_demo.ui.components.events import QUIET, WAITING, WATCHING
from favae_demo.ui.errors import show_errors
from favae_demo.ui.selection import Opening, address, read_address
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.choice import missing_variant
from favae_demo.ui.tabs.results.values import GALLERIES


def build(tab: str, ui: dict[Any, Any]) -> None:
    """Builds the hidden button by which the page's script fills a tab anew."""
    ui["reopen"] = gr.Button(visible="hidden", elem_id=f"reopen-{tab}")


def wire(tab: str, ui: dict[Any, Any], services: Services) -> None:
    """Fills a tab with what the address names, each time it is opened; from then on the address follows what the tab shows.

    Args:
        tab: Its name in the address.
        ui: Its components, with its `Opening`, if it shows something of the selection.
        services: The core.
    """
    opening = ui.get("opening", Opening(lambda _: []))
    sliders = {} if opening.rate is None else {"rate": opening.rate}
    followed = {**opening.followed, **sliders}
    names, values = ", ".join(followed), list(followed.values())
    progress = WAITING if values else QUIET

    @show_errors
    def opened(query: str | None, *shown: Any) -> Iterator[Any]:
        selection, first = read_address(services, query or "", opening.followed), len(values) - len(sliders)
        made = opening.show(selection, *shown[:first], *shown[len(values) :])
        # Once, and only another one: the slider may be moved until this answer is there.
        rates = [
            gr.skip() if rate == selection.rate else selection.rate for rate in shown[first : len(values)]
        ]
        for step in made if isinstance(made, Iterator) else [made]:
            drawn = [*step, *rates]
            yield drawn[0] if len(drawn) == 1 else drawn  # for one component Gradio takes a list as its value
            rates = [gr.skip() for _ in rates]

    gr.on(
        [ui["tab"].select, ui["reopen"].click],
        opened,
        [gr.Textbox(visible="hidden", label="address"), *values, *opening.others],
        [*opening.outputs, *sliders.values()],
        js=f"(_, ...rest) => favae.open('{tab}', rest)",
        **WATCHING,
        trigger_mode="multiple",  # each opening has its answer: the script counts them
        **progress,
    ).then(None, values, js=f"({names}) => favae.filled('{tab}', {{{names}}})")
    for component in values:
        component.change(None, values, js=f"({names}) => favae.follow('{tab}', {{{names}}})")


def wire_links(built: dict[str, dict[Any, Any]], services: Services, going: Any) -> None:
    """Connects the tabs: a finished training and a result open in Detect; another model to compare, and new data, in Train.

    Args:
        built: The components of all tabs.
        services: The core.
        going: A hidden component for the address to go to.
    """

    def link(event: Callable, target: Callable[..., dict], inputs: list[Any]) -> None:
        event(show_errors(target), inputs, going, **QUIET).success(None, going, js="(to) => favae.go(to)")

    def of_result(category: str, model: str, keys: list[str], event: gr.SelectData) -> dict[str, str]:
        if not 0 <= event.index < len(keys):
            raise ImageError(text.page.CHOOSE_PICTURE)
        return address(category, model, keys[event.index], tab="detect")

    finished, other, added, results = (built[name] for name in ("train", "compare", "data", "results"))
    link(
        finished["open"].click,
        lambda category, model: address(category, model, tab="detect"),
        [finished["model_category"], finished["model_path"]],
    )
    link(added["train"].click, lambda name: address(name, tab="train"), [added["new_category"]])
    for name in GALLERIES:
        link(
            results[name].select, of_result, [results["category"], results["model"], results[f"{name}_keys"]]
        )
    other["train"].click(
        lambda category: missing_variant(services, category) or gr.skip(), other["category"], finished["teacher"], **QUIET
    )  # fmt: skip
    link(other["train"].click, lambda category: address(category, tab="train"), [other["category"]])
