"""Visitors' files are deleted when they are too old or too many, and nothing else is."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from raw_calls import Visitor
from waiting import await_true

from favae_demo.core.held_files import hold
from favae_demo.core.settings import Settings
from favae_demo.ui.app import launch
from favae_demo.ui.server import visitor_files
from favae_demo.ui.server.visitor_files import DAY, HOUR, clean_up, delete_expired


def test_old_files_are_deleted_and_recent_ones_stay(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    folder = tmp_path / "visitors"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "part.png").write_bytes(b"x" * 100)
    (folder / "link").symlink_to(elsewhere, target_is_directory=True)
    delete_expired(folder, HOUR)
    assert (folder / "a" / "part.png").exists()
    time.sleep(0.05)
    delete_expired(folder, 0.01)
    assert not (folder / "a" / "part.png").exists()
    assert not os.path.lexists(folder / "link")
    assert (elsewhere / "kept.txt").read_text() == "kept"
    assert (folder / "a").exists()  # an upload may be about to be put there
    os.utime(folder / "a", (0, 0))
    delete_expired(folder, HOUR)
    assert folder.exists()
    assert list(folder.iterdir()) == []
    delete_expired(tmp_path / "nothing", HOUR)


def test_above_the_size_limit_the_oldest_are_deleted_first(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        (tmp_path / name).write_bytes(b"x" * 100)
        time.sleep(0.02)
    delete_expired(tmp_path, HOUR, max_bytes=250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["second", "third"]


def test_files_in_use_stay_however_old_and_many_they_are(tmp_path: Path) -> None:
    for name in ("used", "other"):
        (tmp_path / name).write_bytes(b"x" * 100)
    time.sleep(0.05)
    with hold([tmp_path / "used"]):
        delete_expired(tmp_path, 0.01, max_bytes=10)
    assert [path.name for path in tmp_path.iterdir()] == ["used"]
    time.sleep(0.05)
    delete_expired(tmp_path, 0.01)
    assert list(tmp_path.iterdir()) == []


def test_gradios_lists_of_files_are_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there.png"
    there.write_bytes(b"")
    known = {str(there), str(tmp_path / "gone.png")}
    app = SimpleNamespace(
        uploaded_file_dir=str(tmp_path), get_blocks=lambda: SimpleNamespace(temp_file_sets=[known])
    )
    clean_up(app, Settings(*[tmp_path] * 4))
    assert known == {str(there)}
    assert DAY > HOUR


def test_uploads_expire_while_the_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "visitors"))
    monkeypatch.setattr(visitor_files, "INTERVAL", 0.2)
    monkeypatch.setattr(visitor_files, "HOUR", 2.0)
    with gr.Blocks() as page:
        gr.File()
    launch(page, Settings(*[tmp_path] * 4), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    visitor = Visitor(page.local_url)

    def upload(content: bytes) -> Path:
        return Path(visitor.upload(content, "part.png").json()[0])

    early = upload(b"early")
    await_true(lambda: not early.exists())
    assert visitor.http.get(f"/gradio_api/file={early}").status_code == 403
    page.close()
