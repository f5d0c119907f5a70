"""The app as a public host runs it: a user without a home, a checkout nobody may write to, only what `requirements.txt` needs."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from linked_packages import link_requirements

from favae_demo.data.io.images import save_png
from favae_demo.data.synthetic import render_part

PROJECT = Path(__file__).resolve().parents[1]
PORT = 7961
SHIPPED = ("app.py", "requirements.txt", "favae_demo", "checkpoints", "assets")
# A user of a number that no table of users knows, who owns the files but has no rights beyond their permissions.
AS_NOBODY = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]


@pytest.fixture(scope="module")
def space() -> Iterator[Path]:
    """A folder with `checkout` (read-only) and `venv`."""
    if subprocess.run([*AS_NOBODY, "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no user namespaces, so no fresh user can be played")
    with tempfile.TemporaryDirectory(prefix="space-") as name:
        folder = Path(name)
        (folder / "checkout").mkdir()
        for part in SHIPPED:
            subprocess.run(["cp", "-r", PROJECT / part, folder / "checkout"], check=True)
        for compiled in list((folder / "checkout").rglob("__pycache__")):
            shutil.rmtree(compiled)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        link_requirements(PROJECT / "requirements.txt", folder / "venv")
        _permit(folder / "checkout", "a-w")
        yield folder
        _permit(folder / "checkout", "u+w")


@pytest.fixture(scope="module")
def host(space: Path) -> Iterator[Path]:
    """The running app; gives the folder of its temporary files, the only place it may write to."""
    temporary = space / "tmp"
    temporary.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "TMPDIR": str(temporary), "OMP_NUM_THREADS": "1",
        "GRADIO_SERVER_PORT": str(PORT), "GRADIO_SERVER_NAME": "127.0.0.1", "FAVAE_TRAINING": "limited",
    }  # fmt: skip
    log = (space / "log").open("w")
    command = [*AS_NOBODY, space / "venv" / "bin" / "python", "app.py"]
    app = subprocess.Popen(command, cwd=space / "checkout", env=environment, stdout=log, stderr=log)
    try:
        _wait(app, space / "log")
        yield temporary
    finally:
        app.terminate()
        app.wait(30)
        log.close()


def test_it_judges_a_image_and_writes_nowhere_but_in_the_temporary_folder(host: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.png"
    save_png(part, render_part("sample_bottle", 20_000, "broken_lip")[0])
    client = Client(f"http://127.0.0.1:{PORT}", verbose=False)
    record, *views = client.predict(handle_file(part), "sample_bottle", "none", 0.05, api_name="/detect")
    assert record["verdict"] in ("good", "defect")
    assert record["score"] > 0
    assert len(views) == 3
    assert list((host.parent / "checkout").rglob("__pycache__")) == []
    assert any(host.iterdir())


def test_what_a_public_host_restricts_is_said_on_the_page(host: Path) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/config") as answer:
        page = answer.read().decode()
    assert "This server allows the quick recipe only" in page
    assert "Data cannot be changed on this server" in page


def test_the_doctor_says_that_the_folders_are_temporary(space: Path, host: Path) -> None:
    command = [*AS_NOBODY, space / "venv" / "bin" / "python", "-m", "favae_demo", "doctor"]
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(host)}
    said = subprocess.run(
        command, cwd=space / "checkout", env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert "FAVAE_CACHE_DIR" in said
    assert "gone when the machine restarts" in said


def _permit(folder: Path, mode: str) -> None:
    subprocess.run(["chmod", "-R", mode, folder], check=True)


def _wait(app: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if app.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}", timeout=2)
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the app did not start: {log.read_text()[-2000:]}")
