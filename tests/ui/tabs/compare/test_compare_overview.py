"""The Compare tab's part on all test images, without a page."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from compare_models import RATE, both, choice, given, of_variant, seen, shows, without

from favae_demo.evaluation.protocol import evaluate
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.compare.image_view import ComparedImage, compare_image
from favae_demo.ui.tabs.compare.overview import (
    Overview,
    disagreements,
    measure_label,
    measure_waiting,
)
from favae_demo.ui.tabs.compare.overview_html import counts_html, figures_html, roc_html
from favae_demo.ui.tabs.compare.values import measured_values, rate_values

pytest_plugins = ["trained_widget", "compare_models"]


def test_what_is_not_measured_is_offered_with_the_time_it_takes(fresh: Services) -> None:
    values = measured_values(fresh, choice(fresh), RATE, None)
    assert given(values["measure"])["value"] == "Measure all models on all 12 test pictures"
    assert shows(values["measure"])
    assert values["counts"] == ""
    *_, last = compare_image(
        fresh, both(fresh), ComparedImage.of_test(fresh, fresh.sample("widget", 5)), RATE
    )
    view = seen(fresh)
    assert re.fullmatch(
        r"Measure all models on all 12 test pictures \(about \d+ s\)", measure_label(view, last)
    )


def test_measuring_shows_its_progress_and_then_the_protocols_figures(fresh: Services) -> None:
    bars = list(measure_waiting(seen(fresh), fresh))
    assert "Widget: measuring VAE (model 1 of 2), 0 of 12 pictures" in bars[0]
    assert any("measuring VAE + VGG16 (model 2 of 2), working out its figures" in bar for bar in bars)
    shares = [int(re.search(r'valuenow="(\d+)"', bar)[1]) for bar in bars[:-1]]
    assert shares == sorted(shares)
    assert bars[-1] == ""
    view = seen(fresh)
    assert (list(view.results), view.waiting, view.problems) == (list(both(fresh)), {}, ())
    for path, one in both(fresh).items():
        expected = evaluate(fresh.registry.detector(one.model.path), view.category)
        result = view.results[path]
        assert result.measured.figures == expected.figures
        np.testing.assert_array_equal(result.measured.scores, expected.scores)
        threshold = fresh.registry.detector(one.model.path).thresholds(RATE)["image"].value
        np.testing.assert_array_equal(result.alarms, expected.scores > threshold)


def test_kept_results_need_no_model_in_memory(
    two_models: Services, measured: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {path: one.threshold for path, one in measured.results.items()}
    for path in both(two_models):
        detector = two_models.registry.detector(Path(path))
        assert expected[path] == detector.thresholds(RATE)["image"].value
    monkeypatch.setattr(two_models.registry, "detector", None)
    again = seen(two_models)
    assert {path: one.threshold for path, one in again.results.items()} == expected


def test_only_the_model_that_waits_is_measured(fresh: Services, measured: Overview) -> None:
    plain, other = both(fresh)
    waiting = replace(measured, waiting={other: both(fresh)[other]})
    assert measure_label(waiting, None) == "Measure VAE + VGG16 on all 12 test pictures"
    list(measure_waiting(waiting, fresh))
    view = seen(fresh)
    assert (list(view.results), list(view.waiting)) == ([other], [plain])
    assert measured_values(fresh, choice(fresh), RATE, None)["about_disagree"] == text.compare.ONE_MODEL


def test_a_model_that_cannot_be_measured_is_said_and_stops_no_other(
    fresh: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = seen(fresh)
    without(fresh, "none", monkeypatch)
    *_, last = measure_waiting(view, fresh)
    assert "VAE could not be measured. This model has been deleted meanwhile" in last
    assert of_variant(fresh, "vgg16") in seen(fresh).results


def test_disagreements_are_the_pictures_with_different_verdicts(
    two_models: Services, measured: Overview
) -> None:
    plain, nervous = (result.alarms for result in measured.results.values())
    differing = [
        sample for sample, a, b in zip(measured.category.test, plain, nervous, strict=True) if a != b
    ]
    found = disagreements(measured)
    assert [one.sample for one in found] == differing
    assert len(found) > 0
    for one in found:  # the second model calls everything defect
        name = f"{one.sample.defect} {one.sample.path.stem}"
        assert one.caption in (
            f"{name}: found by VAE + VGG16, missed by VAE",
            f"{name}: false alarm by VAE + VGG16, correct verdict by VAE",
        )
        assert one.sample.is_good == ("false alarm" in one.caption)
    values = measured_values(two_models, choice(two_models), RATE, None)
    assert values["keys"] == [sample.key for sample in differing]
    assert [caption for _, caption in given(values["disagree"])["value"]] == [one.caption for one in found]
    assert values["about_disagree"].startswith(f"{len(found)} of 12 pictures")


def test_models_that_agree_and_a_single_model_are_sentences(two_models: Services, measured: Overview) -> None:
    same = next(iter(measured.results.values()))
    assert disagreements(replace(measured, results={"one": same, "other": same})) == []
    assert disagreements(replace(measured, results={"one": same})) == []


def test_finds_and_false_alarms_are_counted_in_words(measured: Overview) -> None:
    words, plain = counts_html(measured), next(iter(measured.results.values()))
    found = int(plain.alarms[measured.labels].sum())
    alarms = int(plain.alarms[~measured.labels].sum())
    assert f"{found} of 8 defects found, {8 - found} missed; false alarms: {alarms} of 4 good parts" in words
    assert "8 of 8 defects found, 0 missed; false alarms: 4 of 4 good parts." in words


def test_another_rate_moves_verdicts_and_counts(two_models: Services, measured: Overview) -> None:
    source = ComparedImage.of_test(two_models, two_models.find("widget", "spot/000.png"))
    *_, last = compare_image(two_models, both(two_models), source, RATE)
    values = rate_values(two_models, choice(two_models), 0.2, last)
    plain = of_variant(two_models, "none")
    threshold = two_models.registry.detector(Path(plain)).thresholds(0.2)["image"].value
    assert values["comparison"].answers[plain].found.threshold == threshold
    assert seen(two_models, 0.2).results[plain].threshold == threshold
    assert values["counts"] == counts_html(seen(two_models, 0.2))


def test_the_charts_name_every_model_with_its_area(measured: Overview) -> None:
    html = roc_html(measured)
    for curve, figure in (("per picture", "image_auroc"), ("per pixel", "pixel_auroc")):
        words = " and ".join(
            f"{one.title} {one.measured.figures[figure]:.3f}" for one in measured.results.values()
        )
        assert html.count(f'alt="ROC curves {curve}: {words}."') == 2  # light and dark


def test_the_table_holds_every_figure_and_marks_the_best(measured: Overview) -> None:
    html = figures_html(measured)
    for name, (title, _) in text.compare.FIGURES.items():
        values = [round(one.measured.figures[name], 3) for one in measured.results.values()]
        assert title in html
        for value in values:
            assert (f"<b>{value:.3f}</b>" if value == max(values) else f"{value:.3f}") in html


def test_a_figure_that_the_data_cannot_give_has_a_reason_and_no_curve(measured: Overview) -> None:
    reason = "needs at least 2 good test pictures, there are 1"
    lacking = {"image_auroc": None, "f1_max": None}
    results = {
        teacher: replace(
            one,
            measured=replace(
                one.measured,
                figures=one.measured.figures | lacking,
                reasons=dict.fromkeys(lacking, reason),
                image_roc=None,
            ),
        )
        for teacher, one in measured.results.items()
    }
    view = replace(measured, results=results)
    assert figures_html(view).count(f"– Image AUROC: {reason}") == 1
    assert figures_html(view).split("Training")[0].count("<td>–</td>") == 4
    assert f"Per picture: there is no curve. {reason}" in roc_html(view)
    assert "ROC curves per pixel" in roc_html(view)


def test_the_table_says_what_each_model_costs(measured: Overview) -> None:
    costs = {"seconds": 91.4, "milliseconds": None, "megabytes": 2.34}
    results = {teacher: replace(one, costs=costs) for teacher, one in measured.results.items()}
    rows = figures_html(replace(measured, results=results)).split("Training")[1]
    assert re.findall("<td>(.*?)</td>", rows) == ["91"] * len(results) + ["–"] * len(results) + ["2.3"] * len(
        results
    )


def test_a_test_picture_that_is_gone_is_a_sentence(fresh: Services, tmp_path: Path) -> None:
    category = fresh.category("widget")
    lost = replace(category.test[0], path=tmp_path / "lost.png")
    view = _overview_of(fresh, replace(category, samples=(lost, *category.test[1:])))
    assert "has been moved or deleted" in view.problems[0]
    assert view.results == {}


def _overview_of(services: Services, category) -> Overview:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "category", lambda *_: category)
        return seen(services)
