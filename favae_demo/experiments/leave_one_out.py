"""Choice of a row of an ablation for each category by all the others, without test images: what a recipe is worth on data not chosen on."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from favae_demo.core.files import read_json
from favae_demo.experiments.ablation import FIGURES, FIRST, AblationRow, RunKey
from favae_demo.experiments.training_task import TrainingTask

CHOOSES = "synthetic_auroc"
NOTE = (
    "For each category the row is chosen that has the highest mean of `synthetic_auroc` over all *other* categories: how well held-out good "
    "pictures and changed copies of them are told from copies with a small synthetic defect. No test picture and no picture of the category "
    "itself takes part in the choice. Figures are those on the category's test pictures."
)


def choose_rows(
    rows: Mapping[str, AblationRow], tasks_by_row: Mapping[str, Mapping[RunKey, TrainingTask]]
) -> list[dict[str, Any]]:
    """Returns one row of the table for each category, JSON-serialisable.

    Args:
        rows: The rows of the ablation.
        tasks_by_row: Their trainings by category and seed; a row counts for a choice if all its trainings on the other categories are done.

    Returns:
        `category`, `chosen` (name of the row, None where too little is done), `by` (its mean over the other categories), and for each
        figure the mean over seeds of the chosen row, of the unchanged recipe (`as_it_is`), and of the row that is best here (`best`).
    """
    figures = {
        name: {key: read_json(task.target)["metrics"] for key, task in tasks.items() if task.is_done}
        for name, tasks in tasks_by_row.items()
    }
    categories = dict.fromkeys(key[0] for tasks in tasks_by_row.values() for key in tasks)
    return [_choice(rows, tasks_by_row, figures, category) for category in categories]


def to_markdown(table: Sequence[Mapping[str, Any]], rows: Mapping[str, AblationRow]) -> str:
    """Returns the table as Markdown, with a note on how to read it."""
    heads = ["category left out", "chosen on the others", "their mean"]
    for title in FIGURES.values():
        heads += [f"{title}: chosen", "as it is", "best row here"]
    lines = [heads, ["---"] * len(heads)]
    for row in table:
        title = rows[row["chosen"]].title if row["chosen"] else "–"
        cells = [row["category"], title, _number(row["by"])]
        for figure in FIGURES:
            cells += [_number(row[figure][which]) for which in ("chosen", "as_it_is", "best")]
        lines.append(cells)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{NOTE}\n"


def _choice(
    rows: Mapping[str, AblationRow],
    tasks_by_row: Mapping[str, Mapping[RunKey, TrainingTask]],
    figures: Mapping[str, Mapping[RunKey, Mapping[str, Any]]],
    category: str,
) -> dict[str, Any]:
    means = {}
    for name in rows:
        others = [key for key in tasks_by_row[name] if key[0] != category]
        values = [figures[name].get(key, {}).get(CHOOSES) for key in others]
        if values and None not in values:
            means[name] = mean(value for value in values if value is not None)
    chosen = max(means, key=lambda name: means[name]) if means else None
    result: dict[str, Any] = {
        "category": category,
        "chosen": chosen,
        "by": round(means[chosen], 5) if chosen else None,
    }
    for figure in FIGURES:
        here = {name: _here(figures[name], category, figure) for name in rows}
        known = [value for value in here.values() if value is not None]
        result[figure] = {
            "chosen": here[chosen] if chosen else None,
            "as_it_is": here[FIRST],
            "best": max(known, default=None),
        }
    return result


def _here(figures: Mapping[RunKey, Mapping[str, Any]], category: str, figure: str) -> float | None:
    values = [row.get(figure) for key, row in figures.items() if key[0] == category]
    known = [value for value in values if value is not None]
    return round(mean(known), 5) if known else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
