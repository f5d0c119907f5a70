"""The page: complete in itself, exact, readable by everybody, and honest about what it lacks."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_cases import report_on, without
from report_page import Page

from favae_demo.config.methods import METHODS
from favae_demo.config.variants import TEACHERS
from favae_demo.core.plain_text import escape_markdown
from favae_demo.core.settings import Settings
from favae_demo.evaluation import operating_point
from favae_demo.report import archive, reproduce, text
from favae_demo.report.html import render
from favae_demo.report.report_data import ReportData
from favae_demo.report.summary import render_summary
from favae_demo.scoring.multiples import format_multiple
from favae_demo.teacher.teacher import TEACHER_SPECS
from favae_demo.teacher.weight_sources import RECIPES
from favae_demo.viz import result_words

pytest_plugins = ["trained_widget"]
SECTIONS = [
    "By kind of defect", "The data", "The method in plain words", "Figures", "What to keep in mind", "Charts", "Examples",
    "How to reproduce it",
]  # fmt: skip


@pytest.fixture
def data(widget_settings: Settings) -> ReportData:
    return report_on(widget_settings)


@pytest.fixture
def html(data: ReportData) -> str:
    return render(data)


def test_it_needs_nothing_beside_it(html: str) -> None:
    page = Page(html)
    addresses = [one[name] for _, one in page.tags for name in ("src", "href", "xlink:href") if name in one]
    assert addresses
    assert all(one.startswith(("data:image/jpeg;base64,", "#")) for one in addresses)
    assert not page.all("script")
    assert not page.all("link")
    assert not re.findall(r"@import|url\((?!#)", html)
    assert len(html) < 5_000_000


def test_it_says_everything_in_order(html: str, data: ReportData) -> None:
    page = Page(html)
    headings = [one for one in page.headings if one in SECTIONS]
    assert headings == SECTIONS
    assert text.answer(data.counts) in page.text
    assert data.category.describe() in page.text
    assert data.model_sha256 in page.text
    for _, command in reproduce.commands(data.card, "widget", data.rate):
        assert command in page.text
    for name, _, _ in reproduce.settings_rows(data.card):
        assert name in page.text


def test_numbers_are_exact(html: str, data: ReportData) -> None:
    values = Page(html).values
    assert {name: float(values[name]) for name in data.figures} == data.figures
    assert float(values["limit"]) == data.threshold.value
    assert {name: int(values[name]) for name in operating_point.CELLS} == {
        name: getattr(data.counts, name) for name in operating_point.CELLS
    }


def test_everybody_can_read_it(html: str) -> None:
    page = Page(html)
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("title")
    assert len(page.all("h1")) == 1
    assert all(one.get("alt") for one in page.all("img"))
    assert all(one["aria-label"] for one in page.all("div") if one.get("role") == "img")
    assert all(one.get("scope") in ("col", "row") for one in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))


def test_ids_are_unique_and_references_lead_somewhere(html: str) -> None:
    page = Page(html)
    ids = [one["id"] for _, one in page.tags if "id" in one]
    assert len(ids) == len(set(ids))
    references = re.findall(r'(?:href="#|url\(#)([^")]+)', html)
    assert set(references) <= set(ids)


@pytest.mark.parametrize("teacher", TEACHERS[1:])
def test_the_credit_is_that_of_the_teacher(teacher: str, data: ReportData) -> None:
    config = replace(data.card.config, teacher=teacher)
    other = replace(data, card=replace(data.card, config=config, teacher_fingerprint="1", teacher_source="2"))
    title = TEACHER_SPECS[teacher].title
    for html in (render(other, []), render_summary(other)):
        said = Page(html).text
        assert RECIPES[teacher].credit in said
        assert ("University of Oxford" in said) == teacher.startswith("vgg")
    said = Page(render(other, [])).text
    assert f"ready-made network ({title}," in said
    assert f"Weights of {title}" in said


def test_without_a_teacher_no_weights_are_credited(html: str, data: ReportData) -> None:
    for said in (Page(html).text, Page(render_summary(data)).text):
        assert " weights: " not in said
        assert METHODS["favae"].paper in said


def test_another_method_is_described_as_it_is(data: ReportData) -> None:
    config = replace(data.card.config, method="padim", teacher="resnet18")
    other = replace(data, card=replace(data.card, config=config))
    said = Page(render(other, [])).text
    assert "variational" not in said
    assert f"The method is PaDiM ({METHODS['padim'].paper})." in said
    assert len(Page(render(other, [])).all("img")) == 3 * len(data.examples)  # it rebuilds no picture


@pytest.mark.parametrize(("total", "steps"), [(560, "28 of 560 steps"), (None, "28 steps")])
def test_a_training_that_was_stopped_is_said(total: int | None, steps: str, data: ReportData) -> None:
    training = data.card.training | {"steps": 28, "total_steps": total, "stopped_because": "stopped"}
    stopped = replace(data, card=replace(data.card, training=training))
    said = f"The training was stopped early, after {steps}"
    for one in (
        Page(render(stopped, [])).text,
        Page(render_summary(stopped)).text,
        archive.model_card(stopped),
    ):
        assert said in one
    assert f"{steps}, " in Page(render(stopped, [])).text
    for one in (Page(render(data, [])).text, Page(render_summary(data)).text):
        assert "stopped early" not in one


def test_scores_are_multiples_of_the_limit(html: str, data: ReportData) -> None:
    for said in (Page(html).text, Page(render_summary(data)).text):
        assert f"{data.threshold.value:.4g}" not in said
        assert "above 1.0 means defect" in said
        assert format_multiple(data.examples[0].detection.multiple) in said
    first, *rest = csv.reader(io.StringIO(archive.scores_csv(data)))
    assert first[2:] == ["verdict", "multiple", "limit supported", "score", "limit"]
    assert {row[2] for row in rest if float(row[3]) > 1} <= {"defect"}


def test_words_are_those_of_the_page(html: str, data: ReportData) -> None:
    for said in (Page(html).text, Page(render_summary(data)).text):
        for old in (
            "So answered",
            "by mistake",
            "calm",
            "most wrong",
            "most surely",
            "called defect by",
            "Overlay",
        ):
            assert old not in said
        for word in (result_words.PANES["result"], result_words.LEGEND_FOUND, result_words.LEGEND_HIGH):
            assert word in said
    outcomes = {result_words.OUTCOMES[one.kind != "good", one.detection.verdict][1] for one in data.examples}
    assert all(outcome in Page(html).text for outcome in outcomes)


def test_each_example_shows_four_views(html: str, data: ReportData) -> None:
    assert len(Page(html).all("img")) == 4 * len(data.examples) > 0


def test_names_of_files_and_kinds_cannot_break_it(widget_settings: Settings, tmp_path: Path) -> None:
    odd = without(widget_settings, tmp_path / "odd")
    kind = "<b>&x"
    for folder in ("test", "ground_truth"):
        (odd.data_dir / "widget" / folder / "spot").rename(odd.data_dir / "widget" / folder / kind)
    html = render(report_on(odd))
    assert "<b>&x" not in html
    assert "&lt;b&gt;&amp;x" in html


def test_what_is_missing_is_said_and_the_rest_is_there(widget_settings: Settings, tmp_path: Path) -> None:
    page = Page(render(report_on(without(widget_settings, tmp_path / "bare", "ground_truth"))))
    assert page.text.count("Not given: ") == 3
    assert page.text.count("There is no such curve: ") == 2
    assert page.values["pixel_auroc"] == ""
    assert 0 < float(page.values["image_auroc"]) <= 1
    assert page.all("img")


def test_without_test_images_the_card_speaks(widget_settings: Settings, tmp_path: Path) -> None:
    data = report_on(without(widget_settings, tmp_path / "none", "test"))
    page = Page(render(data))
    for sentence in (text.NO_ANSWER, text.NO_TESTS, text.FROM_CARD):
        assert sentence in page.text
    assert float(page.values["pixel_auroc"]) == data.card.metrics["pixel_auroc"]
    assert not {"Charts", "Examples", "By kind of defect"} & set(page.headings)
    assert "How to reproduce it" in page.headings


def test_too_few_held_out_images_are_admitted(widget_settings: Settings) -> None:
    assert "too few for this rate" in Page(render(report_on(widget_settings, 0.05))).text
    assert "too few for this rate" not in Page(render(report_on(widget_settings, 0.2))).text


@pytest.mark.parametrize(
    ("known", "named", "wanted"),
    [
        (True, "", text.RANGES),
        (True, "other", text.RANGES_FROM.format(name="other")),
        (False, "", text.NO_RANGES),
    ],
)
def test_what_is_not_judged_is_said_and_whose_ranges_tell_it(
    widget_settings: Settings, known: bool, named: str, wanted: str
) -> None:
    data = report_on(widget_settings)
    ranges = data.card.calibration.ranges if known else {}
    calibration = replace(data.card.calibration, ranges=ranges, ranges_from=named)
    data = replace(data, card=replace(data.card, calibration=calibration))
    assert wanted in Page(render(data, [])).text
    assert f"Not judged: {escape_markdown(wanted)}" in archive.model_card(data)
