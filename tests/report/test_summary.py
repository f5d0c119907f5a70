"""The summary: two pages from the data of the report, with its numbers, and no more than fits."""

from dataclasses import replace

import numpy as np
import pytest
from report_cases import much_to_say, report_on
from report_page import Page

from favae_demo.core.settings import Settings
from favae_demo.report import text
from favae_demo.report.example_selection import Example
from favae_demo.report.report_data import ReportData
from favae_demo.report.summary import PICTURES, render_summary, telling
from favae_demo.scoring.coverage import coverage_sentence

pytest_plugins = ["trained_widget"]


@pytest.fixture
def data(widget_settings: Settings) -> ReportData:
    return report_on(widget_settings)


def test_it_says_what_the_report_says(data: ReportData) -> None:
    page = Page(render_summary(data))
    assert {name: float(page.values[name]) for name in data.figures} == data.figures
    assert float(page.values["limit"]) == data.threshold.value
    for sentence in (text.answer(data.counts), coverage_sentence(data.threshold.support)):
        assert sentence in page.text
    assert len(page.all("img")) == 2 * min(len(data.examples), PICTURES) > 0
    assert all(one.get("alt") for one in page.all("img"))


def test_it_is_complete_in_itself(data: ReportData) -> None:
    page = Page(render_summary(data))
    addresses = [one[name] for _, one in page.tags for name in ("src", "href") if name in one]
    assert all(one.startswith("data:image/jpeg;base64,") for one in addresses)
    assert not page.all("script")
    assert page.all("button")[0]["onclick"] == "print()"


def test_what_has_no_bound_is_cut_and_it_is_said(data: ReportData) -> None:
    much = much_to_say(data)
    page = Page(render_summary(much))
    assert page.text.count("A long name of a kind of defect") == 8
    assert "8 other kinds" in page.text  # each of the 16 defects is of a kind of its own
    assert text.MORE_REMARKS.format(count=7) in page.text
    assert " …" in page.text


def test_a_limit_that_too_few_pictures_support_is_admitted(widget_settings: Settings) -> None:
    few = report_on(widget_settings, 0.05)
    assert text.unsupported(few.threshold.support.missing) in Page(render_summary(few)).text


def test_without_pictures_it_says_so(data: ReportData) -> None:
    page = Page(render_summary(replace(data, examples=(), measured=None, remarks=(text.NO_TESTS,))))
    for sentence in (text.NO_PICTURES, text.NO_TESTS, text.FROM_CARD, text.NO_ANSWER):
        assert sentence in page.text


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        ("found×3 missed×6 alarms×3 barely×3 passed×3", "found×2 missed×2 alarms×2"),
        ("found×3 missed×6", "found×2 missed×4"),
        ("found×3 missed×1 alarms×1 barely×3 passed×3", "found×2 missed×1 alarms×1 barely×2"),
        ("found×1 passed×3", "found×1 passed×3"),
        ("", ""),
    ],
)
def test_two_of_each_sort_are_shown_and_others_fill_the_page(
    there: str, shown: str, data: ReportData
) -> None:
    def groups(listed: str) -> list[str]:
        pairs = (one.split("×") for one in listed.split())
        return [name for name, count in pairs for _ in range(int(count))]

    detection = data.examples[0].detection
    examples = tuple(
        Example(group, f"test/{group}/{place}", group, detection, np.zeros((2, 2), bool))
        for place, group in enumerate(groups(there))
    )
    assert [one.group for one in telling(examples)] == groups(shown)
