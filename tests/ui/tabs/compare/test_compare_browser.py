"""The Compare tab in a real browser, with two models that disagree."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import filled, visited

from favae_demo.evaluation import results_cache
from favae_demo.ui import text
from favae_demo.ui.services import Services

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "compare_models"]
pytestmark = pytest.mark.browser

WIDTH = "document.documentElement.scrollWidth"
ONE_ABOVE_THE_OTHER = """() => {
  const [first, second] = [...document.querySelectorAll(".compare-columns > .column")].map((one) => one.getBoundingClientRect());
  return first.y < second.y && Math.round(first.x) === Math.round(second.x);
}"""


@pytest.fixture(scope="module")
def opened(address: str, running_chromium) -> Iterator:
    """The page that most of these tests share."""
    with visited(running_chromium, f"{address}/?tab=compare") as page:
        open_tab(page)
        yield page


@pytest.fixture
def page(opened):
    """The tab, whatever another test has done to it."""
    opened.set_viewport_size({"width": 1280, "height": 1000})
    expect_judged(opened)
    return opened


def open_tab(page) -> None:
    page.get_by_role("tab", name="Compare", exact=True).click()
    sync_api.expect(thumbnails(page)).to_have_count(12)


def thumbnails(page):
    """Test pictures of the tab, without those on which the models disagree."""
    return page.locator(".choose button.thumbnail-item:visible")


def column(page, place: int):
    return page.locator(".compare-columns > .column").nth(place)


def expect_image(page, name: str) -> None:
    """The picture is named, and both models have judged it."""
    sync_api.expect(page.locator(".which:visible")).to_contain_text(name)
    expect_judged(page)


def expect_judged(page) -> None:
    for place in (0, 1):
        sync_api.expect(column(page, place).locator(".verdict")).to_contain_text("Took")


def measure(page) -> None:
    """Measures all models, until their figures are there."""
    page.get_by_role("button", name="Measure all models on all 12 test pictures").click()
    sync_api.expect(page.locator(".figures:visible")).to_be_visible(timeout=60_000)


def choose_rate(page, key: str) -> None:
    """Chooses a false-alarm rate as one does without a mouse."""
    page.get_by_label("range slider for Sensitivity").locator("visible=true").press(key)


def test_both_models_judge_an_image_and_another_can_be_trained(page) -> None:
    thumbnails(page).last.click()
    expect_image(page, "spot 003")
    sync_api.expect(column(page, 1).locator(".verdict")).to_contain_text("correct")
    for place in (0, 1):
        for name in text.compare.PANES.values():
            pane = column(page, place).get_by_role("img", name=re.compile(f": {name}$"))
            sync_api.expect(pane).to_be_visible()
    sync_api.expect(page.locator(".compare-columns > .column:visible")).to_have_count(2)
    sync_api.expect(page.get_by_role("button", name=text.compare.TRAIN)).to_be_visible()


def test_a_second_choice_counts_while_the_first_is_answered(page) -> None:
    thumbnails(page).last.click()
    sync_api.expect(page.locator(".which:visible")).to_contain_text(
        "spot 003"
    )  # the models are still at work
    thumbnails(page).nth(1).click()
    expect_image(page, "good 001")


def test_images_are_chosen_by_keyboard_too(page) -> None:
    thumbnails(page).first.focus()
    page.keyboard.press("Enter")
    expect_image(page, "good 000")
    page.locator(".compare-picture").get_by_role("button", name=text.page.NEXT).press("Enter")
    expect_image(page, "good 001")


def test_no_press_of_an_arrow_key_is_lost_while_an_answer_is_on_its_way(page) -> None:
    thumbnails(page).first.click()
    expect_image(page, "good 000")
    page.evaluate("document.activeElement.blur()")
    with filled(page):
        for key in ["ArrowRight"] * 6 + ["ArrowLeft"]:
            page.keyboard.press(key)
    expect_image(page, "scratch 001")


def test_steps_go_on_from_a_choice_that_the_models_are_still_at(page) -> None:
    thumbnails(page).nth(2).click()
    sync_api.expect(page.locator(".which:visible")).to_contain_text("good 002")
    page.locator(".compare-picture .step-next").click()
    expect_image(page, "good 003")


def test_another_rate_sets_other_thresholds(page) -> None:
    verdict = column(page, 1).locator(".verdict")
    before = re.search(r"\S+ × the limit", verdict.inner_text())[0]
    choose_rate(page, "End")
    sync_api.expect(verdict).not_to_contain_text(before)
    sync_api.expect(page).to_have_url(re.compile("&rate=20$"))
    page.go_back()
    sync_api.expect(verdict).to_contain_text(before)


def test_a_visitor_begins_with_an_example_measures_opens_a_disagreement_and_finds_all_after_a_reload(
    address: str, two_models: Services, running_chromium
) -> None:
    shutil.rmtree(two_models.settings.cache_dir / results_cache.FOLDER, ignore_errors=True)
    with visited(running_chromium, address) as page:
        open_tab(page)
        expect_image(page, "scratch 000")
        expect_a_finished_example(page)
        measure(page)
        expect_the_results(page)
        open_a_disagreement(page)
        page.reload()
        open_tab(page)
        sync_api.expect(page.locator(".figures:visible")).to_be_visible()
        sync_api.expect(page.get_by_role("button", name="Measure")).to_have_count(0)


def expect_a_finished_example(page) -> None:
    sync_api.expect(
        page.get_by_role("button", name="Measure all models on all 12 test pictures")
    ).to_be_visible()
    sync_api.expect(page.locator(".compare-columns img:visible")).to_have_count(6)
    sync_api.expect(page.locator(".which:visible, .compare-picture img:visible")).to_have_count(2)


def expect_the_results(page) -> None:
    sync_api.expect(page.get_by_role("progressbar", name=text.compare.MEASURING)).to_have_count(0)
    sync_api.expect(page.get_by_role("button", name="Measure")).to_have_count(0)
    sync_api.expect(page.locator(".counts")).to_contain_text(
        "8 of 8 defects found, 0 missed; false alarms: 4 of 4 good"
    )
    for kind in ("picture", "pixel"):
        sync_api.expect(
            page.locator(f'.chart img:visible[alt^="ROC curves per {kind}: VAE "]')
        ).to_have_count(1)
    for title, _ in text.compare.FIGURES.values():
        sync_api.expect(page.get_by_role("rowheader", name=re.compile(title))).to_be_visible()


def open_a_disagreement(page) -> None:
    chosen = page.locator(".disagree button.thumbnail-item").last
    name = chosen.inner_text().split(":")[0]
    chosen.click()
    expect_image(page, name)
    first, second = (column(page, place).locator(".verdict .word").inner_text() for place in (0, 1))
    assert ("Good part" in first, "Defect" in second) == (True, True)
    sync_api.expect(column(page, 0).locator(".verdict")).to_be_in_viewport()


def test_a_wrong_file_is_a_sentence_and_the_tab_goes_on(page, no_image: Path, blot: Path) -> None:
    page.get_by_role("tab", name=text.page.OWN_PICTURE, exact=True).locator("visible=true").click()
    labelled = page.locator(f'.block:has(> label:has-text("{text.page.OWN_PICTURE_LABEL}"))')
    field = labelled.locator("visible=true").first
    upload = field.locator("input[type=file]")
    upload.set_input_files(no_image)
    for place in (0, 1):
        sync_api.expect(column(page, place).locator(".verdict")).to_contain_text("is not a PNG")
    sync_api.expect(page.locator(".choose:visible .error:visible")).to_have_count(0)
    field.get_by_role("button", name="Clear").first.click()
    upload.set_input_files(blot)
    expect_image(page, "blot.png Your picture")
    page.get_by_role("tab", name=text.page.TEST_PICTURES, exact=True).locator("visible=true").click()
    thumbnails(page).nth(4).click()
    expect_image(page, "scratch 000")


def test_on_a_phone_the_columns_stack(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(f"{WIDTH} <= 390")
    page.wait_for_function(ONE_ABOVE_THE_OTHER)


def test_on_a_lower_screen_a_choice_leads_to_the_verdicts(page) -> None:
    verdict = column(page, 0).locator(".verdict")
    page.evaluate("scrollTo(0, 0)")
    page.set_viewport_size({"width": 1280, "height": 1600})
    with filled(page):
        thumbnails(page).nth(3).click()
    assert page.evaluate("scrollY") == 0  # it is in sight
    page.set_viewport_size({"width": 1280, "height": 600})
    sync_api.expect(verdict).not_to_be_in_viewport()
    with filled(page):
        thumbnails(page).nth(2).click()
    sync_api.expect(verdict).to_be_in_viewport()
