"""Ablation studies: a preset trained with and without each of its elements, over several categories and seeds.

Each row of `ROWS` maps settings to the values that replace the preset's.
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
from favae_demo.experiments.training_task import TrainingTask, config_digest
from favae_demo.runs.pipeline import reevaluate
from favae_demo.training.run_folder import RunFolder

KIND = "ablation"
FIRST = "as-it-is"
FIGURES = {"pixel_auroc": "pixel AUROC", "image_auroc": "image AUROC", "aupro": "AUPRO"}
NOTE = (
    "Means over {categories}; seeds {seeds}; in brackets the range of a seed's mean. A difference is that of the trainings which both rows have. "
    "Seconds to train: teacher features included, unless an earlier training with the same pictures left them in the cache."
)


def _always(_: TrainConfig) -> bool:
    return True


def _has_vgg(config: TrainConfig) -> bool:
    return config.teacher.startswith("vgg")


def _is_extended(config: TrainConfig) -> bool:
    return config.latent_side > 1


def _has_teacher(config: TrainConfig) -> bool:
    return config.teacher != "none"


@dataclass(frozen=True)
class AblationRow:
    """One row of the table.

    Attributes:
        title: The change, for display.
        changes: Values of settings that replace the preset's.
        applies: Returns whether the row is of interest for given settings. A row that changes nothing is always left out.
    """

    title: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    applies: Callable[[TrainConfig], bool] = _always


ROWS: dict[str, AblationRow] = {
    FIRST: AblationRow("as it is"),
    "no-averaging": AblationRow("no averaging of the weights", {"weight_average": 0.0}),
    "constant-rate": AblationRow("constant learning rate", {"decay": "none"}),
    "adam": AblationRow("Adam for all weights", {"optimiser": "adam", "learning_rate": 4e-3}, _is_extended),
    "relu": AblationRow("teacher features after the ReLU", {"tap": "relu"}, _has_vgg),
    "sum": AblationRow("error maps added as they are", {"score": "sum"}, _has_teacher),
    "max": AblationRow("highest value of the map as image score", {"image_score": "max"}),
    "no-augmentation": AblationRow("no augmentation", {"views": 0}),
    "eight-bits": AblationRow("weights kept in 8 bits", {"weight_bits": 8}),
    "channels": AblationRow(
        "errors weighed by channel, not by covariance", {"score": "channels"}, _is_extended
    ),
    "one-code": AblationRow(
        "one code for the whole picture", {"latent_side": 1, "latent": 100}, _is_extended
    ),
    "from-picture": AblationRow(
        "looks at the picture, not at features", {"encoder": "picture"}, _is_extended
    ),
    "small-picture": AblationRow("pictures of 128×128", {"image_size": 128}, _is_extended),
    "not-upright": AblationRow("parts as they lie", {"align": False}, _is_extended),
    "pixels": AblationRow("the pixels' error counts too", {"pixel_weight": 1.0}, _is_extended),
    "alone": AblationRow(
        "errors of each place alone, without its neighbours'", {"neighbours": False}, _is_extended
    ),
    "top-3": AblationRow("image score from the highest 3 %", {"top_share": 0.03}, _is_extended),
    "unbalanced": AblationRow(
        "layers weighed by their size in the loss", {"balance_layers": False}, _is_extended
    ),
    "smooth-4": AblationRow("error maps smoothed more (σ = 4)", {"blur": 4.0}, _is_extended),
    "varied": AblationRow("turned, cropped and mirrored copies", {"views": 600}, _is_extended),
    "no-memory": AblationRow("no memory of patches", {"memory": 0}, _is_extended),
    "whitened-memory": AblationRow(
        "patches compared where good parts vary alike", {"memory_whitened": True}, _is_extended
    ),
    "strict": AblationRow("changes of light and camera count fully", {"nuisance": 0.0}, _is_extended),
    "not-registered": AblationRow("pictures not registered", {"register": False}, _is_extended),
    "vgg16": AblationRow("teacher VGG16", {"teacher": "vgg16"}, _is_extended),
}

RunKey = tuple[str, int]
"""Category and seed of a training."""
StoredFigures = dict[str, Any]
"""The figures of one training, as `save_figures` writes them."""


@dataclass(frozen=True)
class AblationRecipe:
    """The settings that the rows change.

    Attributes:
        preset: Name of the preset.
        teacher: Teacher that replaces the preset's, or None.
        changes: Further values that replace the preset's, as text.
    """

    preset: str
    teacher: str | None = None
    changes: Mapping[str, str] = field(default_factory=dict)

    def config(self, category: str | None = None, **changes: Any) -> TrainConfig:
        """Returns the settings for a category.

        Raises:
            ConfigError: A setting is unknown or out of range.
        """
        teacher = {} if self.teacher is None else {"teacher": self.teacher}
        return replace(make_config(self.preset, category, **teacher).with_text(self.changes), **changes)


def select_rows(recipe: AblationRecipe, only: Collection[str] = ()) -> dict[str, AblationRow]:
    """Returns the rows that apply to a recipe, by name; the unchanged recipe is always the first.

    Args:
        recipe: The settings that they change.
        only: Names of the wanted rows; empty selects all that apply.

    Raises:
        ConfigError: A row does not exist, or changes nothing of this recipe.
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


def training_tasks(
    rows: Mapping[str, AblationRow],
    out: Path,
    recipe: AblationRecipe,
    categories: Sequence[str],
    seeds: Sequence[int],
) -> dict[str, dict[RunKey, TrainingTask]]:
    """Returns the tasks by row and by category and seed; each writes its figures to a file in the folder `out`."""

    def task(name: str, row: AblationRow, category: str, seed: int) -> TrainingTask:
        config = recipe.config(category, seed=seed, **row.changes)
        # The digest keeps figures of other settings apart, as those of an earlier version of the preset.
        target = out / f"{name}-{category}-{seed}-{config_digest(config)}.json"
        return TrainingTask(
            f"{row.title}: {category}, seed {seed}", KIND, category, config, target, save_figures
        )

    return {
        name: {(category, seed): task(name, row, category, seed) for category in categories for seed in seeds}
        for name, row in rows.items()
    }


def save_figures(task: TrainingTask, folder: RunFolder, settings: Settings) -> None:
    """Writes the figures of a finished run and of its variants with other scoring settings; the model itself is not kept."""
    card = read_card(folder.model)
    about = {
        "category": task.category,
        "version": card.version,
        "training": card.training,
        "data": card.data,
    }
    figures_of: dict[TrainConfig, dict[str, Any]] = {}
    for target, config in ((task.target, task.config), *task.variants):
        if target.is_file():
            continue
        if config not in figures_of:
            figures_of[config] = reevaluate(folder, config, settings)
        write_json(target, about | {"config": config.to_dict(), "metrics": figures_of[config]})


def summarise(
    rows: Mapping[str, AblationRow], tasks_by_row: Mapping[str, Mapping[RunKey, TrainingTask]]
) -> list[dict[str, Any]]:
    """Returns the rows of the table, JSON-serialisable, over all finished trainings; each row states how many there are."""
    done = {
        name: {key: read_json(task.target) for key, task in tasks.items() if task.is_done}
        for name, tasks in tasks_by_row.items()
    }
    return [
        {
            "row": name,
            "title": row.title,
            "changes": dict(row.changes),
            "trainings": len(done[name]),
            "wanted": len(tasks_by_row[name]),
            "seconds": round(mean(figures["training"]["seconds"] for figures in done[name].values()), 1)
            if done[name]
            else None,
        }
        | {figure: _figure(figure, done[name], done[FIRST]) for figure in FIGURES}
        for name, row in rows.items()
    ]


def _figure(
    name: str, own: Mapping[RunKey, StoredFigures], first: Mapping[RunKey, StoredFigures]
) -> dict[str, Any]:
    """Returns a figure's mean, its range over seeds, its difference to the first row, and the categories in which it is undefined."""
    known, theirs = _known(name, own), _known(name, first)
    both = known.keys() & theirs.keys()
    seeds = _means(known, place=1)
    return {
        "mean": round(mean(known.values()), 5) if known else None,
        "range": [min(seeds.values()), max(seeds.values())] if len(seeds) > 1 else None,
        "difference": round(mean(known[key] - theirs[key] for key in both), 5) if both else None,
        "categories": _means(known, place=0),
        "left_out": {
            key[0]: figures["metrics"].get("reasons", {}).get(name, "it was not measured")
            for key, figures in own.items()
            if key not in known
        },
    }


def _known(name: str, results: Mapping[RunKey, StoredFigures]) -> dict[RunKey, float]:
    values = {key: figures["metrics"].get(name) for key, figures in results.items()}
    return {key: value for key, value in values.items() if value is not None}


def _means(values: Mapping[RunKey, float], place: int) -> dict[Any, float]:
    """Returns the mean for each category (`place` 0) or for each seed (`place` 1)."""
    groups = dict.fromkeys(key[place] for key in values)
    return {
        group: round(mean(value for key, value in values.items() if key[place] == group), 5)
        for group in groups
    }


def to_markdown(
    table: Sequence[Mapping[str, Any]],
    recipe: AblationRecipe,
    categories: Sequence[str],
    seeds: Sequence[int],
) -> str:
    """Returns the table as Markdown, with notes on how to read it."""
    heads = ["what is changed"]
    for title in FIGURES.values():
        heads += [title, "difference"]
    heads += ["seconds to train", "trainings"]
    lines = [heads, ["---"] * len(heads), *map(_line, table)]
    notes = [f"Recipe: {recipe.preset}, teacher {recipe.config().teacher}{_listed(recipe.changes)}."]
    notes += [NOTE.format(categories=", ".join(categories), seeds=", ".join(map(str, seeds)))]
    for figure, title in FIGURES.items():
        left_out = {name: reason for row in table for name, reason in row[figure]["left_out"].items()}
        notes += [f"{title} without {name}: {reason}." for name, reason in left_out.items()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n\n" + "\n".join(notes) + "\n"


def _line(row: Mapping[str, Any]) -> list[str]:
    cells = [row["title"]]
    for figure in FIGURES:
        cell = row[figure]
        within = "" if not cell["range"] else " ({:.3f}–{:.3f})".format(*cell["range"])
        cells += ["–" if cell["mean"] is None else f"{cell['mean']:.3f}{within}"]
        same = row["row"] == FIRST or cell["difference"] is None
        cells += ["" if same else f"{cell['difference']:+.3f}".replace("-", "−")]
    seconds = "–" if row["seconds"] is None else f"{row['seconds']:.0f}"
    return [*cells, seconds, f"{row['trainings']} of {row['wanted']}"]


def _changes(row: AblationRow, base: TrainConfig) -> bool:
    return any(getattr(base, name) != value for name, value in row.changes.items())


def _listed(changes: Mapping[str, str]) -> str:
    return "".join(f", {name} {value}" for name, value in changes.items())
