"""The Data tab's handlers as plain functions: list, add, follow, check and delete."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from data_trees import category, image, images, tar_xz
from PIL import Image
from waiting import await_true

from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.library import mvtec_download, store
from favae_demo.data.library.import_job import ImportJob, ImportRunner
from favae_demo.data.library.importer import add
from favae_demo.data.library.store import Origin
from favae_demo.detection.registry import Registry
from favae_demo.runs import manager
from favae_demo.ui import text
from favae_demo.ui.components import model_picker
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import category_list, import_panel, upload_form
from favae_demo.ui.tabs.data import tab as data_tab


@pytest.fixture
def services(tmp_path: Path) -> Services:
    settings = Settings(*(tmp_path / name for name in ("data", "checkpoints", "runs", "cache")))
    return Services(settings, Registry(settings))


@pytest.fixture
def gear(tmp_path: Path) -> Path:
    return category(tmp_path / "given" / "gear")


def ended(adder: ImportRunner) -> ImportJob:
    """The latest job once it has ended."""
    await_true(lambda: not adder.latest().running)
    return adder.latest()


def calm(update: dict) -> bool:
    """Whether an update changes nothing on the page."""
    return update.keys() == {"timer", "job"}


def test_the_list_shows_each_category_with_its_source(services: Services, gear: Path) -> None:
    add(gear, services.library, "toothbrush", origin=Origin("MVTec AD", "CC BY-NC-SA 4.0"))
    shown = category_list.categories_html(services.settings)
    assert "Toothbrush</strong> <span>MVTec AD" in shown
    assert "4 good parts for training" in shown
    assert "CC BY-NC-SA 4.0" in shown
    assert "MB on the disk" in shown
    assert "Sample bottle</strong> <span>generated sample parts" in shown
    assert "Made on first use" in shown
    assert not (services.settings.cache_dir / "sample_parts").exists()  # looking renders nothing


def test_markup_in_a_folder_name_is_escaped(services: Services, gear: Path) -> None:
    gear.rename(gear.with_name("<b>x"))
    settings = replace(services.settings, data_dir=gear.parent)
    assert "<b>x" not in category_list.categories_html(settings).lower()


def test_only_added_categories_and_unfinished_downloads_can_be_deleted(
    services: Services, gear: Path
) -> None:
    settings = services.settings
    assert category_list.deletable_choices(settings) == []
    add(gear, services.library)
    category(settings.data_dir / "theirs")
    part = mvtec_download.part_path("bottle", services.settings.cache_dir)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(1_000_000))
    assert [name for _, name in category_list.deletable_choices(settings)] == ["gear", "download:bottle"]
    assert "1 MB are free" in category_list.delete_choice("download:bottle", services)
    assert not part.exists()
    assert "Gear is deleted" in category_list.delete_choice("gear", services)
    assert category_list.deletable_choices(settings) == []
    with pytest.raises(DataError, match="was not added by this app"):
        category_list.delete_choice("theirs", services)


def test_a_category_that_a_training_reads_cannot_be_deleted(
    services: Services, gear: Path, monkeypatch
) -> None:
    add(gear, services.library)
    monkeypatch.setattr(manager, "find_running", lambda settings: "run")
    monkeypatch.setattr(manager, "info", lambda run, settings: type("Info", (), {"category": "gear"}))
    with pytest.raises(DataError, match="is using 'gear'"):
        category_list.delete_choice("gear", services)
    assert services.category("gear") is not None


def test_the_index_of_a_category_follows_its_files(services: Services, gear: Path) -> None:
    add(gear, services.library)
    assert len(services.category("gear").train) == 4
    store.delete("gear", services.library)
    assert services.category("gear") is None
    images(gear / "train" / "good", 9)
    add(gear, services.library)
    assert len(services.category("gear").train) == 9
    theirs = category(services.settings.data_dir / "theirs", good=3)
    assert len(services.category("theirs").train) == 3
    save_png(theirs / "train" / "good" / "x.png", image(77))
    assert len(services.category("theirs").train) == 4


def test_an_archive_is_added_and_offered_for_training(services: Services, gear: Path, tmp_path: Path) -> None:
    adder = ImportRunner()
    job = import_panel.start_import(adder, services.library, tar_xz(gear, tmp_path / "g.tar.xz"), "Cog wheel")
    assert ended(adder).problem == ""
    told = import_panel.import_updates(services, adder, job.number)
    assert "Cog wheel is here: 4 good parts" in told["ready"]
    assert told["new_category"] == "cog_wheel"
    assert told["train"].visible
    assert told["train"].value == "Train on Cog wheel"
    assert "cog_wheel" in told["listed"]
    assert not told["timer"].active
    assert calm(import_panel.import_updates(services, adder, told["job"]))
    assert model_picker.categories_now(services, "cog_wheel").value == "cog_wheel"
    assert model_picker.categories_now(services, "gone").value == services.first_category()


def test_several_new_categories_leave_the_choice_to_the_train_tab(services: Services, tmp_path: Path) -> None:
    for name in ("nut", "bolt"):
        category(tmp_path / "box" / name)
    adder = ImportRunner()
    job = import_panel.start_import(adder, services.library, tmp_path / "box", " ")
    ended(adder)
    told = import_panel.import_updates(services, adder, job.number)
    assert text.data.TRAIN_LATER in told["ready"]
    assert (told["new_category"], told["train"].visible, told["look_odd"].visible) == ("", False, False)


def test_a_problem_is_shown_once_even_if_the_job_ended_at_once(services: Services, tmp_path: Path) -> None:
    adder = ImportRunner()
    (tmp_path / "letter.zip").write_text("Dear reader")
    job = import_panel.start_import(adder, services.library, tmp_path / "letter.zip", "")
    ended(adder)
    told = import_panel.import_updates(services, adder, job.number)
    assert "neither a folder nor a ZIP" in told["progress"]
    assert "new_category" not in told
    assert calm(import_panel.import_updates(services, adder, told["job"]))
    assert calm(import_panel.import_updates(services, adder, 0))  # somebody who came in later


def test_a_running_job_has_a_progress_bar_can_be_cancelled_and_excludes_others(
    services: Services, gear: Path
) -> None:
    adder, go_on = ImportRunner(), threading.Event()

    def work(progress: Callable, stop: Callable) -> list[str]:
        progress("fetching", 21_000_000, 84_000_000)
        while not stop():
            go_on.wait(0.01)
        raise DataError("Stopped.")

    adder.start("Bottle", work)
    while not adder.latest().total:
        time.sleep(0.01)
    told = import_panel.import_updates(services, adder, 0)
    assert 'aria-valuenow="25"' in told["progress"]
    assert "Bottle: fetching, 21 MB of 84 MB" in told["progress"]
    assert told["cancel"].visible
    with pytest.raises(DataError, match="Bottle is being added"):
        import_panel.start_import(adder, services.library, gear, "")
    adder.cancel()
    ended(adder)
    told = import_panel.import_updates(services, adder, told["job"])
    assert "Stopped." in told["progress"]
    assert not told["cancel"].visible


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("", "starting"),
        ("unpacking", "unpacking, 50 %"),
        ("writing", "picture 3 of 6"),
        ("checking", "checking, 50 %"),
    ],
)
def test_the_stage_in_words(stage: str, words: str) -> None:
    assert words in import_panel.progress_text(ImportJob("Cap", 1, stage, 3, 6))


def test_the_terms_must_be_accepted_first(services: Services) -> None:
    with pytest.raises(DataError, match="tick the box"):
        import_panel.start_download(ImportRunner(), services.library, "bottle", False)
    locked = replace(services.library, writable=False)
    with pytest.raises(DataError, match="on this server"):
        import_panel.start_download(ImportRunner(), locked, "bottle", True)


def test_the_choices_give_sizes_and_what_is_on_the_disk(services: Services, gear: Path) -> None:
    add(gear, services.library, "bottle")
    part = mvtec_download.part_path("pill", services.settings.cache_dir)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(2_000_000))
    titles = {name: title for title, name in import_panel.mvtec_choices(services.settings)}
    assert len(titles) == 15
    assert titles["bottle"] == "Bottle · 155 MB · is here"
    assert titles["pill"] == "Pill · 275 MB · 2 MB fetched so far"


def test_own_parts_are_checked_shown_and_saved(services: Services, tmp_path: Path) -> None:
    good = images(tmp_path / "good", 7)
    (tmp_path / "good" / "letter.png").write_text("Dear reader")
    save_png(tmp_path / "good" / "wide.png", image(50, 96)[:40])
    given = [str(path) for path in sorted((tmp_path / "good").iterdir())]
    steps: list[tuple] = []
    report = upload_form.inspect_uploads(
        services.settings.max_pixels, given, None, None, lambda *step: steps.append(step)
    )
    assert steps[-1] == (9, 9)
    html = upload_form.findings_html(report)
    assert "⚠</span> Look at this:</strong> 8 good parts: enough to try" in html
    assert "letter.png" in html
    gallery = upload_form.gallery_items(services, report)
    assert len(gallery) == 8  # what cannot be read has no picture
    assert gallery[0][1] == "⚠ wide.png · good part · another shape"
    with Image.open(gallery[0][0]) as small:
        assert small.size == (96, 40)

    adder = ImportRunner()
    job = upload_form.start_saving(adder, services.library, "  My cap ", given, None, None)
    assert ended(adder).added == ("my_cap",)
    told = import_panel.import_updates(services, adder, job.number)
    assert "My cap is here: 8 good parts for training" in told["ready"]
    assert (told["new_category"], len(services.category("my_cap").train)) == ("my_cap", 8)
    with pytest.raises(DataError, match="already a category"):
        upload_form.start_saving(adder, services.library, "my CAP", given, None, None)
    assert good[0].exists()


def test_too_few_images_are_refused(services: Services, tmp_path: Path) -> None:
    given = [str(path) for path in images(tmp_path / "good", 4)]
    report = upload_form.inspect_uploads(services.settings.max_pixels, given, None, None, lambda *_: None)
    assert "✕</span> Not yet:</strong> 4 usable pictures" in upload_form.findings_html(report)
    adder = ImportRunner()
    upload_form.start_saving(adder, services.library, "cap", given, None, None)
    assert "at least 5 are needed" in ended(adder).problem
    assert services.category("cap") is None
    for name, words in (("", "name"), ("bottle", "kept for MVTec AD")):
        with pytest.raises(DataError, match=words):
            upload_form.start_saving(adder, services.library, name, given, None, None)


def test_cancelling_while_saving_leaves_nothing(services: Services, tmp_path: Path, monkeypatch) -> None:
    given = [str(path) for path in images(tmp_path / "good", 6)]
    adder = ImportRunner()
    original = upload_form.own_parts.make_category

    def stopped_midway(*arguments: object) -> str:
        adder.cancel()
        return original(*arguments)

    monkeypatch.setattr(upload_form.own_parts, "make_category", stopped_midway)
    upload_form.start_saving(adder, services.library, "cap", given, None, None)
    assert ended(adder).problem == "Stopped; nothing was saved."
    assert [path.name for path in services.settings.data_dir.iterdir()] == [store.LOCK]


@pytest.mark.parametrize("policy", ["limited", "off"])
def test_data_can_only_be_viewed_where_training_is_restricted(services: Services, policy: str) -> None:
    locked = Services(replace(services.settings, training=policy), services.registry)
    with gr.Blocks():
        with gr.Tabs(), gr.Tab("Data") as tab:
            ui = data_tab.build(locked) | {"tab": tab}
        data_tab.wire(ui, locked)
    assert text.data.LOCKED in [
        (block.value or "").strip("*") for block in _blocks(ui) if isinstance(block, gr.Markdown)
    ]
    assert not _seen(ui["save"])
    assert not _seen(ui["get"])
    assert not _seen(ui["delete"])
    assert _seen(ui["list"])


def test_every_control_is_explained(services: Services) -> None:
    with gr.Blocks():
        ui = data_tab.build(services)
    asks = [block for block in ui.values() if isinstance(block, (gr.Textbox, gr.Dropdown, gr.Checkbox))]
    assert len(asks) == 7
    assert all(block.info for block in asks)


def _blocks(ui: dict) -> list:
    root = ui["list"]
    while root.parent is not None:
        root = root.parent
    return list(root.blocks.values())


def _seen(block: gr.blocks.Block) -> bool:
    while block is not None:
        if getattr(block, "visible", True) is False:
            return False
        block = block.parent
    return True
