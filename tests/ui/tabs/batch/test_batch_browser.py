"""The Batch tab in a real browser: a hostile archive is judged, found again after a reload, and seen by nobody else."""

import csv
import re
import zipfile
from pathlib import Path

import pytest
from accessible import violations
from batch_archives import LEFT_OUT, hostile_zip
from chromium import PATIENCE, filled, foreign_requests, held, upload, visited

from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser
NARROW = {"width": 390, "height": 844}


def choose(page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).locator("visible=true").first.click()
    page.get_by_role("option", name=option, exact=True).click()


def saved(page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path())


def test_a_choice_is_answered_that_is_made_while_the_one_before_is(
    server, served_services, running_chromium
) -> None:
    titles = {name: title for title, name in served_services.category_choices()}
    with visited(running_chromium, f"{server.url}/?tab=batch&category=widget") as page:
        models = page.locator(".model-list input:visible")
        expect(models).to_have_value(re.compile("VAE"))
        of_widget = models.input_value()
        with filled(page):
            choose(page, text.page.CATEGORY, titles["sample_bottle"])
        expect(models).not_to_have_value(of_widget)
        with filled(page), held(page):
            for name in ("sample_pill", "widget"):
                choose(page, text.page.CATEGORY, titles[name])
                expect(models).to_have_value("")  # no model of the part before can be chosen meanwhile
            models.click()
            expect(page.get_by_role("option").locator("visible=true")).to_have_count(0)
            models.press("Tab")
        expect(models).to_have_value(of_widget)


def test_a_hostile_archive(server, chromium, tiny_mvtec: Path, tmp_path: Path) -> None:
    fine = hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    visitor = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = visitor.new_page()
    page.set_default_timeout(PATIENCE)
    foreign = foreign_requests(page)
    page.goto(f"{server.url}/?tab=batch")
    files = page.locator(f'.block:has(> label:has-text("{text.batch.FILES}")) input[type=file]')
    upload(page, files, tmp_path / "all.zip")
    page.get_by_role("button", name=text.batch.START).click()
    rows = page.locator(".batch-rows tbody tr")
    expect(page.get_by_text("done. 14 files")).to_be_visible(timeout=PATIENCE)
    expect(rows).to_have_count(len(fine) + len(LEFT_OUT))
    expect(page.get_by_role("button", name=text.batch.STOP)).to_be_hidden()
    assert page.locator(".batch-rows img").first.evaluate("one => one.decode().then(() => one.naturalWidth)")

    choose(page, text.batch.SHOW, text.batch.SHOWS["defect"])
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="line/c/000.png").click()
    expect(page.locator(".batch-detail .verdict")).to_contain_text("Defect")
    expect(page.locator(".batch-picture img")).to_be_visible()

    more = page.get_by_role("button", name=text.page.SAID["more_files"])
    expect(more).to_have_count(1)
    assert more.bounding_box()["width"] >= 24
    assert violations(page) == []

    with saved(page, text.batch.CSV).open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(fine) + len(LEFT_OUT)
    with zipfile.ZipFile(saved(page, text.batch.ZIP)) as archive:
        assert len(archive.namelist()) == len(fine)

    page.close()
    again = visitor.new_page()
    again.set_viewport_size(NARROW)
    again.goto(f"{server.url}/?tab=batch")
    expect(again.locator(".batch-rows tbody tr")).to_have_count(len(fine) + len(LEFT_OUT), timeout=PATIENCE)
    assert again.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]

    other = chromium.new_context().new_page()
    other.goto(f"{server.url}/?tab=batch")
    other.get_by_role("button", name=text.batch.START).wait_for()
    other.wait_for_timeout(2500)  # two looks of the page at its own batch
    assert other.locator(".batch-rows").count() == 0
    assert foreign == []
