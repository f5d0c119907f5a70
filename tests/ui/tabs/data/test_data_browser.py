"""The Data tab in a real browser: own images become a category, are offered in all tabs, and are deleted."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import filled, show_tab, upload, visited
from data_trees import category, image, images, tar_xz
from page_server import served, url_of

from favae_demo.data.io.images import save_png
from favae_demo.data.library.store import origin_of
from favae_demo.data.mvtec import load_category
from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_app(app_settings, tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """An app with a data folder of its own: the one of the other tests must stay as it is."""
    data_dir = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(tiny_mvtec, data_dir)
    settings = replace(app_settings, data_dir=data_dir)
    with served(settings, tmp_path_factory.mktemp("work")) as app:
        yield url_of(app), settings


@pytest.fixture(scope="module")
def opened(own_app, running_chromium) -> Iterator:
    """The page that tests share which use different parts of the tab."""
    with visited(running_chromium, f"{own_app[0]}/?tab=data") as page:
        expect(page.locator(".data-list")).to_contain_text("Widget")
        yield page


@pytest.fixture
def page(opened):
    """The page with its Data tab, whatever another test has done to it."""
    show_tab(opened, text.page.TABS["data"])
    return opened


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def field(page, label: str):
    """The upload field under a label."""
    return page.locator(f'.block:has(> label:has-text("{label}"))').locator("input[type=file]")


def delete(page, title: str) -> None:
    page.get_by_role("combobox", name=text.data.DELETE).click()
    page.get_by_role("option", name=title).click()
    button(page, text.data.DELETE).click()
    expect(page.get_by_text("This cannot be undone")).to_contain_text(title)


@pytest.fixture
def leaving(own_app, running_chromium) -> Iterator:
    """A page that leaves the tab for Train, which asks for news of trainings from then on."""
    with visited(running_chromium, f"{own_app[0]}/?tab=data") as page:
        expect(page.locator(".data-list")).to_contain_text("Widget")
        yield page


def test_own_images_become_a_category_that_can_be_deleted(leaving, own_app, tmp_path: Path) -> None:
    page, data_dir = leaving, own_app[1].data_dir
    page.get_by_role("tab", name=text.data.OWN, exact=True).click()
    images(tmp_path / "good", 4)
    save_png(tmp_path / "good" / "copy.png", image(0))
    field(page, text.data.GOOD).set_input_files(sorted((tmp_path / "good").iterdir()))
    findings = page.locator(".data-findings")
    expect(findings).to_contain_text("4 usable pictures of good parts: at least 5 are needed")
    expect(findings).to_contain_text("given more than once")
    expect(button(page, text.data.SAVE)).to_be_disabled()

    images(tmp_path / "more", 22, start=10)
    field(page, text.data.GOOD).set_input_files(sorted((tmp_path / "more").iterdir()))
    expect(findings).to_contain_text("enough to start")
    expect(page.locator(".data-pictures .thumbnail-item").first).to_be_visible()
    page.get_by_label(text.data.NAME).fill("Blue cap")
    button(page, text.data.SAVE).click()
    train = button(page, "Train on Blue cap")
    expect(train).to_be_visible()
    expect(page.locator(".data-list")).to_contain_text("Blue cap")
    assert len(load_category(data_dir, "blue_cap").train) >= 19
    assert origin_of("blue_cap", own_app[1].data_dir).source == "own pictures"

    train.press("Enter")
    chosen = page.get_by_role("combobox", name=text.page.CATEGORY).locator("visible=true")
    expect(chosen).to_have_value("Blue cap · own pictures")

    page.get_by_role("tab", name=text.page.TABS["data"], exact=True).click()
    delete(page, "Blue cap")
    button(page, text.data.DELETE_NO).click()
    expect(page.get_by_text("This cannot be undone")).to_be_hidden()
    delete(page, "Blue cap")
    button(page, text.data.DELETE_YES).click()
    expect(page.locator(".data-list")).not_to_contain_text("Blue cap")
    assert not (data_dir / "blue_cap").exists()


def test_an_archive_is_added_and_bad_input_gives_one_sentence(page, own_app, tmp_path: Path) -> None:
    page.get_by_role("tab", name=text.data.ARCHIVE, exact=True).click()
    button(page, text.data.ADD_IT).click()
    expect(page.get_by_text(text.data.CHOOSE_SOURCE)).to_be_visible()
    (tmp_path / "letter.zip").write_text("Dear reader")
    upload(page, field(page, text.data.FILE), tmp_path / "letter.zip")
    button(page, text.data.ADD_IT).click()
    expect(page.locator(".notice", has_text="neither a folder nor a ZIP or TAR archive")).to_be_visible()

    page.get_by_role("button", name="Clear").locator("visible=true").first.click()
    archive = tar_xz(category(tmp_path / "gear"), tmp_path / "gear.tar.xz")
    page.get_by_label(text.data.PATH).fill(str(archive))
    button(page, text.data.ADD_IT).click()
    expect(page.locator(".notice", has_text="Gear is here: 4 good parts for training")).to_be_visible()
    assert len(load_category(own_app[1].data_dir, "gear").test) == 3


def test_the_terms_are_shown_and_needed_before_a_download(page) -> None:
    page.get_by_role("tab", name=text.data.MVTEC, exact=True).click()
    expect(page.locator(".notice:visible", has_text="CC BY-NC-SA 4.0")).to_be_visible()
    button(page, text.data.GET).click()
    expect(page.get_by_text(text.data.ACCEPT_FIRST)).to_be_visible()


def test_a_phone_shows_the_tab_without_horizontal_scrolling(own_app, running_chromium) -> None:
    """On a page of its own: one that was narrow does not show all its tabs again."""
    with visited(running_chromium, f"{own_app[0]}/?tab=data", 390, 800) as page:
        expect(page.locator(".data-list")).to_contain_text("Widget")
        for name in (text.data.OWN, text.data.MVTEC, text.data.ARCHIVE):
            with filled(page):
                show_tab(page, name)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_function(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
                assert page.evaluate("document.documentElement.scrollWidth") <= 390, (name, scheme)
