"""Fixtures for all tests: folders that are not the user's, real MVTec data where there is some, a tiny generated category."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Read when numpy and torch are imported: the test processes share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from favae_demo.core.device import wait_passively
from favae_demo.ui.start import set_gradio_environment

set_gradio_environment()  # before gradio is imported
wait_passively()

import cv2
import numpy as np
import pytest
from fake_server import no_index, server

from favae_demo.core.device import AUTOGROUP
from favae_demo.core.settings import PROJECT, Settings
from favae_demo.data.io.images import save_png

__all__ = ["no_index", "server"]  # fixtures of others

# Read before the isolation below replaces it.
_REAL_DATA = Path(os.environ.get("FAVAE_DATA_DIR") or PROJECT.parent / "shared" / "mvtec")
_FOLDERS = {"FAVAE_DATA_DIR": "data", "FAVAE_CHECKPOINT_DIR": "checkpoints", "FAVAE_RUNS_DIR": "runs"}
_LIMITS = ("FAVAE_TRAINING", "FAVAE_MAX_PIXELS", "FAVAE_MAX_UPLOAD_MB")
_NICENESS = 15


def pytest_configure(config: pytest.Config) -> None:
    """Lowers the priority of test processes side by side.

    The app trains at a lower priority: beside busy processes of the usual one, a test's training would hardly go on. Linux schedules each
    session as one group with a niceness of its own, so a test process becomes a session, which ends with it.
    """
    if hasattr(config, "workerinput") and AUTOGROUP.exists():
        os.setsid()
        os.nice(_NICENESS)
        with suppress(OSError):
            AUTOGROUP.write_text(str(_NICENESS))


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps each file's tests in one process, and the tests with a browser in two, which begin first: those of single tabs, and the others.

    A browser waits more than it computes, so that two of them and a process with the rest keep two cores busy; three do not get on. On a
    machine that busy a test with a browser may meet a race that another run does not: it runs once more where it fails, and the summary
    lists it as RERUN, for whoever reads it to mend. `-n 0` never runs a test again.
    """
    side_by_side = hasattr(config, "workerinput")
    items.sort(
        key=lambda item: item.get_closest_marker("browser") is None
    )  # keeps the order within both kinds
    for item in items:
        group = str(item.path)
        if item.get_closest_marker("browser"):
            group = f"browser {'of a tab' if 'tabs' in item.path.parts else 'of the page'}"
            item.add_marker(pytest.mark.flaky(reruns=int(side_by_side)))
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints why a test ran once more: pytest-rerunfailures lists its name alone."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"why {report.nodeid} ran once more")
        terminalreporter.line(report.longreprtext)


@pytest.fixture(scope="session", autouse=True)
def _isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's data, models or runs. The cache stays: it may hold teacher weights."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _redirect(patch, home)
        yield


@pytest.fixture(autouse=True)
def _torch_seed() -> None:
    """What a test draws at random from PyTorch does not depend on the tests before it."""
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)


@pytest.fixture
def project_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose data, checkpoint and run folders lie in `tmp_path`, also through the environment."""
    _redirect(monkeypatch, tmp_path)
    return Settings.from_env()


@pytest.fixture(scope="session")
def mvtec_dir() -> Path:
    """Folder with real MVTec categories; skips where there is none."""
    if not (_REAL_DATA / "bottle" / "train" / "good").is_dir():
        pytest.skip(f"there is no MVTec data in {_REAL_DATA} (set FAVAE_DATA_DIR)")
    return _REAL_DATA


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one test session share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def tiny_mvtec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with one generated category, `widget`: 12 training, 4 good, 4 scratch and 4 spot pictures of 96×96."""
    root = tmp_path_factory.mktemp("tiny_mvtec")
    rng = np.random.default_rng(0)
    folders = {"train/good": 12, "test/good": 4, "test/scratch": 4, "test/spot": 4}
    for folder, count in folders.items():
        for i in range(count):
            image, mask = _widget(rng, folder.split("/")[1])
            save_png(root / "widget" / folder / f"{i:03}.png", image)
            if mask.any():
                truth = root / "widget" / folder.replace("test", "ground_truth")
                save_png(truth / f"{i:03}_mask.png", mask)
    return root


def _redirect(patch: pytest.MonkeyPatch, home: Path) -> None:
    for variable, folder in _FOLDERS.items():
        (home / folder).mkdir(exist_ok=True)
        patch.setenv(variable, str(home / folder))
    patch.setenv("FAVAE_LINE_DB", str(home / "line" / "verdicts.sqlite"))
    patch.setenv(
        "FAVAE_ENGINE", "torch"
    )  # a conversion takes some seconds of a core: tests that are about engines name theirs
    for variable in _LIMITS:
        patch.delenv(variable, raising=False)


def _widget(rng: np.random.Generator, defect: str, side: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """A blue disc with rings and spokes on white, slightly moved and turned; returns H×W×3 and its H×W mask (0 or 255)."""
    centre = np.array([side / 2, side / 2]) + rng.uniform(-3, 3, 2)
    turn = rng.uniform(-0.2, 0.2)
    y, x = np.mgrid[:side, :side]
    radius, angle = np.hypot(x - centre[0], y - centre[1]), np.arctan2(y - centre[1], x - centre[0]) + turn
    pattern = 12 * np.sin(radius * 0.7) + 14 * np.cos(6 * angle) + rng.normal(0, 2, (side, side))
    image = np.full((side, side, 3), 240.0) + rng.normal(0, 1.5, (side, side, 1))
    disc = radius < side * 0.38
    image[disc] = (np.array([70.0, 100.0, 150.0]) + pattern[..., None])[disc]
    image = image.clip(0, 255).astype(np.uint8)
    mask = np.zeros((side, side), np.uint8)
    way = rng.uniform(0, 2 * np.pi)
    spot = centre + rng.uniform(5, side * 0.22) * np.array([np.cos(way), np.sin(way)])
    if defect == "scratch":
        half = 9 * np.array([-np.sin(way), np.cos(way)])
        ends = [tuple(int(v) for v in np.rint(end)) for end in (spot - half, spot + half)]
        cv2.line(mask, *ends, 255, 2)
        image[mask > 0] = (235, 225, 200)
    elif defect == "spot":
        cv2.circle(mask, tuple(int(v) for v in np.rint(spot)), 5, 255, cv2.FILLED)
        image[mask > 0] = (150, 30, 30)
    return image, mask
