"""In a real browser nothing of a visitor's text is markup: names of parts, kinds, files and runs, cards of models, addresses, messages."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import hostile_checkpoints
import pytest
from chromium import filled, lead, show_tab, visited
from page_server import served, url_of
from raw_calls import Page

from favae_demo.config.presets import make_config
from favae_demo.core.files import write_json
from favae_demo.core.settings import Settings
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
def address(tiny_mvtec: Path, widget_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
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
    settings = Settings(
        *(home / name for name in ("data", "checkpoints", "runs", "cache")),
        engine="torch",
        line_db=home / "line.sqlite",
    )
    with served(settings, tmp_path_factory.mktemp("work")) as app:
        yield url_of(app)


@pytest.fixture(scope="module")
def page(address: str, running_chromium) -> Iterator:
    """The page that these tests share, of a visitor who was led to a part that is not there."""
    with visited(running_chromium, f"{address}/?category=%3Cu%3Ey") as page:
        sync_api.expect(page.get_by_text("<u>y").first).to_be_visible()
        yield page


def test_no_text_of_others_is_markup_on_the_page(page) -> None:
    with filled(page):
        lead(page, tab="detect", category=PART)
    for tab, title in text.page.TABS.items():
        with filled(page):
            show_tab(page, title)
            if tab != "history":  # no line has judged anything here
                page.wait_for_function(SHOWN, arg=MARK)
        assert page.locator("u").count() == 0, tab
        assert page.locator("em", has_text="part").count() == 0, tab


def test_messages_show_what_was_typed(page) -> None:
    show_tab(page, text.page.TABS["batch"])
    page.get_by_label(text.batch.PATH).fill("/<u>y")
    page.get_by_role("button", name=text.batch.START, exact=True).click()
    sync_api.expect(page.get_by_text("There is no file or folder '/<u>y'").first).to_be_visible()
    assert page.locator("u").count() == 0


def test_no_text_of_others_is_markup_or_a_formula_in_a_report(address: str) -> None:
    visitor = Page(address)
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
