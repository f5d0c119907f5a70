"""The page in a real browser, as a visitor sees it: the shell and the Detect tab."""

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from accessible import violations
from chromium import PATIENCE, filled, lead, upload, visited
from line_history import at, kept, write_database
from PIL import Image

from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library.feedback import GOOD, Feedback
from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "few_samples"]
pytestmark = pytest.mark.browser
EMPTY = "about:blank"


@pytest.fixture(scope="module")
def opened(running_chromium) -> Iterator:
    """The window that these tests share."""
    with visited(running_chromium, EMPTY) as page:
        yield page


@pytest.fixture
def page(opened, server):
    """The page with its Detect tab, whatever another test has done to it."""
    if opened.url == EMPTY:
        go(opened, server.url)
        expect_verdict(opened, "this part has a defect")
    opened.set_viewport_size({"width": 1280, "height": 1000})
    tab(opened, "Detect")
    return opened


@pytest.fixture(scope="module")
def darker(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five good parts in less light."""
    folder = tmp_path_factory.mktemp("darker")
    for number in range(5):
        image = decode(tiny_mvtec / "widget" / "train" / "good" / f"{number:03}.png")
        save_png(folder / f"dark {number}.png", (image * 0.95).astype("uint8"))
    return sorted(folder.iterdir())


def go(page, url: str) -> None:
    """Opens an address; once more where the page before, which was still being filled, kept the browser from leaving it."""
    try:
        page.goto(url)
    except sync_api.Error as error:
        if "ERR_ABORTED" not in str(error):
            raise
        page.goto(url)


def visible(page, name: str):
    """The button of this name that is on screen."""
    return page.get_by_role("button", name=name).locator("visible=true").first


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def expect_verdict(page, words: str):
    verdict = page.locator(".verdict:visible").first
    sync_api.expect(verdict).to_contain_text(words, timeout=PATIENCE)
    return verdict


def arrow(page, key: str) -> None:
    """Presses an arrow key where nothing has the focus: a list of tabs would take it."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)


def own_image(page, path: Path) -> None:
    tab(page, text.page.OWN_PICTURE)
    clear = page.get_by_role("button", name="Remove Image").locator("visible=true")
    if clear.count():
        clear.click()
    page.locator("input[type=file]").first.set_input_files(path)


def test_the_page_opens_with_a_finished_example(opened, server) -> None:
    page = opened
    page.set_viewport_size({"width": 1280, "height": 1000})
    go(page, server.url)
    verdict = expect_verdict(page, "this part has a defect")
    assert re.search(r"(Defect|Good part)[\s\S]*score \d", verdict.inner_text())
    for name in text.page.PANES.values():
        image = page.get_by_alt_text(name, exact=True).locator("visible=true")
        sync_api.expect(image).to_have_js_property("complete", True)
    sync_api.expect(page).to_have_url(
        f"{server.url}/?tab=detect&category=widget&model=widget-none-quick&image=test%2Fscratch%2F000.png"
    )


def test_picked_previous_and_next_images_are_judged(page) -> None:
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    page.get_by_role("button", name="Previous").click()  # round the corner: the last one
    expect_verdict(page, "this part has a defect (spot)")
    page.get_by_role("button", name="Next").click()
    expect_verdict(page, "this is a good part")


def test_no_press_of_an_arrow_key_is_lost_while_an_answer_is_on_its_way(page) -> None:
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    with filled(page):
        for key in ["ArrowRight"] * 6 + ["ArrowLeft"]:
            arrow(page, key)
    expect_verdict(page, "this part has a defect (scratch)")
    sync_api.expect(page).to_have_url(re.compile("image=test%2Fscratch%2F001.png"))
    with filled(page):
        for key in ("ArrowRight", "ArrowLeft"):
            arrow(page, key)
    sync_api.expect(page).to_have_url(re.compile("image=test%2Fscratch%2F001.png"))


def test_own_image_is_judged_and_a_bad_one_gets_a_sentence(page, blot: Path, no_image: Path) -> None:
    own_image(page, blot)
    assert "Defect" in expect_verdict(page, text.page.NO_TRUTH).inner_text()
    own_image(page, no_image)
    sync_api.expect(page.get_by_text("is not a PNG").first).to_be_visible()
    tab(page, text.page.TEST_PICTURES)
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    tab(page, text.page.OWN_PICTURE)
    sync_api.expect(page.locator(".file-preview:visible")).to_have_count(0)
    tab(page, text.page.TEST_PICTURES)


def test_own_images_are_stepped_through_and_no_test_image_comes_between(
    page, darker: list[Path], no_image: Path
) -> None:
    files = [*darker[:2], no_image]
    tab(page, text.page.OWN_PICTURE)
    upload(page, page.locator("input[type=file]").first, *files)
    whole = page.get_by_role("cell", name=files[0].name, exact=True)
    sync_api.expect(whole).to_have_attribute("title", files[0].name)  # a long one is cut
    of_three = [text.page.NO_TRUTH_OF_MANY.format(number=number, count=3) for number in (1, 2, 3)]
    expect_verdict(page, of_three[0])
    arrow(page, "ArrowRight")
    expect_verdict(page, of_three[1])
    visible(page, "Next").press("Enter")
    expect_verdict(page, "is not a PNG")
    visible(page, "Next").press("Enter")
    expect_verdict(page, of_three[0])
    arrow(page, "ArrowLeft")
    expect_verdict(page, "is not a PNG")
    page.get_by_role("cell", name=files[1].name, exact=True).click()
    expect_verdict(page, of_three[1])
    sync_api.expect(page).not_to_have_url(re.compile("image="))
    tab(page, text.page.TEST_PICTURES)
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    arrow(page, "ArrowLeft")  # of the test images: the last one
    expect_verdict(page, "this part has a defect (spot)")


def test_a_link_to_a_model_that_is_not_here_says_so(page, server) -> None:
    go(page, f"{server.url}/?category=widget&model=widget-gone")
    expect_verdict(page, "this part has a defect")
    sync_api.expect(page.get_by_text(text.page.NOT_HERE["model"].format(name="widget-gone"))).to_be_visible()
    sync_api.expect(page).to_have_url(re.compile("model=widget-none-quick"))


def test_a_link_to_another_tab_begins_at_its_top(page) -> None:
    page.evaluate("scrollTo(0, 300)")
    assert page.evaluate("scrollY") == 300
    lead(page, tab="train")
    sync_api.expect(page.get_by_role("button", name=text.train.START, exact=True)).to_be_visible()
    assert page.evaluate("scrollY") == 0
    tab(page, "Detect")


def test_what_a_tab_showed_before_is_not_what_a_link_to_it_asks_for(page) -> None:
    tab(page, "Train")
    sync_api.expect(page).to_have_url(re.compile("tab=train"))
    asked = page.evaluate(
        """() => {
      favae.go({tab: "detect", category: "widget", model: "widget-none-quick", image: "test/spot/001.png"});
      favae.follow("detect", {category: "widget", model: "another", image: "test/good/000.png"}); // Gradio is late
      return location.search;
    }"""
    )
    assert "model=widget-none-quick&image=test%2Fspot%2F001.png" in asked
    expect_verdict(page, "this part has a defect (spot)")


def test_sensitivity_moves_the_threshold_and_resets(page) -> None:
    page.locator(
        "button.thumbnail-item:visible"
    ).last.click()  # another one than before: its answer can be awaited
    verdict = expect_verdict(page, "this part has a defect (spot)")
    threshold = re.search(r"limit ([\d.]+)", verdict.inner_text())[0]
    number = page.get_by_label("number input for Sensitivity")
    number.fill("20")
    number.press("Enter")
    sync_api.expect(verdict).not_to_contain_text(f"{threshold})")
    page.get_by_label("Reset to default value").locator("visible=true").first.click()
    sync_api.expect(verdict).to_contain_text(f"{threshold})")


def test_a_result_is_saved_as_one_image(page, tmp_path: Path) -> None:
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=text.page.SAVE).click()
    waiting.value.save_as(tmp_path / "result.png")
    assert waiting.value.suggested_filename == "000-widget-none-quick.png"
    with Image.open(tmp_path / "result.png") as sheet:
        assert sheet.size[0] > 1600


def test_a_wrong_verdict_is_put_right_by_keyboard_on_a_phone(
    page, server, served_services, darker: list[Path]
) -> None:
    marks, models = server.settings.marks_dir, server.settings.checkpoint_dir
    try:
        for path in darker[1:]:
            Feedback(marks, "widget").mark(path, GOOD, "a colleague")
        go(page, server.url)
        page.set_viewport_size({"width": 390, "height": 844})
        own_image(page, darker[0])  # while the page still judges its example
        expect_verdict(page, text.page.NO_TRUTH)
        visible(page, text.feedback.WAS[GOOD]).press("Enter")
        said = page.locator(".notice:visible", has_text="Added to the good parts").first
        sync_api.expect(said).to_contain_text("5 good, 0 defect")
        visible(page, text.feedback.TITLE).press("Enter")
        sync_api.expect(page.get_by_text("a colleague: dark 4.png is good").first).to_be_visible()
        visible(page, text.feedback.RECALIBRATE.format(count=5)).press("Enter")
        sync_api.expect(
            page.get_by_text("Version 2: recalibrated with 5 good pictures").first
        ).to_be_visible()
        sync_api.expect(page.locator(".status:visible")).to_contain_text("version 2")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visible(page, text.feedback.UNDO.format(number=2)).press("Enter")
        sync_api.expect(page.get_by_text("Version 2 deleted").first).to_be_visible()
        group = page.locator(
            "[tabindex='-1']:focus"
        )  # the button is gone, and what was around it has the focus
        sync_api.expect(group.get_by_role("button", name=text.feedback.BACK)).to_be_visible()
        sync_api.expect(page.locator(".status:visible")).not_to_contain_text("version 2")
        assert [model.path.stem for model in served_services.registry.models("widget")] == [
            "widget-none-quick"
        ]
    finally:  # other tests share the server
        shutil.rmtree(marks, ignore_errors=True)
        for path in models.glob("*-v2.safetensors"):
            path.unlink()
        lead(page, tab="detect", category="widget", model="widget-none-quick", image="test/scratch/000.png")
        expect_verdict(page, "this part has a defect (scratch)")


def test_a_verdict_is_correct_or_not_by_what_was_said_last(page, server) -> None:
    try:
        with filled(page):
            lead(page, tab="detect", category="widget", image="test/scratch/001.png")
        verdict = expect_verdict(page, "(scratch)")
        before = page.locator(".verdict:visible .outcome").first.inner_text()
        visible(page, text.feedback.WAS[GOOD]).press("Enter")
        expect_verdict(page, text.feedback.MARKED[GOOD])
        sync_api.expect(verdict).not_to_contain_text(before)
        if not page.get_by_role("button", name=text.feedback.BACK).is_visible():
            visible(page, text.feedback.TITLE).press("Enter")
        visible(page, text.feedback.BACK).press("Enter")
        sync_api.expect(verdict).to_contain_text(before)
        sync_api.expect(verdict).not_to_contain_text(text.feedback.MARKED[GOOD])
    finally:  # other tests share the server
        shutil.rmtree(server.settings.marks_dir, ignore_errors=True)


def test_the_panes_zoom_together_and_show_a_region(page, blot, tmp_path) -> None:
    def await_views(condition: str, before: list[str] | None = None) -> list[str]:
        """Waits until `all`, the transforms of the panes that are seen, are as a condition wants; returns them."""
        script = """([selector, before]) => {
          const seen = [...document.querySelectorAll(selector)].filter((one) => one.offsetParent);
          const all = seen.map((one) => getComputedStyle(one).transform);
          return all.length && %s ? all : null;
        }"""
        arguments = [".detect .panes img", before]
        return page.wait_for_function(script % f"({condition})", arg=arguments).json_value()

    whole_view = "all.every((one) => one === 'none')"
    path = tmp_path / "large.png"
    Image.open(blot).resize((1600, 1600)).save(path)
    own_image(page, path)
    zoom, whole = page.locator(".zoom-tools output"), visible(page, text.page.ZOOM_WHOLE)
    sync_api.expect(page.locator(".zoom-tools[data-width='1600']")).to_be_visible()
    sync_api.expect(whole).to_be_disabled()
    region = page.locator(".regions button").last
    region.press("Enter")
    sync_api.expect(zoom).not_to_have_text("100 %")
    panes = await_views("all[0] !== 'none' && new Set(all).size === 1")
    sync_api.expect(page.locator(".above .mark")).to_have_count(len(panes))
    picture = page.locator(".detect .panes .picture .image-container > button")
    picture.press("+")
    sync_api.expect(page.locator(".picture .above image")).to_have_attribute(
        "href", re.compile("^data:image/jpeg")
    )
    sharp = page.locator(".result .above image")
    drawn = sharp.evaluate("(one) => one.href.baseVal.length")
    page.get_by_label("range slider for Strength").locator("visible=true").press("Home")
    page.wait_for_function(
        "(was) => ![was, undefined].includes(document.querySelector('.result .above image')?.href.baseVal.length)",
        arg=drawn,
    )
    before = await_views("all[0] !== 'none'")
    picture.press("ArrowRight")
    await_views("all[0] !== before[0]", before)
    assert violations(page) == []
    whole.click()
    sync_api.expect(region).to_have_attribute("aria-pressed", "false")
    await_views(whole_view)
    page.locator(".detect .panes .picture").hover()
    page.mouse.wheel(0, 100)  # neither with Ctrl nor in focus: the page scrolls
    page.wait_for_function("scrollY > 0")
    await_views(whole_view)
    picture.press("+")
    sync_api.expect(zoom).to_have_text("150 %")
    page.get_by_role("button", name="Next").click()  # another picture is shown whole
    sync_api.expect(zoom).to_have_text("100 %")
    await_views(whole_view)


def test_an_address_leads_to_its_image_and_view(page, server) -> None:
    go(page, f"{server.url}/?category=widget&image=spot/002.png&view=present")
    expect_verdict(page, "(spot)")
    sync_api.expect(page.get_by_role("tab", name="Train")).to_be_hidden()
    sync_api.expect(page.get_by_label(text.page.CATEGORY)).to_be_hidden()
    sync_api.expect(page.locator(".named")).to_have_text("Widget · VAE")
    panes = page.locator(".detect .panes img:visible")
    sync_api.expect(panes).to_have_count(2)
    page.wait_for_function(
        "(one) => one.getBoundingClientRect().height > 350", arg=panes.first.element_handle()
    )
    page.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
    page.keyboard.press("ArrowLeft")
    sync_api.expect(page).to_have_url(re.compile("spot%2F001"))
    page.keyboard.press("Escape")
    sync_api.expect(page.get_by_role("tab", name="Train")).to_be_visible()
    assert "view=" not in page.url
    go(page, f"{server.url}/?tab=compare")
    sync_api.expect(page.get_by_role("tab", name="Compare")).to_have_attribute("aria-selected", "true")
    go(page, f"{server.url}/?category=unheard-of")
    sync_api.expect(page.get_by_text("no kind of part called").first).to_be_visible()
    expect_verdict(page, "this part has a defect")


def test_back_and_forward_walk_through_tabs_and_images(page, server) -> None:
    def shows(name: str, image: str) -> None:
        sync_api.expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute(
            "aria-selected", "true"
        )
        sync_api.expect(page).to_have_url(
            re.compile(f"tab={name.lower()}&category=widget.*image=test%2F{image}")
        )

    go(page, f"{server.url}/?category=widget&image=spot/001.png")
    expect_verdict(page, "(spot)")
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    tab(page, "Compare")
    expect_verdict(page, "Good part")  # the tab opens on the same image
    shows("Compare", "good%2F000.png")
    tab(page, "Train")
    shows("Train", "good%2F000.png")
    page.go_back()
    shows("Compare", "good%2F000.png")
    page.go_back()
    shows("Detect", "good%2F000.png")
    page.go_back()
    expect_verdict(page, "(spot)")
    shows("Detect", "spot%2F001.png")
    page.go_forward()
    expect_verdict(page, "this is a good part")
    page.reload()
    expect_verdict(page, "this is a good part")
    shows("Detect", "good%2F000.png")


def test_the_page_is_wide_before_its_tabs_are_filled(page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.querySelector('.tabs').style.display = 'none'")
    assert page.evaluate("document.querySelector('.gradio-container').offsetWidth") == 1360
    page.evaluate("document.querySelector('.tabs').style.display = ''")


def test_an_address_chooses_what_is_trained_on(page, server, few_samples) -> None:
    go(page, f"{server.url}/?tab=train&category=sample_grid")
    chosen = page.get_by_label(text.page.CATEGORY).locator("visible=true")
    sync_api.expect(chosen).to_have_value(re.compile("^Sample grid"))
    sync_api.expect(
        page.locator(".strip img:visible").first
    ).to_be_visible()  # rendered, and shown as training pictures


def test_on_a_phone_a_tap_leads_to_the_verdict_and_start_is_in_sight(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator("button.thumbnail-item:visible").nth(1).click()
    sync_api.expect(page.locator(".verdict:visible").first).to_be_in_viewport()  # above, where a tap leads
    tab(page, "Train")
    sync_api.expect(visible(page, text.train.START)).to_be_in_viewport()  # however long its settings are


def test_the_history_of_a_line(page, server, tmp_path: Path) -> None:
    """In one visit: how a line is started, what it has judged since, one kept picture, the table as a file."""
    path = server.settings.line_db
    go(page, f"{server.url}/?tab=history")
    sync_api.expect(page.get_by_text(f"--out {path}")).to_be_visible()
    records = [kept(tmp_path, at(n, n, verdict="defect" if n % 5 == 0 else "good")) for n in range(40)]
    write_database(path, records)
    tab(page, "Detect")
    tab(page, text.page.TABS["history"])
    chart = page.get_by_role("img", name=re.compile("^Scores over time. left: median 0.50"))
    sync_api.expect(chart).to_be_visible()
    page.get_by_role("button", name="00039.png").press("Enter")
    sync_api.expect(page.locator(".history-detail .verdict")).to_contain_text("0.50 × the limit")
    sync_api.expect(page.locator(".history-detail .batch-picture img")).to_have_js_property("complete", True)
    page.get_by_label(text.history.SEARCH_INFO).fill("00035")
    page.get_by_label(text.history.SEARCH_INFO).press("Enter")
    sync_api.expect(page.locator(".batch-rows tbody tr:visible")).to_have_count(1)
    with page.expect_download() as download:
        visible(page, text.history.CSV).click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["defect"]
    assert violations(page, ".tabs") == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
