"""The Compare tab's handlers, without a page."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import gradio as gr
import numpy as np
import pytest

from favae_demo.data.images import save_png
from favae_demo.errors import CheckpointError, DataError, ImageError
from favae_demo.evaluation.protocol import evaluate
from favae_demo.ui import compare, text
from favae_demo.ui.compare_measured import Overview, disagreements, measure_label, measuring, overview
from favae_demo.ui.compare_report import counts_html, figures_html, roc_html
from favae_demo.ui.compare_values import OPENING, at_rate, look_at, look_at_key, measured_values, opening
from favae_demo.ui.compare_view import PANES, Answer, Picture, column, judged_again, looks, variants
from favae_demo.ui.services import Services
from favae_demo.viz import charts

pytest_plugins = ["trained_widget", "compare_models"]

RATE = 0.05


@pytest.fixture
def spot_picture(two_models: Services) -> Picture:
    """A picture with a defect."""
    return Picture.of_test(two_models, two_models.find("widget", "spot/000.png"))


@pytest.fixture
def measured(two_models: Services) -> Overview:
    """Both models on all test pictures."""
    for _ in measuring(overview(two_models, "widget", RATE), two_models):
        pass
    return overview(two_models, "widget", RATE)


@pytest.fixture
def fresh(two_models: Services, tmp_path: Path) -> Services:
    """The same models with nothing measured yet."""
    return Services(replace(two_models.settings, cache_dir=tmp_path / "cache"), two_models.registry)


def without(services: Services, teacher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the model of this teacher had been deleted after it was listed."""
    gone, load = variants(services, "widget")[teacher].path, services.registry.detector

    def detector(path: Path):
        if path == gone:
            raise CheckpointError("This model has been deleted meanwhile; choose another.")
        return load(path)

    monkeypatch.setattr(services.registry, "detector", detector)


def given(update: Any) -> dict:
    """What an update of a component sets."""
    return update.constructor_args


def shows(update: Any) -> bool:
    """Whether an update makes its component visible."""
    return given(update)["visible"]


def state(values: dict, teacher: str) -> str:
    """A column's state, by which the style sheet shows its panes and button."""
    return re.search(r'class="variant (\w+)"', values["verdict", teacher])[1]


def first_values(services: Services, category: str | None, key: str = "") -> dict:
    """Values of the opened tab, by name."""
    return dict(zip(OPENING, compare.first_look(services, category, key), strict=True))


# One picture


def test_models_answer_one_after_another(two_models: Services, spot_picture: Picture) -> None:
    steps = list(looks(two_models, "widget", spot_picture, RATE))
    assert [list(step.answers) for step in steps] == [
        [],
        ["none"],
        ["none", "vgg16"],
        ["none", "vgg16", "vgg19"],
    ]
    last = steps[-1].answers
    assert last["none"].found is not None
    assert last["vgg16"].found.is_defect
    assert (last["vgg19"].model, last["vgg19"].found, last["vgg19"].note) == (None, None, text.NO_MODEL)
    assert re.search(r"Took \d+ ms", last["none"].note)


def test_each_answer_is_the_one_of_its_model_alone(two_models: Services, spot_picture: Picture) -> None:
    *_, last = looks(two_models, "widget", spot_picture, RATE)
    for teacher, model in variants(two_models, "widget").items():
        alone = two_models.detect(model.path, two_models.picture(spot_picture.path), RATE)
        assert last.answers[teacher].found.score == pytest.approx(alone.score, rel=1e-6)
        assert last.answers[teacher].found.threshold == alone.threshold


def test_a_deleted_model_is_said_in_its_column_and_stops_no_other(
    two_models: Services, spot_picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(two_models, "none", monkeypatch)
    *_, last = looks(two_models, "widget", spot_picture, RATE)
    assert "deleted meanwhile" in column("none", last.answers["none"], last)[0]
    assert last.answers["vgg16"].found is not None


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_another_rate_judges_as_a_new_run_would_but_runs_no_model(
    rate: float, two_models: Services, spot_picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = looks(two_models, "widget", spot_picture, RATE)
    *_, expected = looks(two_models, "widget", spot_picture, rate)
    monkeypatch.setattr(Services, "detect", None)
    again = judged_again(two_models, last, rate)
    for teacher in ("none", "vgg16"):
        found, other = again.answers[teacher].found, expected.answers[teacher].found
        assert (found.score, found.threshold, found.pixel_threshold) == pytest.approx(
            (other.score, other.threshold, other.pixel_threshold), rel=1e-6
        )
        np.testing.assert_array_equal(found.foreground, other.foreground)
    assert again.answers["vgg19"] is last.answers["vgg19"]


def test_a_model_deleted_before_the_rate_changes_is_said(
    two_models: Services, spot_picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = looks(two_models, "widget", spot_picture, RATE)
    without(two_models, "vgg16", monkeypatch)
    again = judged_again(two_models, last, 0.1)
    assert "deleted meanwhile" in again.answers["vgg16"].note
    assert again.answers["none"].found is not None


@pytest.mark.parametrize(
    ("key", "rights"),
    [
        ("spot/000.png", {True: "Right: the defect is found.", False: "Wrong: the defect is missed."}),
        ("good/000.png", {True: "Wrong: a false alarm.", False: "Right: the part is good."}),
    ],
)
def test_a_verdict_on_a_known_picture_is_called_right_or_wrong(
    key: str, rights: dict, two_models: Services
) -> None:
    picture = Picture.of_test(two_models, two_models.find("widget", key))
    *_, last = looks(two_models, "widget", picture, RATE)
    assert rights[True] in column("vgg16", last.answers["vgg16"], last)[0]
    quiet = replace(last.answers["vgg16"], found=replace(last.answers["vgg16"].found, threshold=1e9))
    assert rights[False] in column("vgg16", quiet, last)[0]


def test_a_visitors_picture_is_neither_right_nor_wrong(two_models: Services, blot: Path) -> None:
    *_, last = looks(two_models, "widget", Picture.of_visitor(str(blot)), RATE)
    words, *panes = column("none", last.answers["none"], last)
    assert "Defect" in words
    assert not re.search("Right|Wrong", words)
    assert all(pane.dtype == np.uint8 and pane.shape[2] == 3 for pane in panes)
    assert len(panes) == len(PANES)


def test_the_known_defect_is_drawn_on_the_result(two_models: Services, spot_picture: Picture) -> None:
    results = []
    for picture in (spot_picture, replace(spot_picture, truth=None)):
        *_, last = looks(two_models, "widget", picture, RATE)
        results.append(column("none", last.answers["none"], last)[1 + PANES.index("result")])
    assert (results[0] != results[1]).any()


def test_a_title_holds_the_models_measured_figures(two_models: Services) -> None:
    models = variants(two_models, "widget")
    words = column("none", Answer(models["none"], ""))[0]
    assert "<h3>VAE</h3>" in words
    assert f"Pixel AUROC {models['none'].card.metrics['pixel_auroc']:.3f}" in words
    assert "Pixel AUROC – · image AUROC –" in column("vgg16", Answer(models["vgg16"], ""))[0]


def test_something_that_is_no_picture_is_a_sentence(two_models: Services, no_picture: Path) -> None:
    with pytest.raises(ImageError, match="is not a PNG"):
        list(look_at(two_models, "widget", Picture.of_visitor(str(no_picture)), RATE))


def test_a_place_without_a_picture_is_a_sentence(two_models: Services) -> None:
    for index in (-1, 1):
        with pytest.raises(ImageError, match="Choose a picture"):
            list(look_at_key(two_models, "widget", "all", ["test/good/000.png"], index, RATE))
    with pytest.raises(DataError, match="no picture"):
        list(look_at_key(two_models, "widget", "all", ["test/good/999.png"], 0, RATE))


def test_a_picture_of_another_kind_turns_the_gallery_to_all_kinds(two_models: Services) -> None:
    key = "test/spot/001.png"
    first, *_ = look_at_key(two_models, "widget", "good", [key], 0, RATE)
    assert given(first["kind"])["value"] == "all"
    assert given(first["gallery"])["selected_index"] == 9
    first, *rest = look_at_key(two_models, "widget", "spot", [key], 0, RATE)
    assert "kind" not in first
    assert given(first["gallery"])["selected_index"] == 1
    assert first["picked"] == key
    assert all("gallery" not in values for values in rest)


# The opened tab


def test_the_tab_opens_with_a_finished_example(two_models: Services) -> None:
    values = first_values(two_models, "widget")
    assert "scratch 000" in values["which"]
    assert "Known: this part has a defect" in values["which"]
    for teacher in ("none", "vgg16"):
        assert all(values[pane, teacher] is not None for pane in PANES)
        assert state(values, teacher) == "answered"
    assert state(values, "vgg19") == "missing"
    assert len(given(values["gallery"])["value"]) == 12
    assert given(values["gallery"])["selected_index"] == 4


def test_an_address_may_name_the_picture(two_models: Services) -> None:
    for key in ("test/spot/002.png", "spot/002.png"):
        assert "spot 002" in first_values(two_models, "widget", key)["which"]
    assert "scratch 000" in first_values(two_models, "widget", "test/spot/999.png")["which"]


def test_a_category_without_any_model_says_what_to_do(two_models: Services) -> None:
    save_png(
        two_models.settings.data_dir / "bolt" / "test" / "bent" / "000.png", np.zeros((32, 32, 3), np.uint8)
    )
    values = first_values(two_models, "bolt")
    assert values["about"] == text.COMPARE_NO_MODELS
    assert all(state(values, teacher) == "missing" for teacher in text.VARIANTS)
    assert not shows(values["measure"])
    assert values["counts"] == ""
    assert "bent 000" in values["which"]


@pytest.mark.parametrize("category", [None, "gadget"])
def test_without_pictures_the_tab_says_so(category: str | None, two_models: Services) -> None:
    values = first_values(two_models, category)
    assert values["about_all"] == text.COMPARE_NO_TESTS
    assert values["look"] is None
    assert (values["picture"], values["which"]) == (None, "")
    assert all(text.NO_MODEL in values["verdict", teacher] for teacher in text.VARIANTS)


def test_a_damaged_example_leaves_the_rest_of_the_tab(
    two_models: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise ImageError("This picture is damaged.")

    monkeypatch.setattr(Services, "picture", damaged)
    values = first_values(two_models, "widget")
    assert "This picture is damaged." in values["verdict", "none"]
    assert state(values, "none") == "unanswered"
    assert text.NO_MODEL in values["verdict", "vgg19"]
    assert len(given(values["gallery"])["value"]) == 12


@pytest.mark.parametrize(("training", "offered"), [("on", True), ("off", False)])
def test_where_training_is_off_none_is_offered(training: str, offered: bool, two_models: Services) -> None:
    services = Services(replace(two_models.settings, training=training), two_models.registry)
    with gr.Blocks():
        ui = compare.build(services)
    assert all(ui["train", teacher].visible == offered for teacher in text.VARIANTS)


def test_values_stay_in_step_with_the_components(two_models: Services) -> None:
    with gr.Blocks():
        ui = compare.build(two_models)
        compare.wire(ui, two_models)
    assert len(ui["opening_outputs"]) == len(compare.first_look(two_models, "widget"))
    for values in opening(two_models, "widget", "", RATE):
        assert values.keys() <= set(OPENING)
    assert {("train", teacher) for teacher in text.VARIANTS} <= ui.keys()
    assert all(ui[name].info for name in ("category", "rate", "kind"))


def test_programs_get_every_variant_that_is_there(two_models: Services, spot_picture: Picture) -> None:
    answers = compare.compare(two_models, "widget", str(spot_picture.path), RATE)
    assert list(answers) == ["none", "vgg16"]
    *_, last = looks(two_models, "widget", spot_picture, RATE)
    for teacher, answer in answers.items():
        found = last.answers[teacher].found
        assert answer["score"] == pytest.approx(found.score, rel=1e-6)
        assert (answer["threshold"], answer["verdict"]) == (found.threshold, found.verdict)


# All test pictures


def test_what_is_not_measured_is_offered_with_the_time_it_takes(fresh: Services) -> None:
    values = measured_values(fresh, "widget", RATE, None)
    assert given(values["measure"])["value"] == "Measure all models on all 12 test pictures"
    assert shows(values["measure"])
    assert values["counts"] == ""
    *_, last = looks(fresh, "widget", Picture.of_test(fresh, fresh.sample("widget", 5)), RATE)
    view = overview(fresh, "widget", RATE)
    assert re.fullmatch(
        r"Measure all models on all 12 test pictures \(about \d+ s\)", measure_label(view, last)
    )


def test_measuring_shows_its_progress_and_then_the_protocols_figures(fresh: Services) -> None:
    bars = list(measuring(overview(fresh, "widget", RATE), fresh))
    assert "Widget: measuring VAE (model 1 of 2), 0 of 12 pictures" in bars[0]
    assert any("measuring VAE + VGG16 (model 2 of 2), working out its figures" in bar for bar in bars)
    shares = [int(re.search(r'valuenow="(\d+)"', bar)[1]) for bar in bars[:-1]]
    assert shares == sorted(shares)
    assert bars[-1] == ""
    view = overview(fresh, "widget", RATE)
    assert (list(view.results), view.waiting, view.problems) == (["none", "vgg16"], {}, ())
    for teacher, model in variants(fresh, "widget").items():
        expected = evaluate(fresh.registry.detector(model.path), view.category)
        result = view.results[teacher]
        assert result.measured.figures == expected.figures
        np.testing.assert_array_equal(result.measured.scores, expected.scores)
        limit = fresh.registry.detector(model.path).limits(RATE)["image"].value
        np.testing.assert_array_equal(result.alarms, expected.scores > limit)


def test_kept_results_need_no_model_in_memory(
    two_models: Services, measured: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {teacher: one.limit for teacher, one in measured.results.items()}
    for teacher, model in variants(two_models, "widget").items():
        assert expected[teacher] == two_models.registry.detector(model.path).limits(RATE)["image"].value
    monkeypatch.setattr(two_models.registry, "detector", None)
    again = overview(two_models, "widget", RATE)
    assert {teacher: one.limit for teacher, one in again.results.items()} == expected


def test_only_the_model_that_waits_is_measured(fresh: Services, measured: Overview) -> None:
    waiting = replace(measured, waiting={"vgg16": variants(fresh, "widget")["vgg16"]})
    assert measure_label(waiting, None) == "Measure VAE + VGG16 on all 12 test pictures"
    list(measuring(waiting, fresh))
    view = overview(fresh, "widget", RATE)
    assert (list(view.results), list(view.waiting)) == (["vgg16"], ["none"])
    assert measured_values(fresh, "widget", RATE, None)["about_disagree"] == text.COMPARE_ONE_MODEL


def test_a_model_that_cannot_be_measured_is_said_and_stops_no_other(
    fresh: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = overview(fresh, "widget", RATE)
    without(fresh, "none", monkeypatch)
    *_, last = measuring(view, fresh)
    assert "VAE could not be measured. This model has been deleted meanwhile" in last
    assert "vgg16" in overview(fresh, "widget", RATE).results


def test_disagreements_are_the_pictures_with_different_verdicts(
    two_models: Services, measured: Overview
) -> None:
    plain, nervous = (measured.results[teacher].alarms for teacher in ("none", "vgg16"))
    differing = [
        sample for sample, a, b in zip(measured.category.test, plain, nervous, strict=True) if a != b
    ]
    found = disagreements(measured)
    assert [one.sample for one in found] == differing
    assert len(found) > 0
    for one in found:  # the second model calls everything defect
        name = f"{one.sample.defect} {one.sample.path.stem}"
        assert one.words in (
            f"{name}: found by VAE + VGG16, missed by VAE",
            f"{name}: called defect by mistake by VAE + VGG16, rightly passed by VAE",
        )
        assert one.sample.is_good == ("mistake" in one.words)
    values = measured_values(two_models, "widget", RATE, None)
    assert values["keys"] == [sample.key for sample in differing]
    assert [caption for _, caption in given(values["disagree"])["value"]] == [one.words for one in found]
    assert values["about_disagree"].startswith(f"{len(found)} of 12 pictures")


def test_models_that_agree_and_a_single_model_are_sentences(two_models: Services, measured: Overview) -> None:
    same = measured.results["none"]
    assert disagreements(replace(measured, results={"none": same, "vgg16": same})) == []
    assert disagreements(replace(measured, results={"none": same})) == []


def test_finds_and_false_alarms_are_counted_in_words(measured: Overview) -> None:
    words = counts_html(measured)
    found = int(measured.results["none"].alarms[measured.labels].sum())
    alarms = int(measured.results["none"].alarms[~measured.labels].sum())
    assert f"{found} of 8 defects found, {8 - found} missed; {alarms} of 4 good parts called defect" in words
    assert "8 of 8 defects found, 0 missed; 4 of 4 good parts called defect by mistake." in words


def test_another_rate_moves_verdicts_and_counts(two_models: Services, measured: Overview) -> None:
    picture = Picture.of_test(two_models, two_models.find("widget", "spot/000.png"))
    *_, last = looks(two_models, "widget", picture, RATE)
    values = at_rate(two_models, "widget", 0.2, last)
    limit = (
        two_models.registry.detector(variants(two_models, "widget")["none"].path).limits(0.2)["image"].value
    )
    assert values["look"].answers["none"].found.threshold == limit
    assert overview(two_models, "widget", 0.2).results["none"].limit == limit
    assert values["counts"] == counts_html(overview(two_models, "widget", 0.2))


def test_the_charts_name_every_model_with_its_area(measured: Overview) -> None:
    html = roc_html(measured)
    for curve, figure in (("per picture", "image_auroc"), ("per pixel", "pixel_auroc")):
        words = " and ".join(
            f"{one.title} {one.measured.figures[figure]:.3f}" for one in measured.results.values()
        )
        assert html.count(f'alt="ROC curves {curve}: {words}."') == 2  # light and dark


def test_the_table_holds_every_figure_and_marks_the_best(measured: Overview) -> None:
    html = figures_html(measured)
    for name, (title, _) in text.COMPARE_FIGURES.items():
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
    assert figures_html(view).count("<td>–</td>") == 4
    assert f"Per picture: there is no curve. {reason}" in roc_html(view)
    assert "ROC curves per pixel" in roc_html(view)


def test_a_test_picture_that_is_gone_is_a_sentence(fresh: Services, tmp_path: Path) -> None:
    category = fresh.category("widget")
    lost = replace(category.test[0], path=tmp_path / "lost.png")
    view = _overview_of(fresh, replace(category, samples=(lost, *category.test[1:])))
    assert "has been moved or deleted" in view.problems[0]
    assert view.results == {}


def _overview_of(services: Services, category) -> Overview:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "category", lambda *_: category)
        return overview(services, "widget", RATE)


# Words and charts


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_in_one_phrase(names: list[str], words: str) -> None:
    assert text.listed(names) == words


def test_each_curve_has_its_ring_and_all_rings_one_entry() -> None:
    curves = {"VAE": ([0, 0.5, 1], [0, 0.6, 1], 0.55), "VAE + VGG16": ([0, 0.1, 1], [0, 0.9, 1], 0.9)}
    figure = charts.roc_figure(curves, operating_points={"VAE + VGG16": (0.1, 0.9), "VAE": (0.5, 0.6)})
    rings = [line for line in figure.axes[0].lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [line.get_xydata().tolist() for line in rings] == [[[0.1, 0.9]], [[0.5, 0.6]]]
    assert [line.get_color() for line in rings] == [charts.LIGHT.lines[1], charts.LIGHT.lines[0]]
    entries = [entry.get_text() for entry in figure.axes[0].get_legend().get_texts()]
    assert entries == ["VAE, AUROC 0.550", "VAE + VGG16, AUROC 0.900", "Limits in use"]


def test_an_svg_is_a_document_without_fonts_or_ground() -> None:
    svg = charts.figure_svg(charts.roc_figure({"VAE": ([0, 1], [0, 1], 0.5)}))
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not root.findall(".//{http://www.w3.org/2000/svg}text")
    assert "fill: #ffffff" not in svg
