"""Charts of the Results tab: drawn, saved one by one, and all in one file with their data."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from measured_results import PLAIN, RATE

from favae_demo.core.errors import DataError
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results.charts import curves_html, histogram_html
from favae_demo.ui.tabs.results.downloads import write_charts
from favae_demo.ui.tabs.results.view import (
    HAND,
    ResultsView,
    ThresholdChoice,
    load_view,
)

pytest_plugins = ["trained_widget", "compare_models", "measured_results"]


def test_charts_can_be_saved_and_say_what_they_show(view: ResultsView) -> None:
    page = histogram_html(view.result, ThresholdChoice(RATE)) + "".join(
        curves_html(view.result, ThresholdChoice(RATE), over) for over in ("image", "pixel")
    )
    assert page.count('data-save="png"') == page.count('data-save="svg"') == 5
    assert page.count("data:image/svg+xml") == 10
    assert "4 good and 8 defective" in page


def test_all_charts_are_one_file_with_their_data(measured: Services, view: ResultsView) -> None:
    model = str(measured.settings.checkpoint_dir / PLAIN)
    path = write_charts(measured, "widget", model, ThresholdChoice(RATE, HAND, 0.25))
    known = view.result.measured
    with zipfile.ZipFile(path) as packed:
        names = {Path(name).stem for name in packed.namelist()}
        assert names == {"scores", "image_roc", "image_pr", "pixel_roc", "pixel_pr"}
        assert sorted(packed.namelist()) == sorted(
            f"{name}.{kind}" for name in names for kind in ("svg", "png", "csv")
        )
        rows = {name: list(csv.reader(io.StringIO(packed.read(f"{name}.csv").decode()))) for name in names}
    assert [[float(x), float(y)] for x, y in rows["pixel_roc"][1:]] == np.stack(known.pixel_roc, 1).tolist()
    limits = {row[rows["scores"][0].index("limit")] for row in rows["scores"][1:]}
    assert {float(limit) for limit in limits} == {
        0.25 * load_view(measured, "widget", model).result.recommended
    }


def test_there_are_no_charts_of_a_model_that_is_not_measured(fresh: Services) -> None:
    with pytest.raises(DataError, match="not measured yet"):
        write_charts(fresh, "widget", None, None)
