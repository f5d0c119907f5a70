"""What a server's policy forbids is refused by every function, not only hidden: each one is called with suitable values."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from data_trees import category, images
from page_server import served, url_of
from raw_calls import Visitor
from small_training import small_config

from favae_demo.core.files import write_json
from favae_demo.core.settings import Settings
from favae_demo.data.library import mvtec_download
from favae_demo.data.library.store import MARKER, Origin
from favae_demo.training.run_folder import RunFolder
from favae_demo.ui import text

pytest_plugins = ["trained_widget"]
ADDED, RUN, BEGUN = "gizmo", "a-run", "hazelnut"
# Would train for minutes or wait for the network, where that is allowed.
STARTS = ("start", "resume", "train", "get", "retry")


@pytest.fixture
def open_settings(tiny_mvtec: Path, widget_model: Path, tmp_path: Path) -> Settings:
    """A server with an added category, an unfinished download, and a run that can be resumed."""
    folders = [tmp_path / name for name in ("data", "checkpoints", "runs", "cache")]
    settings = Settings(*folders, engine="torch")
    shutil.copytree(tiny_mvtec, settings.data_dir)
    category(settings.data_dir / ADDED)
    note = {"source": "own pictures", "licence": "", "taken_from": "", "added": "2026-01-01"}
    write_json(settings.data_dir / ADDED / MARKER, note)
    assert Origin(**note)
    settings.checkpoint_dir.mkdir()
    shutil.copy(widget_model, settings.checkpoint_dir / "widget-none-quick.safetensors")
    part = mvtec_download.part_path(BEGUN, settings.cache_dir)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"begun")
    RunFolder(settings.runs_dir / RUN).create(small_config(epochs=2), "widget", settings.data_dir)
    return settings


def _kept(settings: Settings) -> dict[str, int]:
    """Everything that visitors must not change, with its size."""
    folders = (
        settings.data_dir,
        settings.runs_dir,
        settings.cache_dir / "downloads",
        settings.checkpoint_dir,
    )
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {str(path): path.stat().st_size for path in files}


def _values(part: dict[str, Any], given: dict[str, Any]) -> list[Any]:
    """Values for a component: its choices, and by its label what a visitor would enter."""
    props = part["props"]
    choices = [one[1] for one in props.get("choices") or ()]
    if part["type"] == "file":
        return [given["files"] if props.get("file_count") != "single" else None]
    known = [given[key] for key in given if key == props.get("label")]
    return [
        *known,
        *(one for one in choices if one in (ADDED, RUN, f"download:{BEGUN}")),
        *choices[:1],
        props.get("value"),
    ]


def _call_everything(url: str, settings: Settings, leave: tuple[str, ...]) -> dict[str, list[str]]:
    """Calls all functions in one session, twice, because the first call fills states; returns the refusals by function."""
    visitor = Visitor(url)
    config = visitor.page()
    (sample, *_) = images(settings.cache_dir / "given", 6)
    uploads = [
        {"path": visitor.upload(path.read_bytes(), path.name).json()[0], "meta": {"_type": "gradio.FileData"}}
        for path in sorted(sample.parent.iterdir())
    ]
    given = {
        "files": uploads, "category": "widget", "teacher": "none", "preset": "paper",
        "Name of the parts": "blue cap", "Name": "blue cap", text.data.DELETE: ADDED,
    }  # fmt: skip
    parts = {one["id"]: one for one in config["components"]}
    refusals: dict[str, list[str]] = {}
    for part in parts.values():
        if part["type"] == "checkbox":
            part["props"]["value"] = True
        if part["type"] == "textbox" and part["props"].get("label") not in given:
            given.setdefault(part["props"].get("label"), "blue cap")
    for turn in range(2):
        for function in config["dependencies"]:
            name = function["api_name"]
            if function.get("backend_fn") is False or name.rstrip("_0123456789") in leave:
                continue
            options = [_values(parts[one], given) for one in function["inputs"]]
            data = [one[min(turn, len(one) - 1)] for one in options]
            answer = visitor.call(function["id"], data, event={"index": 0, "number": 1, "value": None})
            if "data" not in answer:
                refusals.setdefault(name, []).append(str(answer.get("error")))
    return refusals


@pytest.mark.parametrize("policy", ["limited", "off"])
def test_nothing_is_trained_deleted_added_or_fetched(
    policy: str, open_settings: Settings, tmp_path: Path
) -> None:
    settings = replace(open_settings, training=policy)
    before = _kept(settings)
    with served(settings, tmp_path) as app:
        # The quick recipe may be trained where training is limited.
        leave = ("start",) if policy == "limited" else ()
        refusals = _call_everything(url_of(app), settings, ("retry", *leave))
    assert _kept(settings) == before
    for name in {"start", "train", "save_2", "get", "add", "confirmed", "ask"}.difference(leave):
        assert any("this server" in said.lower() for said in refusals.get(name, [])), (
            name,
            refusals.get(name),
        )


def test_the_same_calls_succeed_where_they_are_allowed(open_settings: Settings, tmp_path: Path) -> None:
    with served(open_settings, tmp_path) as app:
        _call_everything(url_of(app), open_settings, leave=STARTS)
    assert not (open_settings.runs_dir / RUN).exists()
    added = open_settings.data_dir / ADDED
    assert not added.exists() or not mvtec_download.part_path(BEGUN, open_settings.cache_dir).exists()
