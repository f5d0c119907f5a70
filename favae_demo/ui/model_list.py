"""The models of a kind of part as lists show them: titles, figures and costs."""

from datetime import datetime

from favae_demo.checkpoints.card import Card
from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Model, Registry
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text


def variant_title(card: Card) -> str:
    """Returns the title of a model's variant, with its preset where that is not the usual one, that its training was stopped, and its version."""
    config, notes = card.config, []
    if config.preset not in ("quick", config.variant):
        notes.append(text.formatting.preset(config.preset))
    if card.is_stopped:
        steps = text.formatting.grouped(card.training.get("steps", 0))
        notes.append(text.page.STOPPED_AFTER.format(steps=steps))
    if card.revision:
        notes.append(text.page.VERSION.format(number=card.version_number))
    return f"{config.title} ({', '.join(notes)})" if notes else config.title


def model_title(model: Model, settings: Settings) -> str:
    """Returns the title of a model's variant; of a run's model with the run's name, or else with the time of its start."""
    kind = variant_title(model.card)
    if settings.runs_dir not in model.path.parents:
        return kind
    folder = RunFolder(model.path.parent)
    if label := folder.label:
        return f"{label} · {kind}"
    try:
        return f"{kind} · {text.formatting.time(datetime.fromtimestamp(folder.created))}"
    except OSError:  # it is being deleted
        return kind


def model_costs(model: Model) -> dict[str, float | None]:
    """Returns what a model costs: seconds of its training, milliseconds a picture, megabytes of its file; None for what is not known."""
    training = model.card.training
    try:
        megabytes = model.path.stat().st_size / 1e6
    except OSError:  # deleted meanwhile
        megabytes = None
    known = {name: training.get(name) for name in ("seconds", "milliseconds")}
    return {name: value if isinstance(value, int | float) else None for name, value in known.items()} | {
        "megabytes": megabytes
    }


def model_label(model: Model, settings: Settings) -> str:
    """Returns a model's title with its metrics."""
    figures = model.card.metrics
    parts = [
        f"{words} {figures[key]:.3f}"
        for key, words in text.page.FIGURES.items()
        if figures.get(key) is not None
    ]
    return " · ".join([model_title(model, settings), *parts])


def newest_variants(registry: Registry, category: str | None) -> dict[str, Model]:
    """Returns the first model of each variant (see `TrainConfig.variant`) in the order of `Registry.models`."""
    newest: dict[str, Model] = {}
    for model in registry.models(category) if category else []:
        newest.setdefault(model.card.config.variant, model)
    return {variant: newest[variant] for variant in text.page.VARIANTS if variant in newest}
