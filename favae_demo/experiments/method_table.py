"""The comparison of methods as Markdown: every figure and cost by category, and the ranks over all."""

from collections.abc import Mapping, Sequence
from typing import Any

from favae_demo.evaluation.ranking import ranks, standings

FIGURES = {
    "pixel_auroc": "pixel AUROC",
    "image_auroc": "image AUROC",
    "aupro": "AUPRO",
    "pixel_ap": "pixel AP",
    "f1_max": "F1-max",
}
RANKED = ("image_auroc", "pixel_auroc", "aupro")
NONE = "–"
NOTE = (
    "Seed {seeds}. Each model is trained on good pictures alone, and measured on all test pictures of its category by one protocol. Seconds of the "
    "training and milliseconds a picture (in batches, with PyTorch) are of this machine. Ranks over all count the categories in which every "
    "method has the figure."
)
Row = Mapping[str, Any]  # of `zoo.write_index`


def to_markdown(rows: Sequence[Row]) -> str:
    """Returns the tables: one of all models, and one of the ranks over all categories.

    Args:
        rows: Rows of the index of a folder with models, as from `zoo.write_index`.
    """
    heads = ["category", "model", *FIGURES.values(), "rank", "seconds", "ms a picture", "MB", "good / defect"]
    by_category: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_category.setdefault(row["category"], {})[row["name"]] = row
    lines = [line for category, models in by_category.items() for line in _lines(category, models)]
    seeds = ", ".join(sorted({str(row["seed"]) for row in rows}))
    return f"{_table(heads, lines)}\n{_over_all(by_category)}\n{NOTE.format(seeds=seeds)}\n"


def _lines(category: str, models: Mapping[str, Row]) -> list[list[str]]:
    order = ranks({name: row["metrics"].get("image_auroc") for name, row in models.items()})
    return [
        [
            category,
            name,
            *(_number(row["metrics"].get(figure)) for figure in FIGURES),
            f"{order[name]:g}" if name in order else NONE,
            _number(row["training"].get("seconds"), 0),
            _number(row["training"].get("milliseconds"), 1),
            _number(row["bytes"] / 1e6, 1),
            f"{row['metrics'].get('n_good', NONE)} / {row['metrics'].get('n_defect', NONE)}",
        ]
        for name, row in sorted(models.items(), key=lambda item: order.get(item[0], len(models) + 1))
    ]


def _over_all(by_category: Mapping[str, Mapping[str, Row]]) -> str:
    tables = {
        figure: standings(
            {
                category: {name: row["metrics"].get(figure) for name, row in models.items()}
                for category, models in by_category.items()
            }
        )
        for figure in RANKED
    }
    names = list(dict.fromkeys(name for table in tables.values() for name in table))
    heads = ["model"]
    for figure in RANKED:
        counted = next((one.categories for one in tables[figure].values()), 0)
        heads += [f"{FIGURES[figure]}: mean rank ({counted} categories)", "mean"]
    lines = []
    for name in names:
        own = [tables[figure].get(name) for figure in RANKED]
        cells = [(_number(one.rank, 1), _number(one.mean)) if one else (NONE, NONE) for one in own]
        lines.append([name, *(cell for pair in cells for cell in pair)])
    return _table(heads, lines)


def _number(value: float | None, digits: int = 3) -> str:
    return NONE if value is None else f"{value:.{digits}f}"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
