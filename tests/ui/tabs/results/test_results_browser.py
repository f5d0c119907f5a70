"""The Results tab in a real browser: measuring, moving the limit, opening a picture, saving a chart."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import visited
from layout_shifts import SHIFTS
from PIL import Image

from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "compare_models"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def measured_page(address: str, running_chromium) -> Iterator:
    """The page that these tests share, with the plain model chosen and measured."""
    with visited(running_chromium, f"{address}/?tab=results&category=widget", 390, 844) as page:
        page.get_by_role("button", name="Measure").click()
        sync_api.expect(about(page)).to_contain_text("defects found")
        yield page


@pytest.fixture
def page(measured_page, address: str):
    """The page with its Results tab, also where another test has left it for Detect."""
    if not about(measured_page).is_visible():
        measured_page.goto(f"{address}/?tab=results&category=widget")
        sync_api.expect(about(measured_page)).to_contain_text("defects found")
    return measured_page


def about(page):
    return page.locator(".about-limit:visible")


@pytest.mark.parametrize("tab", ["results", "compare"])
def test_nothing_jumps_while_the_tab_is_opened(
    tab: str, address: str, measured_page, running_chromium
) -> None:
    with running_chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(SHIFTS)
        page.goto(f"{address}/?tab={tab}&category=widget")
        page.locator("figure.chart img:visible, .compare-columns .gauge:visible").first.wait_for()
        assert page.evaluate("shifted()") <= 0.1


def test_all_models_are_measured_and_the_page_stays_as_wide_as_a_phone(page) -> None:
    sync_api.expect(page.locator(".wide-table:visible").first).not_to_contain_text(text.results.NOT_MEASURED)
    assert page.evaluate("document.querySelector('.gradio-container').offsetWidth") == 390
    assert page.locator("figure.chart img:visible").count() == 5


def test_the_threshold_is_moved_with_the_keyboard_and_a_cell_opens_its_images(page) -> None:
    page.get_by_label(f"range slider for {text.results.BY_HAND}").press("Home")
    sync_api.expect(about(page)).to_contain_text("false alarms: 4 of 4 good parts")
    page.get_by_role("button", name="4 false alarms").click()
    sync_api.expect(page.get_by_text(text.results.SHOWN["alarms"], exact=True)).to_be_visible()
    page.get_by_role("button", name=text.results.BACK).click()
    sync_api.expect(about(page)).to_contain_text("false-alarm rate of 5 %")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_chart_is_saved(kind: str, page, tmp_path: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role(
            "button", name=f"{text.results.SAVE[kind]}: {text.results.CHART_TITLES['image_roc']}"
        ).click()
    assert download.value.suggested_filename == f"image_roc.{kind}"
    path = tmp_path / "chart"
    download.value.save_as(path)
    if kind == "svg":
        assert 'id="limit"' in path.read_text()
    else:
        with Image.open(path) as image:
            assert image.width > 2000
            assert image.getpixel((0, 0))[3] == 255  # on a ground of its own


def test_all_charts_are_saved_as_one_file(page) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name=text.results.SAVE_ALL).click()
    assert re.fullmatch(r"widget-\w+-quick-charts\.zip", download.value.suggested_filename)


def test_link_and_chart_are_copied_or_it_is_said_why_not(page) -> None:
    said = page.locator("#said")
    chart = page.get_by_role(
        "button", name=f"{text.results.SAVE['copy']}: {text.results.CHART_TITLES['image_roc']}"
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=text.page.COPY_LINK).click()
    sync_api.expect(said).to_have_text(text.page.SAID["link"])
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    chart.click()
    sync_api.expect(said).to_have_text(text.page.SAID["picture"])
    width = """navigator.clipboard.read().then(([one]) => one.getType("image/png")).then(createImageBitmap).then((one) => one.width)"""
    assert page.evaluate(width) > 2000
    page.evaluate("navigator.clipboard.write = () => Promise.reject(new Error('refused')); null")
    chart.click()
    sync_api.expect(said).to_have_text(text.page.SAID["no_picture"])


def test_a_image_opens_in_detect(page) -> None:
    page.get_by_role("button", name=re.compile("found")).first.click()
    sync_api.expect(page.get_by_text(text.results.SHOWN["found"])).to_be_visible()
    image = page.locator(".result-pictures:visible .thumbnail-item").first
    name = image.inner_text().split(":")[0].split()
    image.hover()
    sync_api.expect(image.locator(".caption-label")).to_have_css("opacity", "1")  # Gradio fades it
    image.click()
    sync_api.expect(page).to_have_url(re.compile(f"{name[0]}%2F{name[1]}"))
    sync_api.expect(page.locator(".verdict:visible .gauge").first).to_be_visible()
