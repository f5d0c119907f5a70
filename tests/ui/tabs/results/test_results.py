"""The Results tab's handlers, without a page."""

import json
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from measured_results import PLAIN, RATE

from favae_demo.cli import main
from favae_demo.core.errors import CheckpointError, ConfigError, DataError
from favae_demo.data.mvtec import Category
from favae_demo.evaluation import operating_point, protocol
from favae_demo.scoring.multiples import format_number, multiple
from favae_demo.ui import text
from favae_demo.ui.choices import RECOMMENDED_RATE
from favae_demo.ui.components.measurement import measure_models
from favae_demo.ui.selection import Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.results import charts
from favae_demo.ui.tabs.results import tab as results_tab
from favae_demo.ui.tabs.results import view as results_view
from favae_demo.ui.tabs.results.api import category_results
from favae_demo.ui.tabs.results.charts import curves_html, histogram_html
from favae_demo.ui.tabs.results.tables import figures_html, kinds_html
from favae_demo.ui.tabs.results.values import (
    OPENING,
    about_marked,
    cell_values,
    opening,
    threshold_values,
    without_unchanged_galleries,
)
from favae_demo.ui.tabs.results.view import (
    BEST_F1,
    HAND,
    ResultsView,
    ThresholdChoice,
    cached_result,
    data_notes,
    load_view,
)

pytest_plugins = ["trained_widget", "compare_models", "measured_results"]


def given(update: Any) -> dict:
    """What an update of a component sets."""
    return update.constructor_args


def with_data(view: ResultsView, change) -> ResultsView:
    """The view with other test pictures."""
    samples = tuple(one for one in map(change, view.category.samples) if one is not None)
    return replace(view, category=Category("widget", view.category.root, samples), results={})


def fewer_good(sample):
    return None if sample.split == "test" and sample.is_good and sample.path.stem != "000" else sample


def test_nothing_is_measured_unasked(fresh: Services) -> None:
    values = opening(fresh, "widget", None, ThresholdChoice(RATE))
    chosen = given(values["model"])["value"]
    others = [title for title in ("VAE", "VAE + VGG16") if (title == "VAE") != chosen.endswith(PLAIN)]
    titles = [*({"VAE", "VAE + VGG16"} - set(others)), *others]
    assert given(values["measure"])["value"] == f"Measure {' and '.join(titles)} on all 12 test pictures"
    assert values["about_limit"] == values["histogram"] == ""
    assert values["figures"].count(text.results.NOT_MEASURED) == 1
    assert f"VAE{text.results.STAR}</th>" in values["figures"]  # that model brings its figures along
    assert values["figures"].count("4 / 8") == 1
    assert values["figures"].count(text.results.NO_SUCH_MODEL) == 1
    assert not (fresh.settings.cache_dir / "evaluations").exists()


def test_tab_endpoint_and_command_line_give_the_same_numbers(
    measured: Services, view: ResultsView, capsys: pytest.CaptureFixture
) -> None:
    found = category_results(measured, "widget", "none", RATE / 100)
    path, data = str(measured.settings.checkpoint_dir / PLAIN), str(measured.settings.data_dir)
    assert main.main(["evaluate", "--checkpoint", path, "--data", data, "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    same = told.keys() - {"seconds"}
    assert {name: found[name] for name in same} == {name: told[name] for name in same}
    assert view.result.measured.figures == {name: told[name] for name in view.result.measured.figures}
    # The limit is the detector's, and the verdicts are those of Detect.
    detector = measured.registry.detector(Path(path))
    assert (
        found["limit"]
        == detector.thresholds(RATE / 100)["image"].value
        == view.result.threshold(ThresholdChoice(RATE)).value
    )
    counts = found["confusion"]
    assert counts == vars(operating_point.confusion(view.result.measured, found["limit"]))
    assert sum(counts.values()) == told["n_good"] + told["n_defect"] == 12
    assert [row["kind"] for row in found["by_kind"]] == ["good", "scratch", "spot"]
    json.dumps(found)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (("widget", "none", 5), ConfigError),
        (("widget", "vgg19", 0.1), CheckpointError),
        (("gadget", "none", 0.1), CheckpointError),
    ],
)
def test_a_bad_order_is_refused(order: tuple, error: type, measured: Services) -> None:
    with pytest.raises(error):
        category_results(measured, *order)


def test_a_model_without_images_cannot_be_measured(measured: Services, tmp_path: Path) -> None:
    alone = Services(replace(measured.settings, data_dir=tmp_path), measured.registry)
    with pytest.raises(DataError, match="no test pictures"):
        category_results(alone, "widget", "none", 0.1)


def test_the_chosen_model_is_measured_first_and_stopping_keeps_it(fresh: Services) -> None:
    chosen = str(fresh.settings.checkpoint_dir / PLAIN)
    view, stop = load_view(fresh, "widget", chosen), Event()
    assert list(view.waiting) == ["VAE", "VAE + VGG16"]
    bars = []
    for bar in measure_models(fresh, view.category, view.waiting, stop):
        bars.append(bar)
        if "model 2 of 2" in bar:
            stop.set()
    assert text.compare.MEASURING_STOPPED in bars[-1]
    assert list(load_view(fresh, "widget", chosen).results) == ["none"]


def test_the_threshold_decides_counts_words_and_images(measured: Services, view: ResultsView) -> None:
    scores = view.result.measured.scores
    everything = threshold_values(measured, view, ThresholdChoice(RATE, HAND, 0.0), "alarms")
    assert everything["found"] == text.results.CELLS["found"].format(n=8)
    assert everything["pictures_keys"] == [f"test/good/{i:03}.png" for i in range(4)]
    assert "false alarms: 4 of 4 good parts" in everything["about_limit"]
    highest = 1.001 * multiple(float(scores.max()), view.result.recommended)
    nothing = threshold_values(measured, view, ThresholdChoice(RATE, HAND, highest), "missed")
    assert nothing["missed"] == text.results.CELLS["missed"].format(n=8)
    assert "0 of 8 defects found" in nothing["about_limit"]
    assert len(given(nothing["pictures"])["value"]) == 8
    above = sum(score > scores.max() for score in view.result.model.card.good_scores.images)
    assert f"by hand: {above} of 12 good" in nothing["about_limit"]


def test_the_threshold_is_a_multiple_of_the_recommended_one(measured: Services, view: ResultsView) -> None:
    recommended = ThresholdChoice(RECOMMENDED_RATE)
    assert (
        "Limit: 1.0 × the recommended one"
        in threshold_values(measured, view, recommended, "missed")["about_limit"]
    )
    values = threshold_values(measured, view, ThresholdChoice(RATE, HAND, 2.0), "missed")
    assert "Limit: 2.0 × the recommended one" in values["about_limit"]
    assert given(values["by_hand"])["value"] == 2.0
    assert view.result.threshold(ThresholdChoice(RATE, HAND, 2.0)).value == 2 * view.result.recommended


def test_the_best_f1_threshold_says_that_it_uses_test_labels(measured: Services, view: ResultsView) -> None:
    values = threshold_values(measured, view, ThresholdChoice(RATE, BEST_F1), "missed")
    assert "uses the test labels" in values["about_limit"]
    counts = operating_point.confusion(view.result.measured, view.result.best_f1)
    f1 = 2 * counts.found / (2 * counts.found + counts.missed + counts.alarms)
    assert f1 == pytest.approx(view.result.measured.figures["f1_max"])


def test_marked_defects_say_what_the_limit_would_have_to_be(view: ResultsView) -> None:
    measured = view.result.measured
    assert about_marked(view.result, 1.0) == ""
    keys = tuple(key.replace("/spot/", "/marked/") for key in measured.keys)
    marked = replace(view.result, measured=replace(measured, keys=keys))
    scores = measured.scores[["/spot/" in key for key in measured.keys]]
    assert text.feedback.ALL_FOUND.format(count=4) in about_marked(marked, float(scores.min()) / 2)
    said = about_marked(marked, float(scores.max()))
    assert "4 of 4 pictures marked as a defect" in said
    assert f"have to be {format_number(multiple(float(scores.min()), marked.recommended))} ×" in said


def test_too_few_held_out_images_are_said(measured: Services, view: ResultsView) -> None:
    assert (
        text.results.TOO_FEW.format(missing=87)
        in threshold_values(measured, view, ThresholdChoice(1.0), "missed")["about_limit"]
    )
    assert (
        "more are needed"
        not in threshold_values(measured, view, ThresholdChoice(RATE), "missed")["about_limit"]
    )


def test_moving_the_threshold_draws_no_chart_and_runs_no_model(
    measured: Services, view: ResultsView, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (
        histogram_html(view.result, ThresholdChoice(RATE)),
        curves_html(view.result, ThresholdChoice(RATE), "image"),
    )
    monkeypatch.setattr(charts, "render_chart", None)
    monkeypatch.setattr(measured.registry, "detector", None)
    scores = view.result.measured.scores
    called = np.mean(scores > view.result.threshold(ThresholdChoice(RATE)).value)
    value = 2 * scores.max() if called else 0.5 * scores.min()
    other = ThresholdChoice(RATE, HAND, multiple(value, view.result.recommended))
    values = threshold_values(
        measured, load_view(measured, "widget", str(view.result.model.path)), other, "missed"
    )
    assert values["histogram"] != before[0]
    assert values["image_curves"] != before[1]
    assert values["kinds"] != kinds_html(view.result, ThresholdChoice(RATE))


def test_galleries_that_would_show_the_same_are_not_sent_again(measured: Services, view: ResultsView) -> None:
    values = threshold_values(measured, view, ThresholdChoice(RATE), "found")
    sent = without_unchanged_galleries(
        values, {"pictures": values["pictures_keys"], "best": [], "worst": values["worst_keys"]}
    )
    assert values.keys() - sent.keys() == {"pictures", "worst"}


def test_a_cell_opens_its_images(measured: Services, view: ResultsView) -> None:
    for cell, keys in operating_point.cells(
        view.result.measured, view.result.threshold(ThresholdChoice(RATE)).value
    ).items():
        values = cell_values(measured, view, ThresholdChoice(RATE), cell)
        assert values["pictures_keys"] == keys
        assert len(given(values["pictures"])["value"]) == len(keys)
        assert text.results.SHOWN[cell] in values["about_pictures"]


def test_few_good_images_means_the_same_as_in_the_protocol() -> None:
    assert results_view.MIN_GOOD == protocol.MIN_GOOD


def test_odd_data_are_explained(view: ResultsView) -> None:
    assert list(data_notes(view)) == []
    assert list(data_notes(with_data(view, lambda one: replace(one, mask_path=None)))) == [
        text.results.NO_MASKS
    ]
    some = with_data(view, lambda one: one if one.defect == "spot" else replace(one, mask_path=None))
    assert list(data_notes(some)) == [text.results.SOME_MASKS.format(pictures="4 pictures")]
    assert list(data_notes(with_data(view, fewer_good))) == [text.results.FEW_GOOD.format(good=1)]
    assert list(data_notes(with_data(view, lambda one: one if one.is_good else None))) == [
        text.results.NO_DEFECTS
    ]
    assert list(data_notes(with_data(view, lambda one: one if one.split == "train" else None))) == [
        text.results.NO_TESTS
    ]


def test_with_one_good_image_the_rest_is_shown(
    measured: Services, fresh: Services, view: ResultsView
) -> None:
    few = with_data(view, fewer_good)
    list(measure_models(fresh, few.category, {"VAE": view.result.model}))
    result = cached_result(fresh, view.result.model, few.category)
    shown = replace(few, results={"none": result}, chosen="none")
    table = figures_html(shown)
    assert f"{result.measured.figures['pixel_auroc']:.3f}" in table
    assert "needs at least 2 good test pictures" in table
    curves = curves_html(result, ThresholdChoice(RATE), "image")
    assert "there is no curve" in curves
    assert "<img" in curves_html(result, ThresholdChoice(RATE), "pixel")
    values = threshold_values(fresh, shown, ThresholdChoice(RATE, BEST_F1), "found")
    assert "false-alarm rate" in values["about_limit"]  # there is no best F1


def test_without_category_model_or_images_the_tab_says_so(measured: Services, tmp_path: Path) -> None:
    assert opening(measured, None, None, ThresholdChoice())["about_limit"] == ""
    unknown = opening(measured, "gadget", None, ThresholdChoice())
    assert text.results.NO_TESTS in unknown["about_data"]
    assert text.results.NO_MODEL in unknown["about_data"]


def test_the_tab_shows_what_the_page_shows_and_keeps_its_limit_for_it(measured: Services) -> None:
    chosen = str(measured.settings.checkpoint_dir / PLAIN)

    def shown(selection: Selection, *values: Any) -> dict[str, Any]:
        (values,) = results_tab.show_selected(measured, selection, *values)
        return dict(zip(OPENING, values, strict=True))

    page, own = Selection("widget", chosen, rate=RATE), ThresholdChoice(RATE, HAND, 3.0)
    first = shown(page, None, None, None, "missed")
    assert given(first["model"])["value"] == chosen
    assert first["choice"] == ThresholdChoice(RATE)
    assert shown(page, "widget", chosen, own, "found")["choice"] == own
    assert shown(page, "other", None, own, "found")["choice"] == ThresholdChoice(RATE)
    assert shown(replace(page, rate=2.0), "widget", chosen, own, "found")["choice"] == ThresholdChoice(2)
