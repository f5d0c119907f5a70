"""The Train tab in a real browser: a training from its settings to its model, across closed tabs and between visitors."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from chromium import filled, held, visited
from small_training import SMALL, small_config

from favae_demo.checkpoints.checkpoint import read_card
from favae_demo.config.presets import EXTENDED, PRESETS
from favae_demo.core.settings import Settings
from favae_demo.runs import manager
from favae_demo.runs.pipeline import run_training
from favae_demo.teacher.weight_fetcher import Fetch, Fetcher
from favae_demo.training.events import Finished
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text
from favae_demo.ui.components import weights_panel
from favae_demo.ui.theme import STATIC

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser

LONG = 180_000  # milliseconds; a training process takes some seconds to begin
PHONE = 390  # width in pixels
EPOCHS = 40
STEPS = 3  # of a run that was stopped
ENDLESS = small_config(epochs=10_000, patience=10_000)


@pytest.fixture
def settings(server) -> Iterator[Settings]:
    """Settings of the app; all trainings are deleted after the test."""
    yield server.settings
    for run in manager.list_runs(server.settings):
        manager.stop(run, server.settings, wait_seconds=60)
        manager.delete(run, server.settings)


@pytest.fixture(scope="module")
def opened(server, running_chromium) -> Iterator:
    """The page of a visitor, which these tests share."""
    with visited(running_chromium, f"{server.url}/?tab=train") as page:
        yield page


@pytest.fixture(scope="module")
def opened_on_a_phone(server, running_chromium) -> Iterator:
    """The page of another visitor, which these tests share."""
    with visited(running_chromium, f"{server.url}/?tab=train", PHONE, 900) as page:
        yield page


@pytest.fixture
def page(settings: Settings, opened):
    """The tab without a run, whatever another test has done to it."""
    return without_run(opened)


@pytest.fixture
def phone(settings: Settings, opened_on_a_phone):
    """The same on a phone."""
    return without_run(opened_on_a_phone)


@pytest.fixture
def stopped(settings: Settings) -> str:
    """A run that was stopped after its first steps."""
    folder, asked = RunFolder(settings.runs_dir / "stopped"), count()
    folder.create(ENDLESS, "widget", settings.data_dir)
    for _ in run_training(folder, settings, stop=lambda: next(asked) >= STEPS):
        pass
    return folder.id


@pytest.fixture
def idle_training(phone, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that trains nothing takes the place of each that would train."""
    processes = []

    def launch(folder: RunFolder) -> None:
        processes.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        manager.mark_process(folder, processes[-1].pid)

    monkeypatch.setattr(manager, "launch", launch)
    yield
    for process in processes:
        process.kill()
        process.wait()


def without_run(page):
    """Waits until a page shows no run."""
    expect(page.get_by_text(text.train.SAMPLES).locator("visible=true").first).to_be_visible()
    expect(page.locator(".run-card")).to_be_hidden()
    return page


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def state(page):
    return page.locator(".run-state")


def further_than(step: int) -> re.Pattern:
    """Matches the card's text once the training is past a step (of the first hundred)."""
    return re.compile(rf"\((?!({'|'.join(map(str, range(step + 1)))}) of )\d+ of")


def choose(page, title: str) -> None:
    page.get_by_role("radio", name=title).check()


def setting(page, name: str):
    """The field of a setting."""
    return page.get_by_label(text.settings.FIELDS[name], exact=True)


def open_settings(page) -> None:
    """Unfolds the settings with the keyboard, unless they are."""
    if not setting(page, "epochs").is_visible():
        page.get_by_role("button", name=text.train.SETTINGS).press("Enter")
    expect(setting(page, "epochs")).to_be_visible()


def fill_small_settings(page, epochs: int) -> None:
    """The settings of `small_config`, typed into the form."""
    choose(page, text.train.VARIANTS["none"])
    open_settings(page)
    small = SMALL | {"epochs": epochs, "snapshot_every": 10}
    fields = [(setting(page, name), f"{small[name]:g}") for name in small]
    for field, value in fields:
        field.fill(value)
    expect(page.get_by_role("radio", name=text.train.CUSTOM_TITLE)).to_be_checked()


def test_what_is_typed_stays_when_the_values_of_a_choice_come_later(page) -> None:
    open_settings(page)
    with filled(page):
        choose(page, text.train.VARIANTS["vgg16"])
    expect(page.get_by_role("radio", name=text.page.PRESETS["quick"])).to_be_checked()
    quick = f"{PRESETS['quick'].epochs}"
    expect(setting(page, "epochs")).to_have_value(quick)
    with filled(page), held(page):
        choose(page, text.page.PRESETS["extended"])
        setting(page, "epochs").fill("7")
    expect(page.get_by_role("radio", name=text.train.CUSTOM_TITLE)).to_be_checked()
    expect(setting(page, "epochs")).to_have_value("7")
    expect(setting(page, "max_steps")).to_have_value(f"{EXTENDED.max_steps}")  # the others are the recipe's
    with filled(page):
        choose(page, text.page.PRESETS["quick"])
    expect(setting(page, "epochs")).to_have_value(quick)


def test_a_training_from_settings_to_model_with_the_tab_closed_meanwhile(
    server, settings: Settings, running_chromium, tmp_path: Path
) -> None:
    with visited(running_chromium, f"{server.url}/?tab=train") as page:
        expect(page.locator(".strip img").first).to_be_visible()
        expect(page.locator(".run-card")).to_have_count(0)  # nothing empty before there is something to show
        with held(page):  # at once, before the values of the recipe have come
            fill_small_settings(page, EPOCHS)
            button(page, text.train.START).click()
        expect(state(page)).to_contain_text("running")
        expect(page).to_have_title(re.compile(r"(\d+ % ·|finished:) Widget"))
        (run,) = manager.list_runs(settings)
        config = manager.view(run, settings).config
        assert (config.preset, config.teacher, config.epochs, config.width) == (
            text.train.CUSTOM,
            "none",
            EPOCHS,
            0.05,
        )
    with visited(running_chromium, f"{server.url}/?tab=train") as page:
        expect_finished(page)
        assert read_card(downloaded(page, tmp_path)).config == config


def expect_finished(page) -> None:
    """A visitor who comes later sees the whole training."""
    expect(page.get_by_role("radio", name="Widget · VAE · own settings")).to_be_checked()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(state(page)).to_contain_text("finished", timeout=LONG)
    expect(page.locator(".run-card")).to_contain_text("Finished: ")
    expect(page.locator(".run-figures")).to_contain_text("image AUROC")
    expect(page.locator(".strip.wide figure")).to_have_count(4)
    for caption in page.locator(".strip.wide figcaption").all_inner_texts():
        assert "Good part" in caption or "Defect" in caption
    for title in text.train.PLOTS.values():
        expect(page.locator("svg, canvas").locator("visible=true").first).to_be_visible()
        expect(page.get_by_text(f"{title} (VAE)").first).to_be_visible()
    expect(page.get_by_text(f"after round {EPOCHS}").first).to_be_visible()
    curve = page.locator(".chart img.on-light").first
    light = curve.get_attribute("src")
    choose(page, text.train.SMOOTHINGS["strong"])
    expect(curve).not_to_have_attribute("src", light)
    expect(button(page, text.train.OPEN)).to_be_enabled()


def downloaded(page, folder: Path) -> Path:
    """Saves the model of the run that is shown, and returns its file."""
    with page.expect_download() as coming:
        button(page, text.train.DOWNLOAD).click()
    assert coming.value.suggested_filename == "widget-none-custom.safetensors"
    coming.value.save_as(folder / "model.safetensors")
    return folder / "model.safetensors"


CARD = """<div id=train-run><section class=run-card><h2>Widget</h2><span class="run-state running">running</span>
<div class=run-bar><strong>42 %</strong></div></section></div>"""
NOTICES = """window.favae = {}; window.told = []; Object.defineProperty(document, "hidden", {get: () => window.away});
window.Notification = class { static permission = "granted"; constructor(title, {body}) { told.push(`${title}: ${body}`); } }"""
END = "document.querySelector('.run-state').outerHTML = '<span class=\"run-state finished\">done</span>'; favae.tellTraining()"


@pytest.mark.parametrize("away", [True, False])
def test_the_end_of_a_training_is_told_to_who_is_away(away: bool, chromium) -> None:
    page = chromium.new_page()
    page.set_content(f"<title>Demo</title>{CARD}")
    page.add_script_tag(content=NOTICES)
    page.add_script_tag(path=STATIC / "training.js")
    page.evaluate("(away) => { window.away = away; favae.tellTraining(); }", away)
    expect(page).to_have_title("42 % · Widget · Demo")
    page.evaluate(END)
    expect(page).to_have_title("done: Widget · Demo")
    assert page.evaluate("told") == (["Demo: done: Widget"] if away else [])
    page.evaluate("favae.tellTraining()")  # once is enough
    assert page.evaluate("told.length") == away
    page.mouse.click(5, 5)
    expect(page).to_have_title("Demo")


def test_a_finished_training_that_was_not_watched_changes_no_title(chromium) -> None:
    page = chromium.new_page()
    page.set_content(f"<title>Demo</title>{CARD}")
    page.add_script_tag(content=NOTICES)
    page.add_script_tag(path=STATIC / "training.js")
    page.evaluate(END)
    expect(page).to_have_title("Demo")


def test_stop_resume_and_delete_with_confirmation(page, settings: Settings, stopped: str) -> None:
    run = stopped
    expect(state(page)).to_contain_text("stopped")
    expect(button(page, text.train.OPEN)).to_be_visible()
    assert manager.view(run, settings).last(Finished).steps == STEPS

    button(page, text.train.RESUME).click()
    expect(state(page)).to_contain_text("running")
    expect(button(page, text.train.DELETE)).to_be_hidden()
    expect(page.get_by_text("pictures/s")).to_be_visible(timeout=LONG)
    expect(page.locator(".run-card")).to_contain_text(further_than(STEPS), timeout=LONG)
    button(page, text.train.STOP).click()
    expect(state(page)).to_contain_text("stopped", timeout=LONG)
    assert manager.view(run, settings).last(Finished).steps > STEPS

    button(page, text.train.DELETE).click()
    button(page, text.train.DELETE_NO).click()
    expect(button(page, text.train.DELETE_YES)).to_be_hidden()
    assert manager.list_runs(settings) == [run]
    manager.stop(run, settings, wait_seconds=30)
    button(page, text.train.DELETE).click()
    expect(page.get_by_text("cannot be undone")).to_contain_text("Widget · VAE · quick")
    button(page, text.train.DELETE_YES).click()
    expect(page.get_by_text(text.train.RUNS, exact=True)).to_be_hidden()
    expect(page.get_by_text(text.train.SAMPLES)).to_be_visible()
    assert manager.list_runs(settings) == []


def test_a_model_opens_in_detect_though_the_page_has_heard_of_other_weights(
    server, stopped: str, running_chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_panel, "all_here", lambda _: False)
    monkeypatch.setattr(Fetcher, "latest", lambda _: Fetch("vgg16", None, running=False))
    with visited(running_chromium, f"{server.url}/?tab=train") as page:
        with filled(page):
            expect(page.get_by_label("arrived")).to_have_value("vgg16")
        with filled(page):
            button(page, text.train.OPEN).click()
            expect(page.locator(".verdict:visible .gauge")).to_be_visible()
        expect(page).to_have_url(re.compile(rf"tab=detect&category=widget&model={stopped}&"))


def test_two_visitors_see_the_same_training_and_a_second_start_shows_it(
    page, phone, settings: Settings
) -> None:
    first, second = page, phone
    run = manager.start(ENDLESS, "widget", settings.data_dir, settings).id
    for page in (first, second):  # both were there before it began
        expect(state(page)).to_contain_text("running")
        expect(page.get_by_text("pictures/s")).to_be_visible(timeout=LONG)
    button(second, text.train.START).click()
    expect(second.get_by_text("already running")).to_be_visible()
    expect(second.get_by_role("radio", name="Widget · VAE · quick")).to_be_checked()
    assert manager.list_runs(settings) == [run]
    button(first, text.train.STOP).click()
    for page in (first, second):
        expect(state(page)).to_contain_text("stopped", timeout=LONG)
    manager.stop(run, settings, wait_seconds=30)
    manager.delete(run, settings)  # by somebody else, while both look at it
    for page in (first, second):
        expect(page.locator(".run-card")).to_be_hidden()


def test_a_bad_setting_is_reported_and_the_form_keeps_its_values(page, settings: Settings) -> None:
    fill_small_settings(page, epochs=5)
    field = setting(page, "rotation")
    field.fill("999")
    expect(page.get_by_text("must be between 0 and 180").first).to_be_visible()  # in the previews' place
    button(page, text.train.START).click()
    expect(page.get_by_test_id("toast-body").get_by_text("must be between 0 and 180")).to_be_visible()
    assert manager.list_runs(settings) == []
    assert field.input_value() == "999"
    assert setting(page, "epochs").input_value() == "5"
    choose(page, text.page.PRESETS["quick"])
    expect(field).to_have_value("15")
    expect(page.get_by_text(text.train.VIEWS, exact=True).last).to_be_visible()


def test_settings_are_found_by_words(page) -> None:
    open_settings(page)
    search = page.get_by_label(text.train.SEARCH)
    search.fill("rotated share")
    expect(setting(page, "epochs")).to_be_hidden()
    expect(setting(page, "rotation_p")).to_be_visible()
    shown = page.locator(".setting:visible")
    assert shown.evaluate_all("(all) => all.map((one) => one.id)") == ["setting-rotation_p"]
    assert page.locator(".setting-group:visible").count() == 1
    search.fill("no such thing")
    expect(page.get_by_text(text.train.NOTHING_FOUND)).to_be_visible()
    expect(shown).to_have_count(0)
    search.fill("")
    expect(setting(page, "epochs")).to_be_visible()
    expect(page.get_by_text(text.train.NOTHING_FOUND)).to_be_hidden()


def test_by_keyboard_on_a_phone(phone, idle_training, settings: Settings) -> None:
    page = phone
    page.get_by_role("radio", name=text.train.VARIANTS["none"]).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name=text.train.VARIANTS["none"])).to_be_checked()
    open_settings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    button(page, text.train.START).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".run-card")).to_be_in_viewport()
    expect(state(page)).to_contain_text("running")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    (run,) = manager.list_runs(settings)
    assert manager.view(run, settings).config.teacher == "none"
