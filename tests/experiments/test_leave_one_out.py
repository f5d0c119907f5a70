"""The row that the other categories choose: never by the category itself, never by test pictures."""

from pathlib import Path

import pytest

from favae_demo.core.files import write_json
from favae_demo.experiments import ablation
from favae_demo.experiments.ablation import FIRST, ROWS, AblationRecipe
from favae_demo.experiments.leave_one_out import choose_rows, to_markdown

CATEGORIES = ("pill", "screw", "grid")
NAMES = {FIRST: ROWS[FIRST], "max": ROWS["max"]}
# Synthetic AUROC and image AUROC by row and category.
FIGURES = {
    FIRST: {"pill": (0.9, 0.95), "screw": (0.8, 0.90), "grid": (0.2, None)},
    "max": {"pill": (0.7, 0.97), "screw": (0.7, 0.99), "grid": (0.9, None)},
}


def table(tmp_path: Path, figures=FIGURES) -> dict[str, dict]:
    tasks = ablation.training_tasks(NAMES, tmp_path, AblationRecipe("quick"), CATEGORIES, [0])
    for name, found in figures.items():
        for category, (synthetic, image) in found.items():
            metrics = {"pixel_auroc": 0.9, "image_auroc": image, "aupro": 0.9, "synthetic_auroc": synthetic}
            write_json(tasks[name][category, 0].target, {"metrics": metrics})
    return {row["category"]: row for row in choose_rows(NAMES, tasks)}


def test_each_category_gets_the_row_that_the_others_choose(tmp_path: Path) -> None:
    found = table(tmp_path)
    assert {category: row["chosen"] for category, row in found.items()} == {
        "pill": "max",  # .5 against .8 over screw and grid
        "screw": "max",
        "grid": FIRST,
    }
    assert found["pill"]["by"] == pytest.approx(0.8)
    assert found["screw"]["image_auroc"] == {"chosen": 0.99, "as_it_is": 0.90, "best": 0.99}
    assert found["grid"]["image_auroc"] == {"chosen": None, "as_it_is": None, "best": None}


def test_its_own_figure_and_test_figures_choose_nothing(tmp_path: Path) -> None:
    turned = {name: dict(found) for name, found in FIGURES.items()}
    turned[FIRST]["pill"], turned["max"]["pill"] = (0.0, 0.0), (1.0, 1.0)
    assert table(tmp_path, turned)["pill"]["chosen"] == "max"
    turned[FIRST]["pill"], turned["max"]["pill"] = (1.0, 1.0), (0.0, 0.0)
    assert table(tmp_path, turned)["pill"]["chosen"] == "max"


def test_a_row_that_is_not_done_is_not_chosen(tmp_path: Path) -> None:
    part = {FIRST: FIGURES[FIRST], "max": {"pill": FIGURES["max"]["pill"]}}
    found = table(tmp_path, part)
    assert {row["chosen"] for row in found.values()} == {FIRST}
    assert "| pill | as it is | 0.500 |" in to_markdown(list(found.values()), NAMES)
