"""The Data tab from the press of a button to the category: its handlers as the page connects them, with a local host for MVTec AD."""

import hashlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from data_trees import category, images, tar_xz
from fake_server import FakeServer
from fake_server import server as fake_host
from waiting import await_true

from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.data.library.import_job import ImportRunner
from favae_demo.data.library.mvtec_download import ARCHIVES, Archive
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import category_list, import_panel, odd_pictures, upload_form
from favae_demo.ui.tabs.data import tab as data_tab

__all__ = ["fake_host"]  # the page's own server is called as the fixture is


@pytest.fixture
def mine(project_settings: Settings, tmp_path: Path) -> Services:
    settings = replace(project_settings, cache_dir=tmp_path / "cache")
    return Services(settings, Registry(settings))


@pytest.fixture
def adder() -> Iterator[ImportRunner]:
    one = ImportRunner()
    yield one
    one.cancel()
    settle(one)


def settle(adder: ImportRunner) -> None:
    await_true(lambda: not ((job := adder.latest()) and job.running))


def test_a_new_category_replaces_a_deleted_one_of_the_same_name_at_once(
    mine: Services, adder: ImportRunner, tmp_path: Path
) -> None:
    for count in (5, 7):
        import_panel.start_import(adder, mine.library, _folder(tmp_path / str(count), count), "part")
        settle(adder)
        assert len(mine.category("part").train) == count
        category_list.delete_choice("part", mine)


def test_a_download_needs_the_accepted_terms_and_adds_the_category(
    mine: Services,
    adder: ImportRunner,
    fake_host: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = tar_xz(category(tmp_path / "cable"), tmp_path / "cable.tar.xz").read_bytes()
    fake_host.files["/cable.tar.xz"] = packed
    monkeypatch.setenv("FAVAE_MVTEC_URL", fake_host.url)
    monkeypatch.setitem(
        ARCHIVES, "cable", Archive("cable", "cable.tar.xz", 1, hashlib.sha256(packed).hexdigest())
    )
    with pytest.raises(DataError, match="tick the box"):
        import_panel.start_download(adder, mine.library, "cable", False)
    assert fake_host.requests == []
    fake_host.before = lambda: time.sleep(0.2)
    job = import_panel.start_download(adder, mine.library, "cable", True)
    running = import_panel.import_updates(mine, adder, None)
    assert 'role="progressbar"' in running["progress"]
    assert running["cancel"].visible is True
    with pytest.raises(DataError, match="Cable is being added"):
        upload_form.start_saving(adder, mine.library, "x", [], None, None)
    settle(adder)
    assert import_panel.import_updates(mine, adder, job.number)["new_category"] == "cable"
    titles = {name: title for title, name in import_panel.mvtec_choices(mine.settings)}
    assert len(titles) == 15
    assert titles["cable"].endswith(text.data.IS_HERE)
    assert titles["wood"] == "Wood · 497 MB"
    assert "CC BY-NC-SA 4.0" in category_list.categories_html(mine.settings)


def test_odd_good_pictures_of_a_new_category_are_named(
    mine: Services, adder: ImportRunner, tmp_path: Path
) -> None:
    source = category(tmp_path / "gear")
    import_panel.start_import(adder, mine.library, source, "clean")
    settle(adder)
    assert "4 good pictures were looked at" in odd_pictures.odd_html(mine, "clean")
    shutil.copy(source / "train/good/000.png", source / "train/good/twin.png")
    job = import_panel.start_import(adder, mine.library, source, "gear")
    settle(adder)
    told = import_panel.import_updates(mine, adder, job.number)
    assert (told["look_odd"].visible, told["odd"].visible) == (True, False)
    shown = odd_pictures.odd_html(mine, told["new_category"])
    assert shown.count("<img") == 1
    assert "it is a copy of 000.png" in shown
    assert text.data.ODD_NEXT in shown


def test_a_source_that_is_not_there_is_refused(mine: Services, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file or folder"):
        import_panel.start_import(ImportRunner(), mine.library, tmp_path / "nothing", "")


def test_each_form_starts_a_job_that_the_page_follows(mine: Services, tmp_path: Path) -> None:
    with gr.Blocks() as page:
        with gr.Tab() as tab:
            ui = data_tab.build(mine) | {"tab": tab}
        data_tab.wire(ui, mine)
    handlers = {event.fn.__name__: event for event in page.fns.values() if event.fn}
    request = SimpleNamespace(client=SimpleNamespace(host="127.0.0.1"), headers={})
    good = [str(path) for path in images(tmp_path / "good", 5)]
    sources = {
        "add": (None, str(_folder(tmp_path / "gear", 5)), "", {}, request),
        "save": ("Caps", good, None, None),
        "get": ("wood", True),
    }
    for number, (name, values) in enumerate(sources.items(), start=1):
        event = handlers[name]
        assert event.outputs == [ui["job"], ui["timer"]]
        if name == "get":  # nothing is fetched: it is there
            category(mine.settings.data_dir / "wood")
        seen, timer = event.fn(*values)
        assert (seen, timer.active) == (number, True)
        end = time.monotonic() + 60
        while "cancel" not in (told := _look(handlers, ui, seen)) or told["cancel"].visible:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert told["new_category"] == {"add": "gear", "save": "caps"}.get(name, told["new_category"])
    assert "already a category" in told["progress"]


def _look(handlers: dict, ui: dict, seen: int) -> dict:
    """The updates of one tick of the timer, by name of component."""
    names = {component: name for name, component in ui.items()}
    found = {names[component]: value for component, value in handlers["refresh"].fn(seen).items()}
    return {"new_category": None} | found


def _folder(path: Path, count: int) -> Path:
    images(path, count)
    return path
