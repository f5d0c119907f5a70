"""What the page shows, in whatever tab: one kind of part, one of its models, one of its test images, one false-alarm rate; its
address names them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from favae_demo.core.plain_text import escape_markup
from favae_demo.data.catalog import must_be_drawn
from favae_demo.data.mvtec import whole_key
from favae_demo.ui import text
from favae_demo.ui.choices import RATES, RECOMMENDED_RATE
from favae_demo.ui.components import image_picker
from favae_demo.ui.services import Services


@dataclass(frozen=True)
class Selection:
    """What all tabs show.

    Attributes:
        category: A category that is here; None where there is none at all.
        model: Path of one of its checkpoints; None leaves the choice to the tab.
        image: Key of one of its test images, as `test/good/003.png`; empty leaves the choice to the tab.
        models: Paths of those of its checkpoints that are compared; empty leaves the choice to the tab.
        missing: Names of further models that the address compares and that are not here.
        rate: False-alarm rate in percent, one of `RATES`.
    """

    category: str | None
    model: str | None = None
    image: str = ""
    models: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rate: float = RECOMMENDED_RATE

    def shows(self, category: str | None, **shown: Any) -> bool:
        """Returns whether this is what a tab shows already.

        Args:
            category: The tab's category.
            shown: What else the tab shows, by attribute; None where it shows none yet, as before its list of models is filled.
        """
        chosen = {name: value for name in shown if (value := getattr(self, name))}
        return category == self.category and chosen.items() <= shown.items()


@dataclass(frozen=True)
class Opening:
    """How a tab shows a selection, each time it is opened.

    Attributes:
        show: Returns values of `outputs`, or yields them several times, from a `Selection` and the values of `followed` and `others`.
        followed: Components that show a part of the selection, by its name in the address, which follows them.
        others: Further components.
        outputs: Components.
        rate: Slider of the false-alarm rate, which shows and follows that of the page too; `show` finds it in the `Selection`.
    """

    show: Callable[..., Any]
    followed: Mapping[str, Any] = field(default_factory=dict)
    others: Sequence[Any] = ()
    outputs: Sequence[Any] = ()
    rate: Any = None


def read_address(services: Services, query: str, shows: Collection[str] = ()) -> Selection:
    """Returns what an address selects; for what is not here, the first of its kind, or no choice, and says so.

    Args:
        services: The core.
        query: The part of the address from `?` on, as `?tab=detect&category=bottle&model=bottle-none-quick&image=test/good/003.png&rate=2`; without
            a rate, or with one that is none of `RATES`, the recommended one counts.
        shows: Which of `model` and `image` the tab shows; of others nothing is said.
    """
    asked = dict(parse_qsl(query.lstrip("?")))
    category = asked.get("category") or services.first_category()
    if category not in services.categories():
        if category is not None:
            _say_missing("category", category)
        return Selection(services.first_category(), rate=_rate(asked))
    model, image = _model(services, category, asked), _image(services, category, asked)
    for name, found in (("model", model), ("image", image)):
        if name in shows and asked.get(name) and not found:
            _say_missing(name, asked[name])
    return Selection(category, model, image, *_models(services, category, asked), _rate(asked))


def address(category: str | None, model: str | None = None, image: str = "", **others: str) -> dict[str, str]:
    """Returns the parameters of the address that selects these, with others, as `tab`; empty ones take what was chosen out."""
    return {**others, "category": category or "", "model": model_name(model) if model else "", "image": image}


def model_name(path: str | Path) -> str:
    """Returns the name of a model in addresses: of its file, or of the run whose model it is."""
    path = Path(path)
    return path.parent.name if path.stem == "model" else path.stem


def _say_missing(kind: str, name: str) -> None:
    gr.Warning(text.page.NOT_HERE[kind].format(name=escape_markup(name)))


def _model(services: Services, category: str, asked: Mapping[str, str]) -> str | None:
    paths = (path for _, path in services.model_choices(category))
    return next((path for path in paths if model_name(path) == asked.get("model")), None)


def _models(
    services: Services, category: str, asked: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the models that an address names, with spaces between, in its order, and the names of those that are not here.

    Names of models may hold spaces too; one that is not here is taken for as many as it has words.
    """
    names, places = f" {asked.get('models', '')} ", {}
    known = {model_name(path): path for _, path in services.model_choices(category)}
    for name in sorted(known, key=len, reverse=True):  # one name may be a part of another
        if (place := names.find(f" {name} ")) >= 0:
            places[known[name]] = place
            names = names.replace(f" {name} ", f" {' ' * len(name)} ", 1)
    return tuple(sorted(places, key=places.__getitem__)), tuple(names.split())


def _rate(asked: Mapping[str, str]) -> float:
    return {f"{rate:g}": rate for rate in RATES}.get(asked.get("rate", ""), RECOMMENDED_RATE)


def _image(services: Services, category: str, asked: Mapping[str, str]) -> str:
    key = asked.get("image", "")
    key = key and whole_key(key)
    if not key or must_be_drawn(
        category, services.settings
    ):  # whether there is such an image shows when all are drawn
        return key
    samples = image_picker.samples(services, category, image_picker.ALL)
    return key if image_picker.position(samples, key) is not None else ""
