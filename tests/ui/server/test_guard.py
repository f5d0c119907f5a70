"""The guard alone, before an app that would answer everything: what it refuses does not hang on Gradio refusing it too."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from favae_demo.core.settings import Settings
from favae_demo.ui.server import guard
from favae_demo.ui.server.guard import Guard

FILE, UPLOAD = "/gradio_api/file=", "/gradio_api/upload"


@pytest.fixture
def folders(tmp_path: Path) -> Settings:
    for name in ("uploads", "cache/results"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "own.txt").touch()
    (tmp_path / "cache" / "secret.txt").touch()
    (tmp_path / "uploads" / "link.txt").symlink_to(tmp_path / "cache" / "secret.txt")
    return Settings(tmp_path, tmp_path, tmp_path, tmp_path / "cache")


def client(settings: Settings) -> TestClient:
    def answer(request):
        return PlainTextResponse("inside")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD", "POST", "PUT", "DELETE"])])
    app.uploaded_file_dir = str(settings.data_dir / "uploads")
    app.cookie_id, app.tokens = "1", {"known": "visitor"}
    app.add_middleware(Guard, settings=settings)
    return TestClient(app)


@pytest.mark.parametrize("name", ["uploads/own.txt", "cache/results/own.txt"])
def test_uploads_and_results_are_served(name: str, folders: Settings) -> None:
    assert client(folders).get(FILE + str(folders.data_dir / name)).text == "inside"


@pytest.mark.parametrize("name", ["cache/secret.txt", "uploads/link.txt", "uploads/../cache/secret.txt", ""])
def test_no_other_file_is_served_wherever_links_lead(name: str, folders: Settings) -> None:
    assert client(folders).get(FILE + f"{folders.data_dir}/{name}").status_code == 403


@pytest.mark.parametrize("route", ["/monitoring", "/gradio_api/dev/reload", "/gradio_api/proxy=http://a.b"])
def test_unused_routes_are_closed(route: str, folders: Settings) -> None:
    assert client(folders).get(route).status_code == 404


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 403), ("DELETE", 403)])
def test_another_web_page_may_look_but_not_act(method: str, status: int, folders: Settings) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert client(folders).request(method, "/gradio_api/call", headers=headers).status_code == status
    assert client(folders).request(method, "/gradio_api/call").status_code == 200


def test_an_upload_needs_a_length_and_room(folders: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "free_bytes", lambda path: 10)
    visitor = client(folders)
    assert visitor.post(UPLOAD, content=b"x" * 10).status_code == 200
    assert visitor.post(UPLOAD, content=b"x" * 11).status_code == 507
    assert visitor.post(UPLOAD, content=iter([b"x"])).status_code == 411  # in chunks, so without a length


def test_a_stranger_learns_nothing_but_that_one_must_sign_in(folders: Settings) -> None:
    locked = replace(folders, sign_in=(("ann", "secret"),))
    visitor = client(locked)
    for route in ("/", "/config", "/monitoring", FILE + "/etc/hostname", "/login_", "/gradio_api/theme.css2"):
        open_to_all = route == "/"
        assert visitor.get(route).status_code == (200 if open_to_all else 401), route
    visitor.cookies.set("access-token-1", "known")
    assert visitor.get("/config").text == "inside"
