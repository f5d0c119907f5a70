"""The table of methods, from rows of an index."""

from favae_demo.experiments.method_table import to_markdown


def row(category: str, name: str, image: float | None, **more: object) -> dict:
    metrics = {"image_auroc": image, "pixel_auroc": 0.9, "aupro": 0.8, "n_good": 3, "n_defect": 4}
    about = {"training": {"seconds": 12.3, "milliseconds": 4.56}, "bytes": 2_500_000, "seed": 0}
    return {"category": category, "name": name, "metrics": metrics} | about | more


def test_models_of_a_category_stand_by_rank_with_their_costs():
    lines = to_markdown(
        [row("pill", "ae", 0.7), row("pill", "padim", 0.8), row("pill", "x", None)]
    ).splitlines()
    assert [line.split(" | ")[1] for line in lines[2:5]] == ["padim", "ae", "x"]
    assert "| 1 | 12 | 4.6 | 2.5 | 3 / 4 |" in lines[2]
    assert "| – | 12 |" in lines[4]  # no figure, no rank


def test_ranks_over_all_are_of_categories_that_all_have():
    rows = [
        row("pill", "ae", 0.7),
        row("pill", "padim", 0.8),
        row("bolt", "ae", 0.9),
        row("bolt", "padim", None),
    ]
    table = to_markdown(rows)
    assert "image AUROC: mean rank (1 categories)" in table
    assert "| padim | 1.0 | 0.800 | 1.5 |" in table
    assert "Seed 0." in table


def test_a_model_that_was_never_timed_has_no_time():
    assert "| – | – | 2.5 |" in to_markdown([row("pill", "ae", 0.7, training={})])
