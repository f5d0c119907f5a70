"""Tables of figures in the Results tab: of our models, over all kinds of part, and of published methods."""

import html
import re
from dataclasses import replace

from favae_demo.evaluation.published import METHODS
from favae_demo.ui import text
from favae_demo.ui.tabs.results import tables
from favae_demo.ui.tabs.results.tables import figures_html, peers_html
from favae_demo.ui.tabs.results.view import (
    ResultsView,
)

pytest_plugins = ["trained_widget", "compare_models", "measured_results"]


def test_the_table_has_our_figures_beside_the_reports(view: ResultsView) -> None:
    ours = view.result.measured.figures
    bottle = figures_html(replace(view, name="bottle"))
    assert "Table 6.1" in bottle
    row = re.search(r'<th scope="row">VAE</th>(.*?)</tr>', bottle)[1]
    cells = re.findall("<td>(.*?)</td>", row)
    assert cells[:3] == [f"{ours['pixel_auroc']:.3f}", "0.450", f"{ours['image_auroc']:.3f}"]
    assert cells[-1] == "4 / 8"
    own = figures_html(view)
    assert "MVTec AD only" in own
    assert text.results.HEADS["report"][0] not in own


def test_a_model_that_is_not_measured_here_shows_the_figures_it_brings_along(view: ResultsView) -> None:
    model = view.models["none"]
    metrics = {"pixel_auroc": 0.8765, "aupro": None, "n_good": 20, "n_defect": 63}
    costs = {"seconds": 91.4, "milliseconds": 12.34}
    told = replace(model, card=replace(model.card, metrics=metrics, training=costs))
    own = figures_html(replace(view, models={"none": told}, results={}))
    cells = re.findall("<td>(.*?)</td>", own.split(f"VAE{text.results.STAR}</th>")[1].split("</tr>")[0])
    megabytes = f"{model.path.stat().st_size / 1e6:.1f}"
    assert cells == ["0.876", "–", "–", "–", "–", "–", "91", "12.3", megabytes, "20 / 63"]
    assert html.escape(text.results.TOLD) in own
    assert text.results.NOT_MEASURED not in own
    assert html.escape(text.results.TOLD) not in figures_html(view)


def test_ranks_over_all_count_the_kinds_of_part_that_all_models_have(two_models, monkeypatch) -> None:
    def newest(_: object, category: str) -> dict:
        figures = {"bolt": (0.9, 0.8), "nut": (0.7, 0.6), "pin": (0.5, None)}[category]
        known = dict(zip(("none", "vgg16"), figures, strict=True))
        return {
            variant: replace(
                model, card=replace(model.card, metrics={"image_auroc": one, "pixel_auroc": one})
            )
            for variant, one in known.items()
        }

    model = two_models.registry.models()[0]
    models = [replace(model, card=replace(model.card, category=name)) for name in ("bolt", "nut", "pin")]
    monkeypatch.setattr(type(two_models.registry), "models", lambda *_: models)
    monkeypatch.setattr(tables, "newest_variants", newest)
    found = tables.over_all_html(two_models)
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', found)
    assert [title for title, _ in rows] == ["VAE", "VAE + VGG16"]
    assert re.findall("<td>(.*?)</td>", rows[0][1]) == ["1.0", "0.800", "1.0", "0.800"]
    assert "over the 2 kinds of part" in found


def test_published_methods_name_size_and_source(view: ResultsView) -> None:
    peers = peers_html(replace(view, name="screw"))
    assert all(one.source in peers for one in METHODS if one.teacher is None and one.name != "FAVAE")
    assert "<td>224×224</td>" in peers
    assert "ours: 128×128" in peers
    assert peers_html(view) == ""
