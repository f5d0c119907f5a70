"""Which models the Compare tab shows side by side: what it offers, what it begins with, and how many there can be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from favae_demo.config.variants import REPORT_TEACHERS
from favae_demo.detection.registry import Model
from favae_demo.ui import text
from favae_demo.ui.model_list import model_title, newest_variants
from favae_demo.ui.selection import model_name
from favae_demo.ui.services import Services

FEWEST, MOST = 2, 4  # models side by side; `static/page.js` knows them too


@dataclass(frozen=True)
class ComparedModel:
    """A model that can be compared.

    Attributes:
        model: Its file and card.
        title: Its name in the whole tab; no other model of its category has the same.
    """

    model: Model
    title: str


Models = Mapping[str, ComparedModel]
"""Models by the path of their file, in the order of the columns."""


def offered_models(services: Services, category: str | None) -> dict[str, ComparedModel]:
    """Returns all models of a category, in the order in which Detect lists them."""
    models = services.registry.models(category) if category else []
    titles = [model_title(model, services.settings) for model in models]
    given = Counter(titles)
    return {
        str(model.path): ComparedModel(
            model, title if given[title] == 1 else f"{title} · {model_name(model.path)}"
        )
        for model, title in zip(models, titles, strict=True)
    }


def compared_models(
    services: Services, category: str | None, wanted: Sequence[str], before: Sequence[str] = ()
) -> dict[str, ComparedModel]:
    """Returns the models to show side by side.

    Args:
        services: The core.
        category: Kind of part.
        wanted: Paths of the models that are chosen; those that are not here any more do not count.
        before: Paths of those that stay where too few or too many are chosen; empty for those that the tab begins with.
    """
    offered = offered_models(services, category)
    for paths in (wanted, before):
        here = {path: offered[path] for path in paths if path in offered}
        if FEWEST <= len(here) <= MOST:
            return here
    return {path: offered[path] for path in _first(services, category, offered)}


def completed_models(services: Services, category: str | None, wanted: Sequence[str]) -> list[str]:
    """Returns paths of models with as many of those that the tab begins with as it takes to compare them; of none, none."""
    offered = offered_models(services, category)
    further = [path for path in (*_first(services, category, offered), *offered) if path not in wanted]
    return [*wanted, *dict.fromkeys(further)][: max(FEWEST, len(wanted))] if wanted else []


def missing_advice(names: Sequence[str]) -> str:
    """Returns which models of an address are not here, a sentence; empty where all are."""
    if not names:
        return ""
    template = text.compare.MISSING if len(names) == 1 else text.compare.MISSING_MANY
    return template.format(names=text.formatting.listed([f"'{name}'" for name in names]))


def advice(chosen: int, offered: int) -> str:
    """Returns what to do where nothing can be compared, a sentence; empty where it can.

    Args:
        chosen: Number of models that are chosen.
        offered: Number of models of the category.
    """
    if offered < FEWEST:
        return text.compare.NO_MODELS if not offered else text.compare.ONLY_MODEL
    if chosen < FEWEST:
        return text.compare.TOO_FEW.format(fewest=FEWEST, most=MOST)
    return text.compare.TOO_MANY.format(count=chosen, most=MOST) if chosen > MOST else ""


def missing_variant(services: Services, category: str | None) -> str | None:
    """Returns the first kind of model of the report that a category lacks; None where it has all."""
    newest = newest_variants(services.registry, category)
    return next((teacher for teacher in REPORT_TEACHERS if teacher not in newest), None)


def _first(services: Services, category: str | None, offered: Models) -> list[str]:
    """Returns the kinds of model that the report compares, and the model that Detect recommends; if these are too few, the next ones."""
    newest = newest_variants(services.registry, category)
    question = [str(newest[teacher].path) for teacher in REPORT_TEACHERS if teacher in newest]
    recommended = services.first_model(category)
    paths = list(dict.fromkeys([*question, *filter(None, [recommended])]))
    others = (path for path in offered if path not in paths)
    return [*paths, *(path for path, _ in zip(others, range(FEWEST - len(paths)), strict=False))]
