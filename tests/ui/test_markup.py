"""In a real browser nothing of a visitor's text is markup: names of parts, kinds, files and runs, cards of models, addresses, messages."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import hostile_checkpoints
import pytest
from chromium import PATIENCE, filled, show_tab
from hosts import Host, running
from raw_calls import Page

from favae_demo.config.presets import make_config
from favae_demo.core.files import write_json
from favae_demo.data.library.store import MARKER
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text

sync_api = pytest.importorskip("playwright.sync_api")
pytest_plugins = ["trained_widget"]
pytestmark = pytest.mark.browser
MARK = "<u>x"  # the page itself underlines nothing with this element
SHOWN = """(mark) => document.body.innerText.includes(mark)
  || [...document.querySelectorAll('input')].some((one) => one.checkVisibility() && one.value.includes(mark))"""
PART, KIND, FORMULA = f"{MARK} *part*", f"{MARK} _kind_", "=1+1"


@pytest.fixture(scope="module")
def host(tiny_mvtec: Path, widget_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server whose data, models and runs have such names."""
    home = tmp_path_factory.mktemp("home")
    part = home / "data" / PART
    shutil.copytree(tiny_mvtec / "widget", part)
    for root in ("test", "ground_truth"):
        (part / root / "spot").rename(part / root / KIND)
        (part / root / "scratch").rename(part / root / FORMULA)
    (part / "test" / KIND / "000.png").rename(part / "test" / KIND / f"{MARK}.png")
    noted = dict.fromkeys(("source", "licence", "taken_from", "added"), MARK)
    write_json(part / MARKER, noted | {"remarks": [MARK]})
    tensors, card = hostile_checkpoints.parts(widget_model)
    card |= {"category": PART, "data": dict.fromkeys(("source", "licence", "note"), MARK)}
    (home / "checkpoints").mkdir()
    (home / "checkpoints" / "x.safetensors").write_bytes(hostile_checkpoints.file(tensors, card))
    RunFolder(home / "runs" / "r").create(make_config("quick", PART, teacher="none"), PART, home / "data")
    with running(home, OMP_NUM_THREADS="1", FAVAE_ENGINE="torch") as host:
        yield host


def test_no_text_of_others_is_markup_on_the_page(host: Host, chromium) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{host.url}/?category=%3Cu%3Ey")
    toast = page.get_by_text("<u>y").first
    sync_api.expect(toast).to_be_visible()
    with filled(page):
        page.goto(f"{host.url}/?tab=detect&category={PART}")
    for tab, title in text.page.TABS.items():
        with filled(page):
            show_tab(page, title)
            if tab != "history":  # no line has judged anything here
                page.wait_for_function(SHOWN, arg=MARK)
        assert page.locator("u").count() == 0, tab
        assert page.locator("em", has_text="part").count() == 0, tab


def test_messages_show_what_was_typed(host: Host, chromium) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{host.url}/?tab=batch")
    page.get_by_label(text.batch.PATH).fill("/<u>y")
    page.get_by_role("button", name=text.batch.START, exact=True).click()
    sync_api.expect(page.get_by_text("There is no file or folder '/<u>y'").first).to_be_visible()
    assert page.locator("u").count() == 0


def test_no_text_of_others_is_markup_or_a_formula_in_a_report(host: Host) -> None:
    visitor = Page(host.url)
    record, html, archive = visitor.does("report", PART, "none", 0.2)["data"]
    assert record["category"] == PART
    page = Path(html["path"]).read_text(encoding="utf-8")
    assert "<u>" not in page
    assert "&lt;u&gt;x" in page
    with zipfile.ZipFile(archive["path"]) as files:
        card = files.read("model-card.md").decode()
        assert "<u>" not in card
        assert r"&lt;u&gt;x \*part\*" in card
        rows = list(csv.reader(io.StringIO(files.read("scores.csv").decode())))
    assert "'=1+1" in {row[1] for row in rows}
    assert not any(cell.startswith("=") for row in rows for cell in row)
