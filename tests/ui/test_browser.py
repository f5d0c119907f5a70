"""The page in a real browser, as a visitor sees it: its opening, its address, links between tabs, and a walk through them."""

import csv
import re
import threading
from pathlib import Path

import pytest
from accessible import violations
from chromium import PATIENCE, filled, lead, show_tab, visited
from detect_page import expect_verdict, go, tab, visible
from line_history import at, kept, write_database

from favae_demo.ui import text
from favae_demo.ui.tabs.detect import answers

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget", "few_samples", "detect_page"]
pytestmark = pytest.mark.browser


@pytest.fixture
def page(detect_page):
    return detect_page


def test_the_page_opens_with_a_finished_example(shared_page, server) -> None:
    page = shared_page
    page.set_viewport_size({"width": 1280, "height": 1000})
    go(page, server.url)
    verdict = expect_verdict(page, "this part has a defect")
    assert re.search(r"(Defect|Good part)[\s\S]*\d × the limit", verdict.inner_text())
    for name in text.page.PANES.values():
        image = page.get_by_alt_text(name, exact=True).locator("visible=true")
        sync_api.expect(image).to_have_js_property("complete", True)
    sync_api.expect(page).to_have_url(
        f"{server.url}/?tab=detect&category=widget&model=widget-none-quick&image=test%2Fscratch%2F000.png"
    )


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


def expect_rate(page, rate: str, address: str) -> None:
    """The tab on screen has this sensitivity, and the address says so, or nothing of it."""
    sync_api.expect(page.get_by_label("number input for Sensitivity").locator("visible=true")).to_have_value(
        rate
    )
    sync_api.expect(page).to_have_url(re.compile(address))


def test_the_sensitivity_is_that_of_the_whole_page(page, server) -> None:
    go(page, f"{server.url}/?category=widget&rate=2")
    expect_verdict(page, "this part has a defect")
    expect_rate(page, "2", "&rate=2$")
    for name in ("Live", "Draw a defect", "Compare"):
        tab(page, name)
        expect_rate(page, "2", "tab=.*&rate=2$")
    page.get_by_label("range slider for Sensitivity").locator("visible=true").press("End")
    expect_rate(page, "20", "tab=compare.*&rate=20$")
    tab(page, "Detect")
    expect_rate(page, "20", "tab=detect.*&rate=20$")
    page.reload()
    expect_verdict(page, "this part has a defect")
    expect_rate(page, "20", "&rate=20$")
    lead(page, rate="")
    expect_rate(page, "5", "^((?!rate=).)*$")
    page.go_back()
    expect_rate(page, "20", "&rate=20$")


def test_a_sensitivity_that_cannot_be_chosen_is_ignored(page, server) -> None:
    go(page, f"{server.url}/?category=widget&rate=99")
    expect_verdict(page, "this part has a defect")
    expect_rate(page, "5", "^((?!rate=).)*$")


def test_of_a_running_event_only_the_place_in_the_queue_is_shown(page) -> None:
    page.evaluate(
        """() => {
      const remark = document.createElement("div");
      remark.className = "progress-text meta-text";
      remark.append("queue: 1/2 | ", "3.4/11.3s");
      document.body.append(remark);
    }"""
    )
    remark = page.locator("body > .progress-text.meta-text")
    sync_api.expect(remark).to_have_css("font-size", "0px")
    sync_api.expect(remark).to_have_attribute("data-queue", "In queue: 1 of 2")
    shown = remark.evaluate(
        "(one) => { const {content, fontSize} = getComputedStyle(one, '::before'); return [content, fontSize]; }"
    )
    assert shown[0] == '"In queue: 1 of 2"'
    assert float(shown[1].removesuffix("px")) > 10
    remark.evaluate("(one) => one.textContent = 'processing | 12.0s'")
    sync_api.expect(remark).not_to_have_attribute("data-queue", "In queue: 1 of 2")
    remark.evaluate("(one) => one.remove()")


def test_who_waits_sees_the_place_in_the_queue(page, server, running_chromium, monkeypatch) -> None:
    ended, judge = threading.Event(), answers.judge_test_image

    def judge_later(*values):
        assert ended.wait(PATIENCE / 1000)
        return judge(*values)

    with visited(running_chromium, server.url) as other:
        expect_verdict(other, "this part has a defect")
        monkeypatch.setattr(answers, "judge_test_image", judge_later)
        for one in (other, page):
            one.locator("button.thumbnail-item:visible").first.click()
        place = page.locator(".queue-place [data-queue]")
        sync_api.expect(place).to_be_in_viewport()
        sync_api.expect(place).to_have_attribute("data-queue", "In queue: 1 of 1")
        ended.set()
        sync_api.expect(place).to_have_count(0)


def test_an_event_renews_the_progress_of_few_components(page) -> None:
    """Gradio copies all that a component holds when it renews its progress."""
    for name in ("Train", "Batch", "Detect"):
        show_tab(page, name)
    page.evaluate(
        """() => {
      const copy = structuredClone;
      window.copies = 0;
      window.structuredClone = (...values) => { window.copies += 1; return copy(...values); };
    }"""
    )
    with filled(page):
        show_tab(page, "Batch")
    assert 0 < page.evaluate("copies") < 10_000  # 31,000 where inputs have a progress


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
    for name, named in (
        ("compare", "Widget"),
        ("live", "Widget · VAE"),
        ("draw", "Widget · VAE"),
        ("results", "Widget · VAE"),
    ):
        lead(page, tab=name)
        sync_api.expect(page.locator(".named")).to_have_text(named)
    sync_api.expect(page.get_by_text(text.report.TITLE, exact=True)).to_be_hidden()  # its buttons are too
    lead(page, tab="batch")
    sync_api.expect(page.get_by_role("button", name=text.batch.START, exact=True)).to_be_visible()
    lead(page, tab="detect")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect_verdict(page, "(spot)")
    page.evaluate(
        "document.querySelector('.detect .verdict .note').textContent = 'Far too few good pictures. '.repeat(12)"
    )
    ends = "[...document.querySelectorAll('.detect .answer, .detect .legend')].filter(one => one.offsetParent).map(one => one.getBoundingClientRect().bottom)"
    answer, legend = page.evaluate(ends)
    assert legend <= answer
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
