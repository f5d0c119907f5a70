"""One running app for all tests of the page: real server, real model, generated pictures, no folder of the user."""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import gradio as gr
import pytest
from chromium import driver, launched
from odd_images import cut_in_strips
from page_server import served, url_of

from favae_demo.core.files import read_json
from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode, save_png
from favae_demo.detection.engines import installed
from favae_demo.detection.engines.conversion import FOLDER
from favae_demo.detection.registry import Registry
from favae_demo.runs import manager
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui.services import Services


@dataclass(frozen=True)
class Server:
    """A running app: its address, its settings, and the page itself."""

    url: str
    settings: Settings
    app: gr.Blocks


@pytest.fixture(scope="session")
def app_settings(
    tiny_mvtec: Path, widget_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Folders of the app under test, with `widget` and its model; trainings that are left over end with the session."""
    settings = app_folders(tiny_mvtec, widget_model, tmp_path_factory.mktemp("app"))
    yield settings
    end_trainings(settings)


@pytest.fixture(scope="session")
def services(app_settings: Settings) -> Services:
    return Services(app_settings, Registry(app_settings))


@pytest.fixture(scope="session")
def server(
    tiny_mvtec: Path, widget_model: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The app as users get it, on a free port of this machine, with folders of its own: what is trained on the page is no other test's."""
    # By name: to measure all engines takes a conversion for each.
    settings = replace(
        app_folders(tiny_mvtec, widget_model, tmp_path_factory.mktemp("served")), engine=installed()[0]
    )
    _share_conversions(settings, shared_folder)
    with pytest.MonkeyPatch.context() as patch, served(settings, tmp_path_factory.mktemp("work")) as app:
        patch.setenv("OMP_NUM_THREADS", "1")  # for the training processes it starts
        yield Server(url_of(app), settings, app)
    end_trainings(settings)


@pytest.fixture(scope="session")
def served_services(server: Server) -> Services:
    """The core with the folders of the app as users get it."""
    return Services(server.settings, Registry(server.settings))


@pytest.fixture(scope="session")
def playwright() -> Iterator:
    """Playwright, which runs an event loop in this thread until the session ends."""
    with driver() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def running_chromium(playwright) -> Iterator:
    """The one browser of all tests: a start takes two seconds of a core."""
    with launched(playwright) as running:
        yield running


@pytest.fixture
def chromium(running_chromium) -> Iterator:
    """The browser of all tests; the pages that a test opens are closed after it."""
    known = running_chromium.contexts
    yield running_chromium
    for context in running_chromium.contexts:
        if context not in known:
            context.close()


@pytest.fixture(scope="session")
def spot(tiny_mvtec: Path) -> Path:
    """A picture of a part with a defect."""
    return tiny_mvtec / "widget" / "test" / "spot" / "000.png"


@pytest.fixture(scope="session")
def blot(tiny_mvtec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of a part with a large defect, by which it is cut in strips."""
    path = tmp_path_factory.mktemp("pictures") / "blot.png"
    save_png(path, cut_in_strips(decode(tiny_mvtec / "widget" / "test" / "good" / "000.png")))
    return path


@pytest.fixture(scope="session")
def no_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text file that calls itself a picture."""
    path = tmp_path_factory.mktemp("pictures") / "letter.png"
    path.write_text("Dear reader")
    return path


def app_folders(data: Path, model: Path, home: Path) -> Settings:
    """Returns folders in `home` for an app that has one model, of `widget`."""
    (home / "checkpoints").mkdir()
    shutil.copy(model, home / "checkpoints" / "widget-none-quick.safetensors")
    folders = (data, home / "checkpoints", home / "runs", home / "cache")
    return Settings(*folders, engine="torch", line_db=home / "line" / "verdicts.sqlite")


def _share_conversions(settings: Settings, shared: Path) -> None:
    """Keeps converted models where those of all test processes are: each takes some seconds of a core."""
    settings.cache_dir.mkdir()
    (shared / FOLDER).mkdir(exist_ok=True)
    (settings.cache_dir / FOLDER).symlink_to(shared / FOLDER)


def end_trainings(settings: Settings) -> None:
    """Kills what still trains."""
    for run in manager.list_runs(settings):
        if manager.is_alive(RunFolder(settings.runs_dir / run)):
            os.kill(read_json(settings.runs_dir / run / "process.json")["pid"], signal.SIGKILL)
