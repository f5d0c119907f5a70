"""The Detect tab in a real browser, as a visitor sees it."""

import re
import shutil
from pathlib import Path

import pytest
from accessible import violations
from chromium import filled, lead, upload
from detect_page import arrow, expect_verdict, go, tab, visible
from PIL import Image

from favae_demo.data.io.images import decode, save_png
from favae_demo.data.library.feedback import GOOD, Feedback
from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "detect_page"]
pytestmark = pytest.mark.browser


@pytest.fixture
def page(detect_page):
    return detect_page


@pytest.fixture(scope="module")
def darker(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five good parts in less light."""
    folder = tmp_path_factory.mktemp("darker")
    for number in range(5):
        image = decode(tiny_mvtec / "widget" / "train" / "good" / f"{number:03}.png")
        save_png(folder / f"dark {number}.png", (image * 0.95).astype("uint8"))
    return sorted(folder.iterdir())


def own_image(page, path: Path) -> None:
    tab(page, text.page.OWN_PICTURE)
    clear = page.get_by_role("button", name="Remove Image").locator("visible=true")
    if clear.count():
        clear.click()
    page.locator("input[type=file]").first.set_input_files(path)


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


def test_a_click_while_an_arrow_key_is_answered_leaves_its_picture_marked(page) -> None:
    thumbnails = page.locator("button.thumbnail-item:visible")
    with filled(page):
        with page.expect_response(re.compile("queue/join")):  # else the key may be answered after the click
            arrow(page, "ArrowLeft")
        thumbnails.nth(1).click()
    sync_api.expect(page).to_have_url(re.compile("image=test%2Fgood%2F001.png"))
    sync_api.expect(thumbnails.nth(1)).to_have_class(re.compile("selected"))
    expect_verdict(page, "this is a good part")


def test_own_image_is_judged_and_a_bad_one_gets_a_sentence(page, blot: Path, no_image: Path) -> None:
    shutil.copy(no_image, no_image.with_suffix(".pdf"))
    own_image(page, blot)
    assert "Defect" in expect_verdict(page, text.page.NO_TRUTH).inner_text()
    own_image(page, no_image)
    sync_api.expect(page.get_by_text("is not a PNG").first).to_be_visible()
    tab(page, text.page.TEST_PICTURES)
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    tab(page, text.page.OWN_PICTURE)
    sync_api.expect(page.locator(".file-preview:visible")).to_have_count(0)
    field = page.locator("input[type=file]").first
    sync_api.expect(field).to_have_attribute("accept", re.compile(r"\.png,"))
    field.set_input_files(no_image.with_suffix(".pdf"))  # chosen all the same, or dropped there
    expect_verdict(page, "is not a PNG")
    tab(page, text.page.TEST_PICTURES)
    page.locator("button.thumbnail-item:visible").first.click()
    expect_verdict(page, "this is a good part")
    tab(page, text.page.OWN_PICTURE)
    arrow(page, "ArrowRight")  # to a test image, whose tab is shown
    sync_api.expect(page.locator("button.thumbnail-item:visible").nth(1)).to_have_class(
        re.compile("selected")
    )


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


def test_sensitivity_moves_the_threshold_and_resets(page) -> None:
    page.locator(
        "button.thumbnail-item:visible"
    ).last.click()  # another one than before: its answer can be awaited
    verdict = expect_verdict(page, "this part has a defect (spot)")
    before = re.search(r"\S+ × the limit", verdict.inner_text())[0]
    number = page.get_by_label("number input for Sensitivity")
    number.fill("20")
    number.press("Enter")
    sync_api.expect(verdict).not_to_contain_text(before)
    page.get_by_label("Reset to default value").locator("visible=true").first.click()
    sync_api.expect(verdict).to_contain_text(before)


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
    with filled(page):  # the answer comes twice, and each shows the whole picture
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
