"""What one visitor uploads, judges and saves is never shown to another."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from raw_calls import Page

pytest_plugins = ["trained_widget"]
NAME = "private-part-of-anna.png"


@pytest.fixture
def anna(server) -> Page:
    return Page(server.url)


@pytest.fixture
def ben(server) -> Page:
    return Page(server.url)


def _files(answer: dict[str, Any]) -> list[str]:
    return re.findall(r'"path": "([^"]+)"', json.dumps(answer))


def _judged(visitor: Page, image: Path) -> dict[str, Any]:
    """The answer to an own image; what is chosen beside it stays as it is."""
    inputs = visitor.functions["upload"]["inputs"]
    held = [visitor.components[id]["props"].get("value") for id in inputs[:3]]
    return visitor.does("upload", *held, [visitor.send(image, NAME)])


def test_an_image_is_shown_and_saved_for_its_visitor_only(anna: Page, ben: Page, blot: Path, server) -> None:
    judged = _judged(anna, blot)
    assert "Defect" in str(judged["data"])
    saved = anna.does("save")
    (path,) = set(_files(saved))
    assert anna.http.get(f"/gradio_api/file={path}").status_code == 200

    assert "Choose a picture" in ben.does("save")["error"]
    assert NAME.split(".")[0] not in str(ben.does("redraw"))
    seen = [ben.page(), ben.does("opened"), ben.does("choose_category", "widget"), ben.does("compared")]
    assert NAME.split(".")[0] not in str(seen)
    theirs = set(_files(judged)) | {path}
    assert not theirs & set(_files({"seen": seen}))


def test_saved_results_cannot_be_guessed_and_do_not_replace_each_other(
    anna: Page, ben: Page, blot: Path, spot: Path, server
) -> None:
    found = []
    for visitor, image in ((anna, blot), (ben, spot)):
        _judged(visitor, image)
        (path,) = set(_files(visitor.does("save")))
        found.append(visitor.http.get(f"/gradio_api/file={path}").content)
    assert found[0] != found[1]
    results = server.settings.cache_dir / "results"
    saved = sorted(results.rglob(f"*{Path(NAME).stem}*"))
    assert len(saved) >= 2
    for path in saved:
        assert re.fullmatch(r"[\w]+-[0-9a-f]{32}", path.parent.name)
        guess = results / path.name
        assert ben.http.get(f"/gradio_api/file={guess}").status_code == 403
    for folder in (results, saved[0].parent, Path(anna.send(blot, NAME)["path"]).parent):
        assert ben.http.get(f"/gradio_api/file={folder}").status_code == 403


def test_a_batch_is_shown_only_with_its_key(anna: Page, ben: Page, blot: Path) -> None:
    category, model = (
        anna.components[one]["props"]["value"] for one in anna.functions["start_1"]["inputs"][1:3]
    )
    began = anna.does("start_1", "", category, model, [anna.send(blot, NAME)], "")
    key = began["data"][0]
    assert re.fullmatch(r"[0-9a-f]{32}", key)
    for _ in range(200):
        rows = str(anna.does("tick", key))
        if NAME in rows:
            break
    assert NAME in rows
    for other in ("", "0" * 32, key[:-1], None):
        assert NAME not in str(ben.does("tick", other))
        assert "data" not in ben.does("save_csv", other)
    assert NAME not in str(ben.does("tick"))


def test_a_live_stream_is_shown_only_with_its_token(anna: Page, ben: Page) -> None:
    began = anna.does("begin")
    token = began["data"][1].split()[-1]
    view = anna.functions["begin"]["outputs"][1]

    def next_frame(visitor: Page, asked: str) -> dict[str, Any]:
        body = {
            "data": {"token": asked, "seen": 0}, "component_id": view, "fn_name": "next_frame", "session_hash": visitor.session,
        }  # fmt: skip
        return visitor.http.post("/gradio_api/component_server", json=body).json()

    assert next_frame(anna, token)["state"] != "ended"
    for guess in ("", token[:-1], "x" * len(token)):
        assert next_frame(ben, guess)["state"] == "ended"
    assert "data" not in ben.does("save_1")
    anna.does("end")
    assert next_frame(anna, token)["state"] == "ended"
