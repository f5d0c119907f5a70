"""What each element of a recipe is worth: the recipe trained without it, over several categories and seeds.

A row of `ROWS` is a mapping of changes to a preset; a row more is an element more.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean
from typing import Any

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.presets import make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError
from favae_demo.core.files import read_json, write_json
from favae_demo.core.settings import Settings
from favae_demo.experiments.training_task import Order, digest
from favae_demo.runs.pipeline import judge_anew
from favae_demo.training.run_folder import RunFolder

KIND = "ablation"
FIRST = "as-it-is"
FIGURES = {"pixel_auroc": "pixel AUROC", "image_auroc": "image AUROC", "aupro": "AUPRO"}
NOTE = (
    "Means over {categories}; seeds {seeds}; in brackets the range of a seed's mean. A difference is that of the trainings which both rows have. "
    "Seconds to train: teacher features included, unless an earlier training with the same pictures left them in the cache."
)


def _any(_: TrainConfig) -> bool:
    return True


def _has_vgg(config: TrainConfig) -> bool:
    return config.teacher.startswith("vgg")


def _is_extended(config: TrainConfig) -> bool:
    return config.latent_side > 1


def _has_teacher(config: TrainConfig) -> bool:
    return config.teacher != "none"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        title: What is changed, for people.
        changes: Settings in place of the preset's.
        applies: Whether it says something of such settings; it never does where it changes nothing.
    """

    title: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    applies: Callable[[TrainConfig], bool] = _any


ROWS: dict[str, Row] = {
    FIRST: Row("as it is"),
    "no-averaging": Row("no averaging of the weights", {"weight_average": 0.0}),
    "constant-rate": Row("constant learning rate", {"decay": "none"}),
    "relu": Row("teacher features after the ReLU", {"tap": "relu"}, _has_vgg),
    "sum": Row("error maps added as they are", {"score": "sum"}, _has_teacher),
    "max": Row("highest value of the map as image score", {"image_score": "max"}),
    "no-augmentation": Row("no augmentation", {"views": 0}),
    "eight-bits": Row("weights kept in 8 bits", {"weight_bits": 8}),
    "channels": Row("errors weighed by channel, not by covariance", {"score": "channels"}, _is_extended),
    "one-code": Row("one code for the whole picture", {"latent_side": 1, "latent": 100}, _is_extended),
    "from-picture": Row("looks at the picture, not at features", {"encoder": "picture"}, _is_extended),
    "small-picture": Row("pictures of 128×128", {"image_size": 128}, _is_extended),
    "not-upright": Row("parts as they lie", {"align": False}, _is_extended),
    "pixels": Row("the pixels' error counts too", {"pixel_weight": 1.0}, _is_extended),
    "alone": Row("errors of each place alone, without its neighbours'", {"neighbours": False}, _is_extended),
    "top-3": Row("image score from the highest 3 %", {"top_share": 0.03}, _is_extended),
    "unbalanced": Row("layers weighed by their size in the loss", {"balance_layers": False}, _is_extended),
    "smooth-4": Row("error maps smoothed more (σ = 4)", {"blur": 4.0}, _is_extended),
    "varied": Row("turned, cropped and mirrored copies", {"views": 600}, _is_extended),
    "vgg16": Row("teacher VGG16", {"teacher": "vgg16"}, _is_extended),
}

Task = tuple[str, int]
"""Category and seed."""
Result = dict[str, Any]
"""What `keep_figures` writes of one training."""


@dataclass(frozen=True)
class Recipe:
    """What the rows change.

    Attributes:
        preset: Its name.
        teacher: Instead of the preset's own.
        changes: Further settings in place of the preset's, as text.
    """

    preset: str
    teacher: str | None = None
    changes: Mapping[str, str] = field(default_factory=dict)

    def config(self, category: str | None = None, **changes: Any) -> TrainConfig:
        """The settings for a category.

        Raises:
            ConfigError: A setting that is not there, or out of its range.
        """
        teacher = {} if self.teacher is None else {"teacher": self.teacher}
        return replace(make_config(self.preset, category, **teacher).with_text(self.changes), **changes)


def choose(recipe: Recipe, only: Collection[str] = ()) -> dict[str, Row]:
    """The rows that say something of a recipe, by name; the first one is always there.

    Args:
        recipe: What they change.
        only: Names of rows; all that apply if empty.

    Raises:
        ConfigError: There is no such row, or it changes nothing of this recipe.
    """
    base = recipe.config()
    fitting = {
        name: row
        for name, row in ROWS.items()
        if name == FIRST or (row.applies(base) and _changes(row, base))
    }
    for name in only:
        if name not in ROWS:
            raise ConfigError(f"There is no row {name!r}. Known: {', '.join(ROWS)}.")
        if name not in fitting:
            raise ConfigError(
                f"The row {name!r} changes nothing of {recipe.preset} with teacher {base.teacher}."
            )
    return {name: row for name, row in fitting.items() if name == FIRST or not only or name in only}


def orders(
    rows: Mapping[str, Row],
    out: Path,
    recipe: Recipe,
    categories: Sequence[str],
    seeds: Sequence[int],
) -> dict[str, dict[Task, Order]]:
    """What is to be trained, by row, category and seed, each with a file for its figures in the folder `out`."""

    def order(name: str, row: Row, category: str, seed: int) -> Order:
        config = recipe.config(category, seed=seed, **row.changes)
        # Figures of other settings, as of a preset that was changed since, are not those of this row.
        target = out / f"{name}-{category}-{seed}-{digest(config)}.json"
        return Order(f"{row.title}: {category}, seed {seed}", KIND, category, config, target, keep_figures)

    return {
        name: {
            (category, seed): order(name, row, category, seed) for category in categories for seed in seeds
        }
        for name, row in rows.items()
    }


def keep_figures(order: Order, folder: RunFolder, settings: Settings) -> None:
    """Writes a finished run's figures, and those of its network judged by other settings; the model itself is not kept."""
    card = read_card(folder.model)
    about = {
        "category": order.category,
        "version": card.version,
        "training": card.training,
        "data": card.data,
    }
    found = {order.config: card.metrics}
    for target, config in ((order.target, order.config), *order.also):
        if target.is_file():
            continue
        if config not in found:
            found[config] = judge_anew(folder, config, settings)
        write_json(target, about | {"config": config.to_dict(), "metrics": found[config]})


def summarise(rows: Mapping[str, Row], ordered: Mapping[str, Mapping[Task, Order]]) -> list[dict[str, Any]]:
    """The table, ready for JSON; only what is done counts, and how much that is stands in each row."""
    done = {
        name: {task: read_json(order.target) for task, order in tasks.items() if order.done}
        for name, tasks in ordered.items()
    }
    return [
        {
            "row": name,
            "title": row.title,
            "changes": dict(row.changes),
            "trainings": len(done[name]),
            "wanted": len(ordered[name]),
            "seconds": round(mean(one["training"]["seconds"] for one in done[name].values()), 1)
            if done[name]
            else None,
        }
        | {figure: _figure(figure, done[name], done[FIRST]) for figure in FIGURES}
        for name, row in rows.items()
    ]


def _figure(name: str, own: Mapping[Task, Result], first: Mapping[Task, Result]) -> dict[str, Any]:
    """Mean, range over several seeds, difference to the first row, and what is left out because the data cannot give it."""
    known, theirs = _known(name, own), _known(name, first)
    both = known.keys() & theirs.keys()
    seeds = _means(known, place=1)
    return {
        "mean": round(mean(known.values()), 5) if known else None,
        "range": [min(seeds.values()), max(seeds.values())] if len(seeds) > 1 else None,
        "difference": round(mean(known[task] - theirs[task] for task in both), 5) if both else None,
        "categories": _means(known, place=0),
        "left_out": {
            task[0]: one["metrics"].get("reasons", {}).get(name, "it was not measured")
            for task, one in own.items()
            if task not in known
        },
    }


def _known(name: str, results: Mapping[Task, Result]) -> dict[Task, float]:
    values = {task: one["metrics"].get(name) for task, one in results.items()}
    return {task: value for task, value in values.items() if value is not None}


def _means(values: Mapping[Task, float], place: int) -> dict[Any, float]:
    """Means over all tasks that have one category (place 0) or one seed (place 1) in common."""
    keys = dict.fromkeys(task[place] for task in values)
    return {
        key: round(mean(value for task, value in values.items() if task[place] == key), 5) for key in keys
    }


def markdown(
    table: Sequence[Mapping[str, Any]], recipe: Recipe, categories: Sequence[str], seeds: Sequence[int]
) -> str:
    """The table for people, with what must be known to read it."""
    heads = ["what is changed"]
    for title in FIGURES.values():
        heads += [title, "difference"]
    heads += ["seconds to train", "trainings"]
    lines = [heads, ["---"] * len(heads), *map(_line, table)]
    notes = [f"Recipe: {recipe.preset}, teacher {recipe.config().teacher}{_listed(recipe.changes)}."]
    notes += [NOTE.format(categories=", ".join(categories), seeds=", ".join(map(str, seeds)))]
    for figure, title in FIGURES.items():
        left_out = {name: why for row in table for name, why in row[figure]["left_out"].items()}
        notes += [f"{title} without {name}: {why}." for name, why in left_out.items()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n\n" + "\n".join(notes) + "\n"


def _line(row: Mapping[str, Any]) -> list[str]:
    cells = [row["title"]]
    for figure in FIGURES:
        found = row[figure]
        within = "" if not found["range"] else " ({:.3f}–{:.3f})".format(*found["range"])
        cells += ["–" if found["mean"] is None else f"{found['mean']:.3f}{within}"]
        same = row["row"] == FIRST or found["difference"] is None
        cells += ["" if same else f"{found['difference']:+.3f}".replace("-", "−")]
    seconds = "–" if row["seconds"] is None else f"{row['seconds']:.0f}"
    return [*cells, seconds, f"{row['trainings']} of {row['wanted']}"]


def _changes(row: Row, base: TrainConfig) -> bool:
    return any(getattr(base, name) != value for name, value in row.changes.items())


def _listed(changes: Mapping[str, str]) -> str:
    return "".join(f", {name} {value}" for name, value in changes.items())
